// The first N primes: a task for each takes out what it divides, over channels with room for one: tokio has none without.
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
        let (out, mut numbers) = channel::<u64>(1);
        tokio::spawn(async move {
            let mut i = 2;
            while out.send(i).await.is_ok() {
                i += 1;
            }
        });
        let mut last = 0;
        for _ in 0..n {
            let prime = numbers.recv().await.unwrap();
            last = prime;
            let (to, next) = channel::<u64>(1);
            let mut from = std::mem::replace(&mut numbers, next);
            tokio::spawn(async move {
                while let Some(v) = from.recv().await {
                    if v % prime != 0 && to.send(v).await.is_err() {
                        return;
                    }
                }
            });
        }
        bench::result(begin, n, last);
    });
}
