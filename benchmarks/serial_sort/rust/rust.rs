// Sorts N numbers, each of 0..N once, by a quicksort written out.
#[path = "../../common/bench.rs"]
mod bench;
use std::time::Instant;

fn quicksort(xs: &mut [i64], first: usize, last: usize) {
    let (mut low, mut high) = (first as i64, last as i64);
    let pivot = xs[first + (last - first) / 2];
    while low <= high {
        while xs[low as usize] < pivot {
            low += 1;
        }
        while xs[high as usize] > pivot {
            high -= 1;
        }
        if low <= high {
            xs.swap(low as usize, high as usize);
            low += 1;
            high -= 1;
        }
    }
    if (first as i64) < high {
        quicksort(xs, first, high as usize);
    }
    if low < last as i64 {
        quicksort(xs, low as usize, last);
    }
}

fn main() {
    let n = bench::size();
    let mut xs: Vec<i64> = (0..n).map(|i| (i * 2_654_435_761 % n) as i64).collect();
    let begin = Instant::now();
    quicksort(&mut xs, 0, n as usize - 1);
    let ns = begin.elapsed().as_nanos();
    let check: i64 = xs.iter().enumerate().map(|(i, x)| x * (i as i64 % 7)).sum();
    println!("RESULT ns={ns} ops={n} check={check}");
}
