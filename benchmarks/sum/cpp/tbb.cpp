// The sum of an array of N numbers by parallel_reduce.
#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_reduce.h>
#include <tbb/task_arena.h>

#include <vector>

#include "../../common/bench.hpp"

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  tbb::global_control limit(tbb::global_control::max_allowed_parallelism, bench::workers());
  tbb::task_arena arena(static_cast<int>(bench::workers()));
  return arena.execute([n] {
    std::vector<int64_t> xs(n);
    tbb::parallel_for(uint64_t(0), n, [&](uint64_t i) { xs[i] = int64_t(i % 1000); });
    return bench::measure(n, [&] {
      return tbb::parallel_reduce(
          tbb::blocked_range<const int64_t*>(xs.data(), xs.data() + n), int64_t(0),
          [](const auto& part, int64_t sum) {
            for (int64_t x : part) sum += x;
            return sum;
          },
          [](int64_t a, int64_t b) { return a + b; });
    });
  });
}
