// N tasks asleep at the same time; what counts is the memory.
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
                tokio::time::sleep(Duration::from_secs(2)).await;
                i
            }));
        }
        let mut sum = 0;
        for task in tasks {
            sum += task.await.unwrap();
        }
        bench::result(begin, n, sum);
    });
}
