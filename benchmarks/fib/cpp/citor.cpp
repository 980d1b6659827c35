// fib by a fork-join of the two branches, without a cut-off.
#include <citor/thread_pool.h>

#include "../../common/bench.hpp"

static uint64_t fib(citor::ThreadPool& pool, uint64_t n) {
  if (n < 2) return n;
  uint64_t left = 0;
  uint64_t right = 0;
  pool.forkJoin<citor::CcdLocalForkJoinHints>([&, n] { left = fib(pool, n - 1); },
                                              [&, n] { right = fib(pool, n - 2); });
  return left + right;
}

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  citor::ThreadPool pool(bench::workers());
  fib(pool, 20);
  return bench::measure(bench::fib_tasks(n), [&] { return fib(pool, n); });
}
