// Fannkuch: for each order of N pancakes, how often the top ones are flipped until the first is 1.
#include <algorithm>
#include <utility>
#include <vector>

#include "../../common/bench.hpp"

using Order = std::vector<int64_t>;

static int64_t flips(const Order& order, Order& pancakes) {
  std::copy(order.begin(), order.end(), pancakes.begin());
  int64_t count = 0;
  for (int64_t first = pancakes[0]; first != 0; first = pancakes[0]) {
    for (int64_t low = 0, high = first; low < high; ++low, --high) {
      std::swap(pancakes[low], pancakes[high]);
    }
    ++count;
  }
  return count;
}

static int64_t fannkuch(int64_t n) {
  Order order(n), pancakes(n), turns(n);
  for (int64_t i = 0; i < n; ++i) order[i] = i;
  int64_t most = 0, sum = 0, left = n;
  bool even = true;
  for (;;) {
    for (; left != 1; --left) turns[left - 1] = left;
    int64_t count = flips(order, pancakes);
    if (count > most) most = count;
    sum += even ? count : -count;
    for (;;) {
      if (left == n) return sum * 1000 + most;
      int64_t first = order[0];
      for (int64_t i = 0; i < left; ++i) order[i] = order[i + 1];
      order[left] = first;
      if (--turns[left] > 0) break;
      ++left;
    }
    even = !even;
  }
}

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  return bench::measure(1,
                        [n] { return static_cast<uint64_t>(fannkuch(static_cast<int64_t>(n))); });
}
