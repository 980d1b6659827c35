// fib by a task_group of two for each call, without a cut-off.
#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include "../../common/bench.hpp"

static uint64_t fib(uint64_t n) {
  if (n < 2) return n;
  uint64_t left = 0;
  tbb::task_group group;
  group.run([&left, n] { left = fib(n - 1); });
  uint64_t right = fib(n - 2);
  group.wait();
  return left + right;
}

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  tbb::global_control limit(tbb::global_control::max_allowed_parallelism, bench::workers());
  tbb::task_arena arena(static_cast<int>(bench::workers()));
  return arena.execute([n] {
    fib(20);
    return bench::measure(bench::fib_tasks(n), [n] { return fib(n); });
  });
}
