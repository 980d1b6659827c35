// How often each of N by N points of the Mandelbrot set is iterated, by into_par_iter over the rows.
#[path = "../../common/bench.rs"]
mod bench;
#[path = "../../common/mandelbrot.rs"]
mod mandelbrot;
use rayon::prelude::*;
use std::time::Instant;

fn main() {
    let n = bench::size();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(bench::workers()).build().unwrap();
    pool.install(|| {
        let begin = Instant::now();
        let sum: u64 = (0..n)
            .into_par_iter()
            .map(|row| {
                let y = 2.0 * row as f64 / n as f64 - 1.0;
                (0..n).map(|column| mandelbrot::iterations(3.0 * column as f64 / n as f64 - 2.0, y)).sum::<u64>()
            })
            .sum();
        bench::result(begin, n * n, sum);
    });
}
