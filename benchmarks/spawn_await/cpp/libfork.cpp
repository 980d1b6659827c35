// One fork at a time, joined before the next.
#include <libfork.hpp>

#include "../../common/bench.hpp"

inline constexpr auto square = [](auto, uint64_t i) -> lf::task<uint64_t> { co_return i * i; };

inline constexpr auto one_by_one = [](auto, uint64_t n) -> lf::task<uint64_t> {
  uint64_t sum = 0;
  for (uint64_t i = 0; i < n; ++i) {
    uint64_t each = 0;
    co_await lf::fork[&each, square](i);
    co_await lf::join;
    sum += each;
  }
  co_return sum;
};

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  lf::lazy_pool pool(bench::workers());
  lf::sync_wait(pool, one_by_one, uint64_t{1000});
  return bench::measure(n, [&] { return lf::sync_wait(pool, one_by_one, n); });
}
