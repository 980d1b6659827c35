// N tasks that sleep for 1 to 1000 ms; the time is that of all, and what counts beside it is the CPU time.
#[path = "../../common/bench.rs"]
mod bench;
#[path = "../../common/tokio.rs"]
mod on;
use std::time::{Duration, Instant};

fn main() {
    let n = bench::size();
    on::on_worker(bench::workers(), async move {
        let begin = Instant::now();
        let mut tasks = Vec::with_capacity(n as usize);
        for i in 0..n {
            tasks.push(tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(1 + i % 1000)).await;
                i
            }));
        }
        let mut sum = 0;
        for task in tasks {
            sum += task.await.unwrap();
        }
        bench::result(begin, 1, sum);
    });
}
