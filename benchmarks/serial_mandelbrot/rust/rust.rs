// How often each of N by N points of the Mandelbrot set is iterated, at most 200 times, by one task.
#[path = "../../common/bench.rs"]
mod bench;
#[path = "../../common/mandelbrot.rs"]
mod mandelbrot;
use std::time::Instant;

fn main() {
    let n = bench::size();
    let begin = Instant::now();
    let mut sum = 0;
    for row in 0..n {
        let y = 2.0 * row as f64 / n as f64 - 1.0;
        for column in 0..n {
            sum += mandelbrot::iterations(3.0 * column as f64 / n as f64 - 2.0, y);
        }
    }
    bench::result(begin, n * n, sum);
}
