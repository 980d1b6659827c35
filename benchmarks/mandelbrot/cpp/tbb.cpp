// How often each of N by N points of the Mandelbrot set is iterated, by parallel_reduce over the rows.
#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_reduce.h>
#include <tbb/task_arena.h>

#include "../../common/bench.hpp"

static uint64_t iterations(double x, double y) {
  double re = 0, im = 0;
  uint64_t count = 0;
  while (count < 200) {
    double re2 = re * re, im2 = im * im;
    if (re2 + im2 > 4) break;
    im = 2 * re * im + y;
    re = re2 - im2 + x;
    ++count;
  }
  return count;
}

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
                sum += iterations(3.0 * double(column) / double(n) - 2, y);
              }
            }
            return sum;
          },
          [](uint64_t a, uint64_t b) { return a + b; });
    });
  });
}
