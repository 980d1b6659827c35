// A point of the Mandelbrot set, for the C++ contenders of mandelbrot and serial_mandelbrot.
#pragma once

#include <cstdint>

namespace mandelbrot {

// How often it is iterated, at most 200 times.
inline uint64_t iterations(double x, double y) {
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

}  // namespace mandelbrot
