// N numbers from one task to another, over a channel with room for 128.
#[path = "../../common/bench.rs"]
mod bench;
#[path = "../../common/tokio.rs"]
mod on;
use std::time::Instant;
use tokio::sync::mpsc::channel;

fn main() {
    let n = bench::size();
    on::on_worker(bench::workers(), async move {
        let begin = Instant::now();
        let (out, mut numbers) = channel::<u64>(128);
        tokio::spawn(async move {
            for i in 0..n {
                out.send(i).await.unwrap();
            }
        });
        let mut sum = 0u64;
        while let Some(v) = numbers.recv().await {
            sum += v;
        }
        bench::result(begin, n, sum);
    });
}
