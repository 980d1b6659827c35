// How often each word is in N lines of ten words, counted by one task; the sum of the squares of
// that.
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "../../common/bench.hpp"

using Counts = std::unordered_map<std::string_view, int64_t>;

static std::string line(uint64_t i) {
  std::string text;
  for (uint64_t k = 0; k < 10; ++k) {
    text += "word" + std::to_string((i * 10 + k) * 2654435761u % 4093) + " ";
  }
  return text;
}

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
  std::vector<std::string> lines;
  for (uint64_t i = 0; i < n; ++i) lines.push_back(line(i));
  Counts counts;
  return bench::measure(
      n * 10,
      [&] {
        for (const std::string& text : lines) count(text, counts);
      },
      [&] {
        uint64_t check = 0;
        for (const auto& [word, times] : counts) check += static_cast<uint64_t>(times * times);
        return check;
      });
}
