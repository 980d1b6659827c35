// One task at a time, each in a task_group of its own.
#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include "../../common/bench.hpp"

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  tbb::global_control limit(tbb::global_control::max_allowed_parallelism, bench::workers());
  tbb::task_arena arena(static_cast<int>(bench::workers()));
  return arena.execute([n] {
    return bench::measure(n, [n] {
      uint64_t sum = 0;
      for (uint64_t i = 0; i < n; ++i) {
        uint64_t square = 0;
        tbb::task_group group;
        group.run([&square, i] { square = i * i; });
        group.wait();
        sum += square;
      }
      return sum;
    });
  });
}
