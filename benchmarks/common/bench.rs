// What every Rust contender needs: arguments, a clock, the RESULT line.
#![allow(dead_code)]
use std::time::Instant;

pub fn argument(at: usize) -> u64 {
    let arg = std::env::args().nth(at).expect("an argument is missing");
    arg.parse().expect("arguments are numbers")
}

pub fn size() -> u64 {
    argument(1)
}

pub fn workers() -> usize {
    std::env::var("WORKERS").map_or(1, |count| count.parse().expect("WORKERS is a number"))
}

// How many tasks fib(n) starts when each call above 1 starts one.
pub fn fib_tasks(n: u64) -> u64 {
    let (mut before, mut tasks) = (0, 0);
    for _ in 2..=n {
        (before, tasks) = (tasks, before + tasks + 1);
    }
    tasks
}

pub fn result(begin: Instant, ops: u64, check: u64) {
    let ns = begin.elapsed().as_nanos();
    println!("RESULT ns={ns} ops={ops} check={check}");
}
