// All ways to put N queens on a board of N by N, a task_group of the queens that fit in each row.
#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include "../../common/bench.hpp"
#include "../../common/nqueens.hpp"

static uint64_t nqueens(unsigned n, unsigned row, const queens::Board& board) {
  if (row == n) return 1;
  uint64_t ways[16];
  unsigned count = 0;
  tbb::task_group group;
  for (unsigned column = 0; column < n; ++column) {
    if (!queens::fits(board, row, column)) continue;
    queens::Board next = board;
    next[row] = static_cast<uint8_t>(column);
    group.run([&result = ways[count++], n, row, next] { result = nqueens(n, row + 1, next); });
  }
  group.wait();
  uint64_t sum = 0;
  for (unsigned i = 0; i < count; ++i) sum += ways[i];
  return sum;
}

int main(int argc, char** argv) {
  unsigned n = static_cast<unsigned>(bench::size(argc, argv));
  tbb::global_control limit(tbb::global_control::max_allowed_parallelism, bench::workers());
  tbb::task_arena arena(static_cast<int>(bench::workers()));
  return arena.execute([n] {
    nqueens(8, 0, {});
    return bench::measure(1, [n] { return nqueens(n, 0, {}); });
  });
}
