// fib by plain calls: what the work costs without any tasks.
#include "../../common/bench.hpp"

// Not inlined and not folded: one call a node, as with tasks.
__attribute__((noinline)) static uint64_t fib(uint64_t n) {
  if (n < 2) return n;
  uint64_t left = bench::unknown(fib(n - 1));
  return left + fib(n - 2);
}

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  return bench::measure(bench::fib_tasks(n), [n] { return fib(bench::unknown(n)); });
}
