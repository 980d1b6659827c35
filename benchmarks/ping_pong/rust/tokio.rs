// A number goes to another task and back, N times, over two channels with room for one: tokio has none without.
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
        let (ping, mut from_ping) = channel::<u64>(1);
        let (pong, mut from_pong) = channel::<u64>(1);
        tokio::spawn(async move {
            while let Some(v) = from_ping.recv().await {
                if pong.send(v + 1).await.is_err() {
                    break;
                }
            }
        });
        let mut v = 0;
        for _ in 0..n {
            ping.send(v).await.unwrap();
            v = from_pong.recv().await.unwrap();
        }
        bench::result(begin, n, v);
    });
}
