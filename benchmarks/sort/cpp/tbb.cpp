// Sorts N numbers, each of 0..N once, by parallel_sort.
#include <tbb/global_control.h>
#include <tbb/parallel_sort.h>
#include <tbb/task_arena.h>

#include <vector>

#include "../../common/bench.hpp"

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  tbb::global_control limit(tbb::global_control::max_allowed_parallelism, bench::workers());
  tbb::task_arena arena(static_cast<int>(bench::workers()));
  return arena.execute([n] {
    std::vector<int64_t> xs(n);
    for (uint64_t i = 0; i < n; ++i) xs[i] = int64_t(i * 2654435761u % n);
    std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
    tbb::parallel_sort(xs.begin(), xs.end());
    std::chrono::nanoseconds took = std::chrono::steady_clock::now() - begin;
    int64_t check = 0;
    for (uint64_t i = 0; i < n; ++i) check += xs[i] * int64_t(i % 7);
    std::printf("RESULT ns=%" PRId64 " ops=%" PRIu64 " check=%" PRId64 "\n",
                static_cast<int64_t>(took.count()), n, check);
    return 0;
  });
}
