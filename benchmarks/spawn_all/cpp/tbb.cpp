// N tasks of one task_group that square a number into a slot of their own.
#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <vector>

#include "../../common/bench.hpp"

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  tbb::global_control limit(tbb::global_control::max_allowed_parallelism, bench::workers());
  tbb::task_arena arena(static_cast<int>(bench::workers()));
  return arena.execute([n] {
    return bench::measure(n, [n] {
      std::vector<uint64_t> squares(n);
      tbb::task_group group;
      for (uint64_t i = 0; i < n; ++i) group.run([&squares, i] { squares[i] = i * i; });
      group.wait();
      uint64_t sum = 0;
      for (uint64_t square : squares) sum += square;
      return sum;
    });
  });
}
