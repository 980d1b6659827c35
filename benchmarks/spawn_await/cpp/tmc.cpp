// One fork at a time, awaited before the next.
#include "../../common/bench.hpp"
#include "tmc/all_headers.hpp"

static tmc::task<uint64_t> square(uint64_t i) { co_return i * i; }

static tmc::task<uint64_t> one_by_one(uint64_t n) {
  uint64_t sum = 0;
  for (uint64_t i = 0; i < n; ++i) {
    auto task = tmc::spawn(square(i)).fork();
    sum += co_await std::move(task);
  }
  co_return sum;
}

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  tmc::cpu_executor().set_thread_count(bench::workers()).init();
  tmc::post_waitable(tmc::cpu_executor(), one_by_one(1000)).wait();
  return bench::measure(
      n, [n] { return tmc::post_waitable(tmc::cpu_executor(), one_by_one(n)).get(); });
}
