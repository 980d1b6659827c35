// How often each of N by N points of the Mandelbrot set is iterated, at most 200 times, by one
// task.

#include "../../common/bench.hpp"
#include "../../common/mandelbrot.hpp"

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  return bench::measure(n * n, [n] {
    uint64_t sum = 0;
    for (uint64_t row = 0; row < n; ++row) {
      double y = 2.0 * double(row) / double(n) - 1;
      for (uint64_t column = 0; column < n; ++column) {
        sum += mandelbrot::iterations(3.0 * double(column) / double(n) - 2, y);
      }
    }
    return sum;
  });
}
