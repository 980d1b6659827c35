// A tree of tasks, ten to a node, started together.
#include <array>
#include <ranges>

#include "../../common/bench.hpp"
#include "tmc/all_headers.hpp"

static tmc::task<uint64_t> skynet(uint64_t first, uint64_t size) {
  if (size == 1) co_return first;
  uint64_t part = size / 10;
  auto children = std::views::iota(uint64_t{0}, uint64_t{10}) |
                  std::views::transform([=](uint64_t i) { return skynet(first + i * part, part); });
  std::array<uint64_t, 10> sums = co_await tmc::spawn_many<10>(children.begin());
  uint64_t sum = 0;
  for (uint64_t each : sums) sum += each;
  co_return sum;
}

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  tmc::cpu_executor().set_thread_count(bench::workers()).init();
  tmc::post_waitable(tmc::cpu_executor(), skynet(0, 1000)).wait();
  return bench::measure(
      n, [n] { return tmc::post_waitable(tmc::cpu_executor(), skynet(0, n)).get(); });
}
