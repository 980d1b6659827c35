// All ways to put N queens on a board of N by N, a fork for each queen that fits.
#include <libfork.hpp>

#include "../../common/bench.hpp"
#include "../../common/nqueens.hpp"

inline constexpr auto nqueens = [](auto nqueens, unsigned n, unsigned row,
                                   queens::Board board) -> lf::task<uint64_t> {
  if (row == n) co_return 1;
  uint64_t ways[16];
  unsigned count = 0;
  for (unsigned column = 0; column < n; ++column) {
    if (!queens::fits(board, row, column)) continue;
    queens::Board next = board;
    next[row] = static_cast<uint8_t>(column);
    co_await lf::fork[&ways[count++], nqueens](n, row + 1, next);
  }
  co_await lf::join;
  uint64_t sum = 0;
  for (unsigned i = 0; i < count; ++i) sum += ways[i];
  co_return sum;
};

int main(int argc, char** argv) {
  unsigned n = static_cast<unsigned>(bench::size(argc, argv));
  lf::lazy_pool pool(bench::workers());
  lf::sync_wait(pool, nqueens, 8u, 0u, queens::Board{});
  return bench::measure(1, [&] { return lf::sync_wait(pool, nqueens, n, 0u, queens::Board{}); });
}
