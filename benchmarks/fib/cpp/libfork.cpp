// fib by a fork for the left branch and a call for the right one, without a cut-off.
#include <libfork.hpp>

#include "../../common/bench.hpp"

inline constexpr auto fib = [](auto fib, uint64_t n) -> lf::task<uint64_t> {
  if (n < 2) co_return n;
  uint64_t left = 0;
  uint64_t right = 0;
  co_await lf::fork[&left, fib](n - 1);
  co_await lf::call[&right, fib](n - 2);
  co_await lf::join;
  co_return left + right;
};

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  lf::lazy_pool pool(bench::workers());
  lf::sync_wait(pool, fib, uint64_t{20});
  return bench::measure(bench::fib_tasks(n), [&] { return lf::sync_wait(pool, fib, n); });
}
