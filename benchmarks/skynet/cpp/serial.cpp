// The tree by plain calls: what the work costs without any tasks.
#include "../../common/bench.hpp"

__attribute__((noinline)) static uint64_t skynet(uint64_t first, uint64_t size) {
  if (size == 1) return first;
  uint64_t part = size / 10;
  uint64_t sum = 0;
  for (uint64_t i = 0; i < 10; ++i) sum += skynet(first + i * part, part);
  return sum;
}

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  return bench::measure(n, [n] { return skynet(0, bench::unknown(n)); });
}
