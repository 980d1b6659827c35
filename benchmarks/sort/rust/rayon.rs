// Sorts N numbers, each of 0..N once, by par_sort, which keeps the order of equal ones as ours does.
#[path = "../../common/bench.rs"]
mod bench;
use rayon::prelude::*;
use std::time::Instant;

fn main() {
    let n = bench::size();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(bench::workers()).build().unwrap();
    pool.install(|| {
        let mut xs: Vec<i64> = (0..n).map(|i| (i * 2_654_435_761 % n) as i64).collect();
        let begin = Instant::now();
        xs.par_sort();
        let ns = begin.elapsed().as_nanos();
        let check: i64 = xs.iter().enumerate().map(|(i, x)| x * (i as i64 % 7)).sum();
        println!("RESULT ns={ns} ops={n} check={check}");
    });
}
