// How often each of N by N points of the Mandelbrot set is iterated, at most 200 times, by one task.
#[path = "../../common/bench.rs"]
mod bench;
use std::time::Instant;

fn iterations(x: f64, y: f64) -> u64 {
    let (mut re, mut im, mut count) = (0.0, 0.0, 0);
    while count < 200 {
        let (re2, im2) = (re * re, im * im);
        if re2 + im2 > 4.0 {
            break;
        }
        im = 2.0 * re * im + y;
        re = re2 - im2 + x;
        count += 1;
    }
    count
}

fn main() {
    let n = bench::size();
    let begin = Instant::now();
    let mut sum = 0;
    for row in 0..n {
        let y = 2.0 * row as f64 / n as f64 - 1.0;
        for column in 0..n {
            sum += iterations(3.0 * column as f64 / n as f64 - 2.0, y);
        }
    }
    bench::result(begin, n * n, sum);
}
