// fib by a fork for the left branch, its frame inside the parent's, without a cut-off.
#include "../../common/bench.hpp"
#include "tmc/all_headers.hpp"

static tmc::task<uint64_t> fib(uint64_t n) {
  if (n < 2) co_return n;
  auto left = co_await tmc::fork_clang(fib(n - 1));
  uint64_t right = co_await fib(n - 2);
  co_return co_await std::move(left) + right;
}

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  tmc::cpu_executor().set_thread_count(bench::workers()).init();
  tmc::post_waitable(tmc::cpu_executor(), fib(20)).wait();
  return bench::measure(bench::fib_tasks(n), [n] {
    return tmc::post_waitable(tmc::cpu_executor(), fib(n)).get();
  });
}
