// The spectral norm of a matrix of N by N whose elements are computed where they are used.
#[path = "../../common/bench.rs"]
mod bench;
use std::time::Instant;

fn element(i: usize, j: usize) -> f64 {
    1.0 / ((i + j) * (i + j + 1) / 2 + i + 1) as f64
}

fn times(v: &[f64], out: &mut [f64]) {
    for (i, o) in out.iter_mut().enumerate() {
        let mut sum = 0.0;
        for (j, x) in v.iter().enumerate() {
            sum += element(i, j) * x;
        }
        *o = sum;
    }
}

fn transposed_times(v: &[f64], out: &mut [f64]) {
    for (i, o) in out.iter_mut().enumerate() {
        let mut sum = 0.0;
        for (j, x) in v.iter().enumerate() {
            sum += element(j, i) * x;
        }
        *o = sum;
    }
}

fn norm(n: usize) -> f64 {
    let (mut u, mut v, mut between) = (vec![1.0; n], vec![0.0; n], vec![0.0; n]);
    for _ in 0..10 {
        times(&u, &mut between);
        transposed_times(&between, &mut v);
        times(&v, &mut between);
        transposed_times(&between, &mut u);
    }
    let (mut uv, mut vv) = (0.0, 0.0);
    for (a, b) in u.iter().zip(&v) {
        uv += a * b;
        vv += b * b;
    }
    (uv / vv as f64).sqrt()
}

fn main() {
    let n = bench::size();
    let begin = Instant::now();
    let answer = norm(n as usize);
    bench::result(begin, 1, (answer * 1000000000.0) as u64);
}
