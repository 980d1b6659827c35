// The sum of an array of N numbers by par_iter.
#[path = "../../common/bench.rs"]
mod bench;
use rayon::prelude::*;
use std::time::Instant;

fn main() {
    let n = bench::size();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(bench::workers()).build().unwrap();
    pool.install(|| {
        let xs: Vec<i64> = (0..n as i64).into_par_iter().map(|i| i % 1000).collect();
        let begin = Instant::now();
        let sum: i64 = xs.par_iter().sum();
        bench::result(begin, n, sum as u64);
    });
}
