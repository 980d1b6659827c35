// N forks in a loop, then one join; each child has a slot of its own for its square; before it as many
// rounds that are not timed as the second argument says.
#include <libfork.hpp>

#include <vector>

#include "../../common/bench.hpp"

inline constexpr auto square = [](auto, uint64_t i) -> lf::task<uint64_t> { co_return i * i; };

inline constexpr auto square_all = [](auto, uint64_t n) -> lf::task<uint64_t> {
  std::vector<uint64_t> squares(n);
  for (uint64_t i = 0; i < n; ++i) co_await lf::fork[&squares[i], square](i);
  co_await lf::join;
  uint64_t sum = 0;
  for (uint64_t each : squares) sum += each;
  co_return sum;
};

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  lf::lazy_pool pool(bench::workers());
  lf::sync_wait(pool, square_all, uint64_t{1000});
  auto all = [&] { return lf::sync_wait(pool, square_all, n); };
  for (uint64_t i = bench::argument(argc, argv, 2); i > 0; --i) all();
  return bench::measure(n, all);
}
