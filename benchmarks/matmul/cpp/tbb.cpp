// The product of two N by N matrices: parallel_for over stretches of sixteen rows.
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include "../../common/bench.hpp"
#include "../../common/matmul.hpp"

int main(int argc, char** argv) {
  size_t n = bench::size(argc, argv);
  tbb::global_control limit(tbb::global_control::max_allowed_parallelism, bench::workers());
  tbb::task_arena arena(static_cast<int>(bench::workers()));
  std::vector<double> a = matmul::matrix(n, 1, 7), b = matmul::matrix(n, 2, 5), c(n * n);
  return arena.execute([&] {
    return bench::measure(
        1,
        [&] {
          tbb::parallel_for(size_t(0), n / matmul::kRows, [&](size_t part) {
            matmul::block(n, a.data(), b.data(), part * matmul::kRows, matmul::kRows, c.data());
          });
        },
        [&] { return matmul::sum(c); });
  });
}
