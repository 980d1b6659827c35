// How often each word is in N lines of ten words, by parallel_reduce of hash maps.
#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_reduce.h>
#include <tbb/task_arena.h>

#include <string>
#include <vector>

#include "../../common/bench.hpp"
#include "../../common/words.hpp"

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  tbb::global_control limit(tbb::global_control::max_allowed_parallelism, bench::workers());
  tbb::task_arena arena(static_cast<int>(bench::workers()));
  return arena.execute([n] {
    std::vector<std::string> lines(n);
    for (uint64_t i = 0; i < n; ++i) lines[i] = words::line(i);
    return bench::measure(n * 10, [&] {
      words::Counts counts = tbb::parallel_reduce(
          tbb::blocked_range<uint64_t>(0, n), words::Counts(),
          [&](const auto& part, words::Counts found) {
            for (uint64_t i = part.begin(); i < part.end(); ++i) words::count(lines[i], found);
            return found;
          },
          [](words::Counts a, const words::Counts& b) {
            for (const auto& [word, times] : b) a[word] += times;
            return a;
          });
      uint64_t check = 0;
      for (const auto& [word, times] : counts) check += uint64_t(times * times);
      return check;
    });
  });
}
