// How often each of N by N points of the Mandelbrot set is iterated, by parallel_reduce over the rows.
#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_reduce.h>
#include <tbb/task_arena.h>

#include "../../common/bench.hpp"
#include "../../common/mandelbrot.hpp"

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  tbb::global_control limit(tbb::global_control::max_allowed_parallelism, bench::workers());
  tbb::task_arena arena(static_cast<int>(bench::workers()));
  return arena.execute([n] {
    return bench::measure(n * n, [n] {
      return tbb::parallel_reduce(
          tbb::blocked_range<uint64_t>(0, n), uint64_t(0),
          [n](const auto& rows, uint64_t sum) {
            for (uint64_t row = rows.begin(); row < rows.end(); ++row) {
              double y = 2.0 * double(row) / double(n) - 1;
              for (uint64_t column = 0; column < n; ++column) {
                sum += mandelbrot::iterations(3.0 * double(column) / double(n) - 2, y);
              }
            }
            return sum;
          },
          [](uint64_t a, uint64_t b) { return a + b; });
    });
  });
}
