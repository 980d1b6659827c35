// N tasks that square a number, kept by their handles and awaited one after the other.
#[path = "../../common/bench.rs"]
mod bench;
#[path = "../../common/tokio.rs"]
mod on;
use std::time::Instant;

fn main() {
    let n = bench::size();
    on::on_worker(bench::workers(), async move {
        let begin = Instant::now();
        let mut tasks = Vec::with_capacity(n as usize);
        for i in 0..n {
            tasks.push(tokio::spawn(async move { i.wrapping_mul(i) }));
        }
        let mut sum = 0u64;
        for task in tasks {
            sum = sum.wrapping_add(task.await.unwrap());
        }
        bench::result(begin, n, sum);
    });
}
