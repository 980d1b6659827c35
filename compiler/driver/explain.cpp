#include "compiler/driver/explain.h"

#include <algorithm>
#include <vector>

#include "compiler/driver/files.h"

namespace skein::driver {

// The row of the table as a reader sees it: holes in the words are shown as `…`.
static std::string heading(const DiagnosticRow& row) {
  std::string words(row.words);
  for (size_t hole = words.find('{'); hole != std::string::npos; hole = words.find('{', hole)) {
    bool is_hole = hole + 2 < words.size() && words[hole + 2] == '}';
    if (is_hole) {
      words.replace(hole, 3, "…");
    } else {
      ++hole;
    }
  }
  return std::string(severity_name(row.severity)) + "[" + std::string(row.code) + "]: " + words +
         "\n";
}

std::string plain_page(std::string_view markdown) {
  std::string out;
  bool in_program = false;
  while (!markdown.empty()) {
    size_t end = std::min(markdown.find('\n'), markdown.size());
    std::string_view line = markdown.substr(0, end);
    markdown.remove_prefix(std::min(end + 1, markdown.size()));
    if (line.starts_with("```")) {
      in_program = !in_program;
    } else if (in_program) {
      out += line.empty() ? "\n" : "    " + std::string(line) + "\n";
    } else if (!line.starts_with("# ")) {
      out += std::string(line) + "\n";
    }
  }
  return out;
}

std::string explain_code(const std::string& code, Session& session) {
  std::string text;
  std::vector<std::string_view> codes;
  for (size_t i = 0; i < diagnostic_count(); ++i) {
    const DiagnosticRow& row = diagnostic_row(static_cast<D>(i));
    if (row.code == code) text += heading(row);  // several rows may share a code
    codes.push_back(row.code);
  }
  if (text.empty()) {
    Report report = session.sink.report({}, D::UnknownCode, {code});
    std::string_view near = nearest_name(code, codes);
    if (!near.empty()) report.help("did you mean `" + std::string(near) + "`?");
    return "";
  }
  std::string path = library_directory() + "/errors/" + code + ".md";
  FileText page = read_file(path);
  if (!page.error.empty()) {
    session.sink.report({}, D::FileUnreadable, {path, page.error})
        .help("the pages of the reports are installed beside the tool");
    return "";
  }
  return text + plain_page(page.text);
}

}  // namespace skein::driver
