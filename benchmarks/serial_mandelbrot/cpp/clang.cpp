// How often each of N by N points of the Mandelbrot set is iterated, at most 200 times, by one
// task.

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
  return bench::measure(n * n, [n] {
    uint64_t sum = 0;
    for (uint64_t row = 0; row < n; ++row) {
      double y = 2.0 * double(row) / double(n) - 1;
      for (uint64_t column = 0; column < n; ++column) {
        sum += iterations(3.0 * double(column) / double(n) - 2, y);
      }
    }
    return sum;
  });
}
