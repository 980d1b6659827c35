// N numbers from one thread to another, over a channel of crossbeam with room for 128.
#[path = "../../common/bench.rs"]
mod bench;
use crossbeam_channel::bounded;
use std::time::Instant;

fn main() {
    let n = bench::size();
    let begin = Instant::now();
    let (out, numbers) = bounded::<u64>(128);
    let producer = std::thread::spawn(move || {
        for i in 0..n {
            out.send(i).unwrap();
        }
    });
    let sum = numbers.iter().sum();
    producer.join().unwrap();
    bench::result(begin, n, sum);
}
