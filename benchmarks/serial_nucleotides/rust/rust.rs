// How often each sequence of 8 occurs in N bases: a hash map of 65536 keys.
#[path = "../../common/bench.rs"]
mod bench;
use std::collections::HashMap;
use std::time::Instant;

fn bases(n: u64) -> Vec<u8> {
    let mut seed = 42u64;
    (0..n)
        .map(|_| {
            seed = (seed * 3877 + 29573) % 139968;
            (seed * 4 / 139968) as u8
        })
        .collect()
}

fn count(bases: &[u8]) -> HashMap<u64, u64> {
    let mut counts = HashMap::new();
    let mut key = 0;
    for (i, base) in bases.iter().enumerate() {
        key = (key << 2 | *base as u64) & 0xffff;
        if i >= 7 {
            *counts.entry(key).or_insert(0) += 1;
        }
    }
    counts
}

fn main() {
    let n = bench::size();
    let all = bases(n);
    let begin = Instant::now();
    let counts = count(&all);
    let ns = begin.elapsed().as_nanos();
    let check: u64 = counts.iter().map(|(key, times)| (key + 1) * times % 1009).sum();
    println!("RESULT ns={ns} ops={n} check={check}");
}
