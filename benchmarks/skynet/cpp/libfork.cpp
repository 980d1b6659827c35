// A tree of forks, ten to a node, joined together.
#include <libfork.hpp>

#include <array>

#include "../../common/bench.hpp"

inline constexpr auto skynet = [](auto skynet, uint64_t first, uint64_t size) -> lf::task<uint64_t> {
  if (size == 1) co_return first;
  uint64_t part = size / 10;
  std::array<uint64_t, 10> sums;
  for (uint64_t i = 0; i < 10; ++i) co_await lf::fork[&sums[i], skynet](first + i * part, part);
  co_await lf::join;
  uint64_t sum = 0;
  for (uint64_t each : sums) sum += each;
  co_return sum;
};

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  lf::lazy_pool pool(bench::workers());
  lf::sync_wait(pool, skynet, uint64_t{0}, uint64_t{1000});
  return bench::measure(n, [&] { return lf::sync_wait(pool, skynet, uint64_t{0}, n); });
}
