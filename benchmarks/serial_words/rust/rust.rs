// How often each word is in N lines of ten words, counted by one task; the sum of the squares of that.
#[path = "../../common/bench.rs"]
mod bench;
use std::collections::HashMap;
use std::time::Instant;

fn line(i: u64) -> String {
    (0..10).map(|k| format!("word{} ", (i * 10 + k) * 2_654_435_761 % 4093)).collect()
}

fn main() {
    let n = bench::size();
    let lines: Vec<String> = (0..n).map(line).collect();
    let begin = Instant::now();
    let mut counts: HashMap<&str, u64> = HashMap::new();
    for text in &lines {
        for word in text.split(' ') {
            if !word.is_empty() {
                *counts.entry(word).or_insert(0) += 1;
            }
        }
    }
    let ns = begin.elapsed().as_nanos();
    let check: u64 = counts.values().map(|count| count * count).sum();
    println!("RESULT ns={ns} ops={} check={check}", n * 10);
}
