// Eight threads add to one number under a lock of the standard library, N times each.
#[path = "../../common/bench.rs"]
mod bench;
use std::time::Instant;
use std::sync::{Arc, Mutex};

fn main() {
    let n = bench::size();
    let begin = Instant::now();
    let total = Arc::new(Mutex::new(0u64));
    let mut threads = Vec::new();
    for _ in 0..8 {
        let total = total.clone();
        threads.push(std::thread::spawn(move || {
            for _ in 0..n {
                *total.lock().unwrap() += 1;
            }
        }));
    }
    for thread in threads {
        thread.join().unwrap();
    }
    let sum = *total.lock().unwrap();
    bench::result(begin, n * 8, sum);
}
