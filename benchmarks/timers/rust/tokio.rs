// N times a limit of an hour is set for a piece of work, and taken back when it is done. The limit is looked at
// first, as otherwise tokio would not set a timer for work that does not wait.
#[path = "../../common/bench.rs"]
mod bench;
#[path = "../../common/tokio.rs"]
mod on;
use std::time::{Duration, Instant};

fn main() {
    let n = bench::size();
    on::on_worker(bench::workers(), async move {
        let begin = Instant::now();
        let mut done = 0;
        for _ in 0..n {
            tokio::select! {
                biased;
                _ = tokio::time::sleep(Duration::from_secs(3600)) => panic!("an hour has passed"),
                one = async { 1 } => done += one,
            }
        }
        bench::result(begin, n, done);
    });
}
