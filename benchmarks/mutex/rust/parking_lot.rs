// Eight threads add to one number under a lock of parking_lot, N times each.
#[path = "../../common/bench.rs"]
mod bench;
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Instant;

fn main() {
    let n = bench::size();
    let begin = Instant::now();
    let total = Arc::new(Mutex::new(0u64));
    let mut threads = Vec::new();
    for _ in 0..8 {
        let total = total.clone();
        threads.push(std::thread::spawn(move || {
            for _ in 0..n {
                *total.lock() += 1;
            }
        }));
    }
    for thread in threads {
        thread.join().unwrap();
    }
    let sum = *total.lock();
    bench::result(begin, n * 8, sum);
}
