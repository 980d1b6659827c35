// The spectral norm of a matrix of N by N whose elements are computed where they are used.
#include <cmath>
#include <vector>

#include "../../common/bench.hpp"

using Vector = std::vector<double>;

static double element(int64_t i, int64_t j) {
  return 1.0 / static_cast<double>((i + j) * (i + j + 1) / 2 + i + 1);
}

static void times(const Vector& v, Vector& out) {
  const int64_t n = static_cast<int64_t>(v.size());
  for (int64_t i = 0; i < n; ++i) {
    double sum = 0;
    for (int64_t j = 0; j < n; ++j) sum += element(i, j) * v[j];
    out[i] = sum;
  }
}

static void transposed_times(const Vector& v, Vector& out) {
  const int64_t n = static_cast<int64_t>(v.size());
  for (int64_t i = 0; i < n; ++i) {
    double sum = 0;
    for (int64_t j = 0; j < n; ++j) sum += element(j, i) * v[j];
    out[i] = sum;
  }
}

static double norm(size_t n) {
  Vector u(n, 1), v(n), between(n);
  for (int i = 0; i < 10; ++i) {
    times(u, between);
    transposed_times(between, v);
    times(v, between);
    transposed_times(between, u);
  }
  double uv = 0, vv = 0;
  for (size_t i = 0; i < n; ++i) {
    uv += u[i] * v[i];
    vv += v[i] * v[i];
  }
  return std::sqrt(uv / vv);
}

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  return bench::measure(1, [n] { return static_cast<uint64_t>(norm(n) * 1000000000.0); });
}
