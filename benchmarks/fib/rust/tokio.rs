// fib by one task for each left branch, without a cut-off.
#[path = "../../common/bench.rs"]
mod bench;
#[path = "../../common/tokio.rs"]
mod on;
use std::future::Future;
use std::pin::Pin;
use std::time::Instant;

fn fib(n: u64) -> Pin<Box<dyn Future<Output = u64> + Send>> {
    Box::pin(async move {
        if n < 2 {
            return n;
        }
        let left = tokio::spawn(fib(n - 1));
        let right = fib(n - 2).await;
        left.await.unwrap() + right
    })
}

fn main() {
    let n = bench::size();
    on::on_worker(bench::workers(), async move {
        fib(20).await;
        let begin = Instant::now();
        let answer = fib(n).await;
        bench::result(begin, bench::fib_tasks(n), answer);
    });
}
