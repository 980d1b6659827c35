// N tasks that square a number, kept by their handles and awaited one after the other; before it as many rounds that are
// not timed as the second argument says.
#[path = "../../common/bench.rs"]
mod bench;
#[path = "../../common/tokio.rs"]
mod on;
use std::time::Instant;

async fn square_all(n: u64) -> u64 {
    let mut tasks = Vec::with_capacity(n as usize);
    for i in 0..n {
        tasks.push(tokio::spawn(async move { i.wrapping_mul(i) }));
    }
    let mut sum = 0u64;
    for task in tasks {
        sum = sum.wrapping_add(task.await.unwrap());
    }
    sum
}

fn main() {
    let n = bench::size();
    on::on_worker(bench::workers(), async move {
        for _ in 0..bench::argument(2) {
            square_all(n).await;
        }
        let begin = Instant::now();
        let sum = square_all(n).await;
        bench::result(begin, n, sum);
    });
}
