// All ways to put N queens on a board of N by N, a task forked for each queen that fits.
#include <vector>

#include "../../common/bench.hpp"
#include "../../common/nqueens.hpp"
#include "tmc/all_headers.hpp"

static tmc::task<uint64_t> nqueens(unsigned n, unsigned row, queens::Board board) {
  if (row == n) co_return 1;
  auto group = tmc::fork_group<uint64_t>(n);
  for (unsigned column = 0; column < n; ++column) {
    if (!queens::fits(board, row, column)) continue;
    queens::Board next = board;
    next[row] = static_cast<uint8_t>(column);
    group.fork(nqueens(n, row + 1, next));
  }
  std::vector<uint64_t> ways = co_await std::move(group);
  uint64_t sum = 0;
  for (uint64_t each : ways) sum += each;
  co_return sum;
}

int main(int argc, char** argv) {
  unsigned n = static_cast<unsigned>(bench::size(argc, argv));
  tmc::cpu_executor().set_thread_count(bench::workers()).init();
  tmc::post_waitable(tmc::cpu_executor(), nqueens(8, 0, {})).wait();
  return bench::measure(
      1, [n] { return tmc::post_waitable(tmc::cpu_executor(), nqueens(n, 0, {})).get(); });
}
