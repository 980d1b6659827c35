// Eight tasks add to one number under a lock that suspends them, N times each.
#[path = "../../common/bench.rs"]
mod bench;
#[path = "../../common/tokio.rs"]
mod on;
use std::time::Instant;
use std::sync::Arc;
use tokio::sync::Mutex;

fn main() {
    let n = bench::size();
    on::on_worker(bench::workers(), async move {
        let begin = Instant::now();
        let total = Arc::new(Mutex::new(0u64));
        let mut tasks = Vec::new();
        for _ in 0..8 {
            let total = total.clone();
            tasks.push(tokio::spawn(async move {
                for _ in 0..n {
                    *total.lock().await += 1;
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        let sum = *total.lock().await;
        bench::result(begin, n * 8, sum);
    });
}
