// All ways to put N queens on a board of N by N, a fork-join over the queens that fit in each row.
#include <citor/thread_pool.h>

#include "../../common/bench.hpp"
#include "../../common/nqueens.hpp"

static uint64_t nqueens(citor::ThreadPool& pool, unsigned n, unsigned row,
                        const queens::Board& board) {
  if (row == n) return 1;
  unsigned columns[16];
  unsigned count = 0;
  for (unsigned column = 0; column < n; ++column) {
    if (queens::fits(board, row, column)) columns[count++] = column;
  }
  uint64_t ways[16];
  pool.forkJoinAll<citor::CcdLocalForkJoinHints>(count, [&](std::size_t i) {
    queens::Board next = board;
    next[row] = static_cast<uint8_t>(columns[i]);
    ways[i] = nqueens(pool, n, row + 1, next);
  });
  uint64_t sum = 0;
  for (unsigned i = 0; i < count; ++i) sum += ways[i];
  return sum;
}

int main(int argc, char** argv) {
  unsigned n = static_cast<unsigned>(bench::size(argc, argv));
  citor::ThreadPool pool(bench::workers());
  nqueens(pool, 8, 0, {});
  return bench::measure(1, [&] { return nqueens(pool, n, 0, {}); });
}
