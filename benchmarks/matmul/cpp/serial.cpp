// The product of two N by N matrices, sixteen rows at a time.
#include "../../common/bench.hpp"
#include "../../common/matmul.hpp"

int main(int argc, char** argv) {
  size_t n = bench::size(argc, argv);
  std::vector<double> a = matmul::matrix(n, 1, 7), b = matmul::matrix(n, 2, 5), c(n * n);
  return bench::measure(
      1,
      [&] {
        for (size_t row = 0; row < n; row += matmul::kRows) {
          matmul::block(n, a.data(), b.data(), row, matmul::kRows, c.data());
        }
      },
      [&] { return matmul::sum(c); });
}
