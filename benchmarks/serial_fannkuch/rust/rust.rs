// Fannkuch: for each order of N pancakes, how often the top ones are flipped until the first is 1.
#[path = "../../common/bench.rs"]
mod bench;
use std::time::Instant;

fn flips(order: &[usize], pancakes: &mut [usize]) -> i64 {
    pancakes.copy_from_slice(order);
    let mut count = 0;
    loop {
        let first = pancakes[0];
        if first == 0 {
            return count;
        }
        let (mut low, mut high) = (0, first);
        while low < high {
            pancakes.swap(low, high);
            low += 1;
            high -= 1;
        }
        count += 1;
    }
}

fn fannkuch(n: usize) -> i64 {
    let mut order: Vec<usize> = (0..n).collect();
    let (mut pancakes, mut turns) = (vec![0; n], vec![0; n]);
    let (mut most, mut sum, mut even, mut left) = (0, 0, true, n);
    loop {
        while left != 1 {
            turns[left - 1] = left;
            left -= 1;
        }
        let count = flips(&order, &mut pancakes);
        most = most.max(count);
        sum += if even { count } else { -count };
        loop {
            if left == n {
                return sum * 1000 + most;
            }
            let first = order[0];
            for i in 0..left {
                order[i] = order[i + 1];
            }
            order[left] = first;
            turns[left] -= 1;
            if turns[left] > 0 {
                break;
            }
            left += 1;
        }
        even = !even;
    }
}

fn main() {
    let n = bench::size();
    let begin = Instant::now();
    let answer = fannkuch(n as usize);
    bench::result(begin, 1, answer as u64);
}
