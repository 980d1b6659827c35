// N numbers from any of eight channels, each with a task that sends.
#[path = "../../common/bench.rs"]
mod bench;
#[path = "../../common/tokio.rs"]
mod on;
use std::time::Instant;
use tokio::sync::mpsc::{channel, Receiver};

// tokio has no channel without room: one number then.
fn feed(room: usize) -> Receiver<u64> {
    let (out, numbers) = channel::<u64>(room.max(1));
    tokio::spawn(async move { while out.send(1).await.is_ok() {} });
    numbers
}

fn main() {
    let n = bench::size();
    let room: usize = std::env::args().nth(2).unwrap().parse().unwrap();
    on::on_worker(bench::workers(), async move {
        let begin = Instant::now();
        let (mut c0, mut c1, mut c2, mut c3, mut c4, mut c5, mut c6, mut c7) = (feed(room), feed(room), feed(room), feed(room), feed(room), feed(room), feed(room), feed(room));
        let mut sum = 0u64;
        for _ in 0..n {
            tokio::select! {
                v = c0.recv() => sum += v.unwrap(),
                v = c1.recv() => sum += v.unwrap(),
                v = c2.recv() => sum += v.unwrap(),
                v = c3.recv() => sum += v.unwrap(),
                v = c4.recv() => sum += v.unwrap(),
                v = c5.recv() => sum += v.unwrap(),
                v = c6.recv() => sum += v.unwrap(),
                v = c7.recv() => sum += v.unwrap(),
            }
        }
        bench::result(begin, n, sum);
    });
}
