// How often each word is in N lines of ten words, by fold and reduce of hash maps.
#[path = "../../common/bench.rs"]
mod bench;
use rayon::prelude::*;
use std::collections::HashMap;
use std::time::Instant;

fn main() {
    let n = bench::size();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(bench::workers()).build().unwrap();
    pool.install(|| {
        let lines: Vec<String> = (0..n)
            .map(|i| (0..10).map(|k| format!("word{} ", (i * 10 + k) * 2_654_435_761 % 4093)).collect())
            .collect();
        let begin = Instant::now();
        let counts = lines
            .par_iter()
            .fold(HashMap::new, |mut counts: HashMap<&str, u64>, line| {
                for word in line.split(' ').filter(|word| !word.is_empty()) {
                    *counts.entry(word).or_insert(0) += 1;
                }
                counts
            })
            .reduce(HashMap::new, |mut a, b| {
                for (word, count) in b {
                    *a.entry(word).or_insert(0) += count;
                }
                a
            });
        let check: u64 = counts.values().map(|count| count * count).sum();
        bench::result(begin, n * 10, check);
    });
}
