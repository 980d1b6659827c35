// All ways to put N queens on a board of N by N, by calls.
#include "../../common/bench.hpp"
#include "../../common/nqueens.hpp"

static uint64_t nqueens(unsigned n, unsigned row, const queens::Board& board) {
  if (row == n) return 1;
  uint64_t sum = 0;
  for (unsigned column = 0; column < n; ++column) {
    if (!queens::fits(board, row, column)) continue;
    queens::Board next = board;
    next[row] = static_cast<uint8_t>(column);
    sum += nqueens(n, row + 1, next);
  }
  return sum;
}

int main(int argc, char** argv) {
  unsigned n = static_cast<unsigned>(bench::size(argc, argv));
  return bench::measure(1, [n] { return nqueens(n, 0, {}); });
}
