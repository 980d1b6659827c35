// The product of two N by N matrices: a parallel iterator over chunks of sixteen rows.
#[path = "../../common/bench.rs"]
mod bench;
use rayon::prelude::*;
use std::time::Instant;

const ROWS: usize = 16;

fn matrix(n: usize, step: usize, modulus: usize) -> Vec<f64> {
    (0..n * n).map(|at| ((at / n + step * (at % n)) % modulus) as f64).collect()
}

fn block(n: usize, a: &[f64], b: &[f64], first: usize, c: &mut [f64]) {
    for k in 0..n {
        let right = &b[k * n..(k + 1) * n];
        for (row, out) in c.chunks_mut(n).enumerate() {
            let factor = a[(first + row) * n + k];
            for (out, value) in out.iter_mut().zip(right) {
                *out += factor * value;
            }
        }
    }
}

fn main() {
    let n = bench::size() as usize;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(bench::workers()).build().unwrap();
    pool.install(|| {
        let (a, b) = (matrix(n, 1, 7), matrix(n, 2, 5));
        let mut c = vec![0.0; n * n];
        let begin = Instant::now();
        c.par_chunks_mut(ROWS * n)
            .enumerate()
            .for_each(|(part, rows)| block(n, &a, &b, part * ROWS, rows));
        let ns = begin.elapsed().as_nanos();
        println!("RESULT ns={ns} ops=1 check={}", c.iter().sum::<f64>() as u64);
    });
}
