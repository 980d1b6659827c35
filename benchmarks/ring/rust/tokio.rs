// A number goes N steps around a ring of 1000 tasks, over channels with room for one: tokio has none without.
#[path = "../../common/bench.rs"]
mod bench;
#[path = "../../common/tokio.rs"]
mod on;
use std::time::Instant;
use tokio::sync::mpsc::{channel, Receiver, Sender};

async fn pass_on(mut from: Receiver<u64>, to: Sender<u64>, done: Sender<u64>) {
    while let Some(v) = from.recv().await {
        if v == 0 {
            done.send(1).await.unwrap();
            return;
        }
        if to.send(v - 1).await.is_err() {
            return;
        }
    }
}

fn main() {
    const TASKS: usize = 1000;
    let n = bench::size();
    on::on_worker(bench::workers(), async move {
        let begin = Instant::now();
        let (done, mut ended) = channel::<u64>(1);
        let (first, mut from) = channel::<u64>(1);
        for _ in 1..TASKS {
            let (to, next) = channel(1);
            tokio::spawn(pass_on(from, to, done.clone()));
            from = next;
        }
        tokio::spawn(pass_on(from, first.clone(), done));
        first.send(n).await.unwrap();
        ended.recv().await.unwrap();
        bench::result(begin, n, n);
    });
}
