// N numbers from four threads to four, over one channel of crossbeam with room for 128.
#[path = "../../common/bench.rs"]
mod bench;
use crossbeam_channel::bounded;
use std::thread::spawn;
use std::time::Instant;

fn main() {
    let n = bench::size();
    let begin = Instant::now();
    let (out, numbers) = bounded::<u64>(128);
    let producers: Vec<_> = (0..4)
        .map(|_| out.clone())
        .map(|out| spawn(move || (0..n / 4).for_each(|i| out.send(i).unwrap())))
        .collect();
    drop(out);
    let consumers: Vec<_> = (0..4)
        .map(|_| numbers.clone())
        .map(|numbers| spawn(move || numbers.iter().sum::<u64>()))
        .collect();
    producers.into_iter().for_each(|thread| thread.join().unwrap());
    let sum = consumers.into_iter().map(|thread| thread.join().unwrap()).sum();
    bench::result(begin, n, sum);
}
