// A tree of fork-joins, ten branches to a node.
#include <citor/thread_pool.h>

#include "../../common/bench.hpp"

static uint64_t skynet(citor::ThreadPool& pool, uint64_t first, uint64_t size) {
  if (size == 1) return first;
  uint64_t part = size / 10;
  uint64_t sums[10];
  pool.forkJoinAll<citor::CcdLocalForkJoinHints>(
      10, [&](std::size_t i) { sums[i] = skynet(pool, first + i * part, part); });
  uint64_t sum = 0;
  for (uint64_t each : sums) sum += each;
  return sum;
}

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  citor::ThreadPool pool(bench::workers());
  skynet(pool, 0, 1000);
  return bench::measure(n, [&] { return skynet(pool, 0, n); });
}
