#include "compiler/driver/verify.h"

#include <algorithm>
#include <utility>

namespace skein::driver {

// Cuts the next word off the front of `text`.
static std::string_view take_word(std::string_view& text) {
  size_t begin = std::min(text.find_first_not_of(" \t\r"), text.size());
  text.remove_prefix(begin);
  std::string_view word = text.substr(0, text.find_first_of(" \t\r"));
  text.remove_prefix(word.size());
  return word;
}

static std::string_view trim(std::string_view text) {
  size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

static void find_on_line(std::string_view line, uint32_t number, std::vector<Expectation>& found) {
  constexpr std::string_view kMark = "//~";
  size_t at = line.find(kMark);
  while (at != std::string_view::npos) {
    line.remove_prefix(at + kMark.size());
    at = line.find(kMark);
    std::string_view comment = line.substr(0, at);
    Expectation expected;
    expected.written_on = number;
    expected.line = number;
    while (comment.starts_with('^')) {
      comment.remove_prefix(1);
      --expected.line;
    }
    expected.severity = take_word(comment);
    expected.code = take_word(comment);
    expected.words = trim(comment);
    found.push_back(std::move(expected));
  }
}

std::vector<Expectation> find_expectations(std::string_view text) {
  std::vector<Expectation> found;
  for (uint32_t number = 1; !text.empty(); ++number) {
    size_t end = std::min(text.find('\n'), text.size());
    find_on_line(text.substr(0, end), number, found);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return found;
}

static bool matches(const Expectation& expected, const Diagnostic& report, uint32_t line) {
  return expected.line == line && expected.code == diagnostic_row(report.kind).code &&
         expected.severity == severity_name(report.severity()) &&
         report.message.find(expected.words) != std::string::npos;
}

std::vector<std::string> compare_reports(const std::vector<const Diagnostic*>& reports,
                                         const SourceMap& sources, FileId file) {
  std::vector<Expectation> expected = find_expectations(sources.file(file).text);
  std::vector<std::pair<uint32_t, std::string>> wrong;
  for (const Diagnostic* report : reports) {
    Location location = sources.locate(report->span.begin);
    bool is_here = sources.file_of(report->span.begin) == file;
    auto found = std::find_if(expected.begin(), expected.end(), [&](const Expectation& e) {
      return is_here && matches(e, *report, location.line);
    });
    if (found != expected.end()) {
      expected.erase(found);
      continue;
    }
    std::string place = std::string(location.path) + ":" + std::to_string(location.line);
    wrong.emplace_back(location.line,
                       place + ": not foretold: " + std::string(severity_name(report->severity())) +
                           " " + std::string(diagnostic_row(report->kind).code) + ": " +
                           report->message);
  }
  for (const Expectation& e : expected) {
    std::string words = e.words.empty() ? "" : " " + e.words;
    wrong.emplace_back(e.line, sources.file(file).path + ":" + std::to_string(e.line) +
                                   ": not reported: " + e.severity + " " + e.code + words);
  }
  std::stable_sort(wrong.begin(), wrong.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> lines;
  for (std::pair<uint32_t, std::string>& line : wrong) lines.push_back(std::move(line.second));
  return lines;
}

}  // namespace skein::driver
