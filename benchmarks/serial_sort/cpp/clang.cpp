// Sorts N numbers, each of 0..N once, by a quicksort written out.
#include <utility>
#include <vector>

#include "../../common/bench.hpp"

static void quicksort(std::vector<int64_t>& xs, int64_t first, int64_t last) {
  int64_t low = first, high = last;
  const int64_t pivot = xs[low + (high - low) / 2];
  while (low <= high) {
    while (xs[low] < pivot) ++low;
    while (xs[high] > pivot) --high;
    if (low <= high) std::swap(xs[low++], xs[high--]);
  }
  if (first < high) quicksort(xs, first, high);
  if (low < last) quicksort(xs, low, last);
}

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  std::vector<int64_t> xs(n);
  for (uint64_t i = 0; i < n; ++i) xs[i] = static_cast<int64_t>(i * 2654435761u % n);
  return bench::measure(
      n, [&] { quicksort(xs, 0, static_cast<int64_t>(n) - 1); },
      [&] {
        int64_t check = 0;
        for (uint64_t i = 0; i < n; ++i) check += xs[i] * static_cast<int64_t>(i % 7);
        return static_cast<uint64_t>(check);
      });
}
