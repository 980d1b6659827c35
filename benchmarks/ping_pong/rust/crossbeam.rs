// A number to another thread and back, N times, over crossbeam's channels without room.
#[path = "../../common/bench.rs"]
mod bench;
use crossbeam_channel::bounded;
use std::time::Instant;

fn main() {
    let n = bench::size();
    let (ask, asked) = bounded::<u64>(0);
    let (answer, answers) = bounded::<u64>(0);
    let echo = std::thread::spawn(move || {
        for v in asked {
            answer.send(v + 1).unwrap();
        }
    });
    let begin = Instant::now();
    let mut v = 0;
    for _ in 0..n {
        ask.send(v).unwrap();
        v = answers.recv().unwrap();
    }
    bench::result(begin, n, v);
    drop(ask);
    echo.join().unwrap();
}
