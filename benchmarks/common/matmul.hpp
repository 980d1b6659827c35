// The matrices of the C++ contenders of matmul, and the kernel that all share.
#pragma once

#include <cstddef>
#include <vector>

namespace matmul {

constexpr size_t kRows = 16;

inline std::vector<double> matrix(size_t n, size_t step, size_t modulus) {
  std::vector<double> m(n * n);
  for (size_t row = 0; row < n; ++row) {
    for (size_t column = 0; column < n; ++column) {
      m[row * n + column] = static_cast<double>((row + step * column) % modulus);
    }
  }
  return m;
}

// The rows of c from `first` on.
inline void block(size_t n, const double* a, const double* b, size_t first, size_t rows, double* c) {
  for (size_t k = 0; k < n; ++k) {
    const double* right = b + k * n;
    for (size_t row = first; row < first + rows; ++row) {
      const double factor = a[row * n + k];
      double* out = c + row * n;
      for (size_t i = 0; i < n; ++i) out[i] += factor * right[i];
    }
  }
}

inline long sum(const std::vector<double>& m) {
  double sum = 0;
  for (double value : m) sum += value;
  return static_cast<long>(sum);
}

}  // namespace matmul
