// How often each word is in N lines of ten words, counted by one task; the sum of the squares of
// that.
#include <string>
#include <vector>

#include "../../common/bench.hpp"
#include "../../common/words.hpp"

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  std::vector<std::string> lines;
  for (uint64_t i = 0; i < n; ++i) lines.push_back(words::line(i));
  words::Counts counts;
  return bench::measure(
      n * 10,
      [&] {
        for (const std::string& text : lines) words::count(text, counts);
      },
      [&] {
        uint64_t check = 0;
        for (const auto& [word, times] : counts) check += static_cast<uint64_t>(times * times);
        return check;
      });
}
