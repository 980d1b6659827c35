// N tasks of one task_group that square a number into a slot of their own; before it as many
// rounds that are not timed as the second argument says.
#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <vector>

#include "../../common/bench.hpp"

static uint64_t square_all(uint64_t n) {
  std::vector<uint64_t> squares(n);
  tbb::task_group group;
  for (uint64_t i = 0; i < n; ++i) group.run([&squares, i] { squares[i] = i * i; });
  group.wait();
  uint64_t sum = 0;
  for (uint64_t square : squares) sum += square;
  return sum;
}

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  uint64_t before = bench::argument(argc, argv, 2);
  tbb::global_control limit(tbb::global_control::max_allowed_parallelism, bench::workers());
  tbb::task_arena arena(static_cast<int>(bench::workers()));
  return arena.execute([n, before] {
    for (uint64_t i = 0; i < before; ++i) square_all(n);
    return bench::measure(n, [n] { return square_all(n); });
  });
}
