// A tree of task_groups, ten tasks to a node.
#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include "../../common/bench.hpp"

static uint64_t skynet(uint64_t first, uint64_t size) {
  if (size == 1) return first;
  uint64_t part = size / 10;
  uint64_t sums[10];
  tbb::task_group group;
  for (uint64_t i = 0; i < 10; ++i) {
    group.run([&sums, i, first, part] { sums[i] = skynet(first + i * part, part); });
  }
  group.wait();
  uint64_t sum = 0;
  for (uint64_t each : sums) sum += each;
  return sum;
}

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  tbb::global_control limit(tbb::global_control::max_allowed_parallelism, bench::workers());
  tbb::task_arena arena(static_cast<int>(bench::workers()));
  return arena.execute([n] { return bench::measure(n, [n] { return skynet(0, n); }); });
}
