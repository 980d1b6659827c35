// Lines of words and their counts, for the C++ contenders of words and serial_words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace words {

using Counts = std::unordered_map<std::string_view, int64_t>;

inline std::string line(uint64_t i) {
  std::string text;
  for (uint64_t k = 0; k < 10; ++k) {
    text += "word" + std::to_string((i * 10 + k) * 2654435761u % 4093) + " ";
  }
  return text;
}

inline void count(std::string_view text, Counts& counts) {
  while (!text.empty()) {
    size_t end = text.find(' ');
    std::string_view word = text.substr(0, end);
    if (!word.empty()) ++counts[word];
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
  }
}

}  // namespace words
