// N tasks forked one by one into a group that is awaited as a whole; before it as many rounds that are
// not timed as the second argument says.
#include <vector>

#include "../../common/bench.hpp"
#include "tmc/all_headers.hpp"

static tmc::task<uint64_t> square(uint64_t i) { co_return i * i; }

static tmc::task<uint64_t> square_all(uint64_t n) {
  auto group = tmc::fork_group<uint64_t>(n);
  for (uint64_t i = 0; i < n; ++i) group.fork(square(i));
  std::vector<uint64_t> squares = co_await std::move(group);
  uint64_t sum = 0;
  for (uint64_t each : squares) sum += each;
  co_return sum;
}

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  tmc::cpu_executor().set_thread_count(bench::workers()).init();
  tmc::post_waitable(tmc::cpu_executor(), square_all(1000)).wait();
  auto all = [n] { return tmc::post_waitable(tmc::cpu_executor(), square_all(n)).get(); };
  for (uint64_t i = bench::argument(argc, argv, 2); i > 0; --i) all();
  return bench::measure(n, all);
}
