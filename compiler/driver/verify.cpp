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

static std::vector<Expectation> expectations_of(const SourceMap& sources,
                                                std::string_view library) {
  std::vector<Expectation> all;
  for (uint32_t i = 0; i < sources.file_count(); ++i) {
    if (sources.file(FileId(i)).path.starts_with(library)) continue;
    for (Expectation& expected : find_expectations(sources.file(FileId(i)).text)) {
      expected.file = FileId(i);
      all.push_back(std::move(expected));
    }
  }
  return all;
}

static bool matches(const Expectation& expected, const Diagnostic& report, uint32_t line) {
  return expected.line == line && expected.code == diagnostic_row(report.kind).code &&
         expected.severity == severity_name(report.severity()) &&
         report.message.find(expected.words) != std::string::npos;
}

// A disagreement and where it is, to be put in order.
struct Wrong {
  uint32_t file = 0;
  uint32_t line = 0;
  std::string text;
};

std::vector<std::string> compare_reports(const std::vector<const Diagnostic*>& reports,
                                         const SourceMap& sources, std::string_view library) {
  std::vector<Expectation> expected = expectations_of(sources, library);
  std::vector<Wrong> wrong;
  for (const Diagnostic* report : reports) {
    Location location = sources.locate(report->span.begin);
    FileId file = sources.file_of(report->span.begin);
    auto found = std::find_if(expected.begin(), expected.end(), [&](const Expectation& e) {
      return e.file == file && matches(e, *report, location.line);
    });
    if (found != expected.end()) {
      expected.erase(found);
      continue;
    }
    std::string place = std::string(location.path) + ":" + std::to_string(location.line);
    wrong.push_back({file.index, location.line,
                     place + ": not foretold: " + std::string(severity_name(report->severity())) +
                         " " + std::string(diagnostic_row(report->kind).code) + ": " +
                         report->message});
  }
  for (const Expectation& e : expected) {
    std::string words = e.words.empty() ? "" : " " + e.words;
    wrong.push_back({e.file.index, e.line,
                     sources.file(e.file).path + ":" + std::to_string(e.line) +
                         ": not reported: " + e.severity + " " + e.code + words});
  }
  std::stable_sort(wrong.begin(), wrong.end(), [](const Wrong& a, const Wrong& b) {
    return a.file != b.file ? a.file < b.file : a.line < b.line;
  });
  std::vector<std::string> lines;
  for (Wrong& line : wrong) lines.push_back(std::move(line.text));
  return lines;
}

}  // namespace skein::driver
