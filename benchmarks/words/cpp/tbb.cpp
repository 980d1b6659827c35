// How often each word is in N lines of ten words, by parallel_reduce of hash maps.
#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_reduce.h>
#include <tbb/task_arena.h>

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "../../common/bench.hpp"

using Counts = std::unordered_map<std::string_view, int64_t>;

static void count(std::string_view text, Counts& counts) {
  while (!text.empty()) {
    size_t end = text.find(' ');
    std::string_view word = text.substr(0, end);
    if (!word.empty()) ++counts[word];
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
  }
}

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  tbb::global_control limit(tbb::global_control::max_allowed_parallelism, bench::workers());
  tbb::task_arena arena(static_cast<int>(bench::workers()));
  return arena.execute([n] {
    std::vector<std::string> lines(n);
    for (uint64_t i = 0; i < n; ++i) {
      for (uint64_t k = 0; k < 10; ++k) {
        lines[i] += "word" + std::to_string((i * 10 + k) * 2654435761u % 4093) + " ";
      }
    }
    return bench::measure(n * 10, [&] {
      Counts counts = tbb::parallel_reduce(
          tbb::blocked_range<uint64_t>(0, n), Counts(),
          [&](const auto& part, Counts found) {
            for (uint64_t i = part.begin(); i < part.end(); ++i) count(lines[i], found);
            return found;
          },
          [](Counts a, const Counts& b) {
            for (const auto& [word, times] : b) a[word] += times;
            return a;
          });
      uint64_t check = 0;
      for (const auto& [word, times] : counts) check += uint64_t(times * times);
      return check;
    });
  });
}
