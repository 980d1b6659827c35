// One task at a time: spawned, and awaited before the next.
#[path = "../../common/bench.rs"]
mod bench;
#[path = "../../common/tokio.rs"]
mod on;
use std::time::Instant;

fn main() {
    let n = bench::size();
    on::on_worker(bench::workers(), async move {
        let begin = Instant::now();
        let mut sum = 0u64;
        for i in 0..n {
            let square = tokio::spawn(async move { i.wrapping_mul(i) });
            sum = sum.wrapping_add(square.await.unwrap());
        }
        bench::result(begin, n, sum);
    });
}
