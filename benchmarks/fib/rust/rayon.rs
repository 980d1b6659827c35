// fib by rayon::join of both branches, without a cut-off.
#[path = "../../common/bench.rs"]
mod bench;
use std::time::Instant;

fn fib(n: u64) -> u64 {
    if n < 2 {
        return n;
    }
    let (left, right) = rayon::join(|| fib(n - 1), || fib(n - 2));
    left + right
}

fn main() {
    let n = bench::size();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(bench::workers()).build().unwrap();
    pool.install(|| {
        fib(25);
        let begin = Instant::now();
        let answer = fib(n);
        bench::result(begin, bench::fib_tasks(n), answer);
    });
}
