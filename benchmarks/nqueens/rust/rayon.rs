// All ways to put N queens on a board of N by N, a spawn in a scope for each queen that fits.
#[path = "../../common/bench.rs"]
mod bench;
use std::time::Instant;

type Board = [u8; 16];

fn fits(board: &Board, row: usize, column: usize) -> bool {
    board[..row].iter().enumerate().all(|(above, &other)| {
        let (other, distance) = (other as usize, row - above);
        other != column && other != column + distance && column != other + distance
    })
}

fn nqueens(n: usize, row: usize, board: Board) -> u64 {
    if row == n {
        return 1;
    }
    let mut ways = [0u64; 16];
    rayon::scope(|scope| {
        for (column, result) in ways[..n].iter_mut().enumerate() {
            if !fits(&board, row, column) {
                continue;
            }
            let mut next = board;
            next[row] = column as u8;
            scope.spawn(move |_| *result = nqueens(n, row + 1, next));
        }
    });
    ways.iter().sum()
}

fn main() {
    let n = bench::size() as usize;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(bench::workers()).build().unwrap();
    pool.install(|| {
        nqueens(8, 0, [0; 16]);
        let begin = Instant::now();
        let ways = nqueens(n, 0, [0; 16]);
        bench::result(begin, 1, ways);
    });
}
