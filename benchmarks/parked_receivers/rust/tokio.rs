// N tasks that wait: all for a permit of one semaphore, as tokio has no channel with many receivers, or each for a number at
// its own oneshot. What counts is the memory.
#[path = "../../common/bench.rs"]
mod bench;
#[path = "../../common/tokio.rs"]
mod on;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{oneshot, Semaphore};
use tokio::task::JoinHandle;

fn spawn_at_own(n: u64) -> (Vec<JoinHandle<u64>>, Vec<oneshot::Sender<u64>>) {
    (0..n)
        .map(|_| {
            let (out, number) = oneshot::channel();
            (tokio::spawn(async move { number.await.unwrap() }), out)
        })
        .unzip()
}

fn spawn_at_one(n: u64, gate: &Arc<Semaphore>) -> Vec<JoinHandle<u64>> {
    (0..n)
        .map(|i| {
            let gate = gate.clone();
            tokio::spawn(async move {
                gate.acquire().await.unwrap().forget();
                i
            })
        })
        .collect()
}

fn main() {
    let n = bench::size();
    let own = std::env::args().nth(2).unwrap() == "own";
    on::on_worker(bench::workers(), async move {
        let begin = Instant::now();
        let tasks = if own {
            let (tasks, outs) = spawn_at_own(n);
            for (i, out) in outs.into_iter().enumerate() {
                out.send(i as u64).unwrap();
            }
            tasks
        } else {
            let gate = Arc::new(Semaphore::new(0));
            let tasks = spawn_at_one(n, &gate);
            tokio::task::yield_now().await;
            gate.add_permits(n as usize);
            tasks
        };
        let mut sum = 0;
        for task in tasks {
            sum += task.await.unwrap();
        }
        bench::result(begin, n, sum);
    });
}
