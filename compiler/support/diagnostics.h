// What a report is, and the sink that collects, orders and limits reports.
//
// Reports have their words in diagnostics.def, so that one voice speaks and every report can be
// listed and tested. `{0}`, `{1}` in the words stand for the arguments.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/support/source.h"

namespace skein {

enum class Severity : uint8_t { Error, Warning, Note };
// "error", "warning", "note"
std::string_view severity_name(Severity severity);

// One enumerator a row of diagnostics.def: D::TaskUnconsumed.
enum class D : uint16_t {
#define SKEIN_DIAGNOSTIC(name, code, severity, words) name,
#include "compiler/support/diagnostics.def"
};

struct DiagnosticRow {
  std::string_view code;   // "task-unconsumed"
  Severity severity;
  std::string_view words;
};
const DiagnosticRow& diagnostic_row(D kind);
size_t diagnostic_count();

// A second place of a report with its own words.
struct Label {
  Span span;
  std::string text;
};

// A change of source text that cures the report.
struct FixIt {
  Span span;
  std::string replacement;
};

struct Diagnostic {
  D kind;
  Span span;                   // the smallest wrong thing
  std::string message;         // words with the arguments filled in
  std::string mark;            // text beside the primary mark; may be empty
  std::vector<Label> labels;   // other places
  std::vector<std::string> notes;
  std::vector<std::string> helps;
  std::vector<FixIt> fixes;

  Severity severity() const { return diagnostic_row(kind).severity; }
};

// Fills a report in after it was made: `report(span, D::X, {name}).mark("here").help("…")`.
class Report {
 public:
  explicit Report(Diagnostic* diagnostic) : diagnostic_(diagnostic) {}
  Report& mark(std::string text);
  Report& label(Span span, std::string text);
  Report& note(std::string text);
  Report& help(std::string text);
  Report& fix(Span span, std::string replacement);

 private:
  Diagnostic* diagnostic_;  // null when the report was dropped as an echo or over the limit
};

// For the words of reports: `no parts`, `1 part`, `2 parts`.
std::string counted(size_t count, std::string_view noun);

class DiagnosticSink {
 public:
  // More reports than this help nobody; they are counted, not kept.
  static constexpr size_t kMaxReports = 200;

  // Reports `kind` at `span`. A second report of the same kind at the same place is dropped.
  Report report(Span span, D kind, std::initializer_list<std::string_view> args = {});

  bool has_errors() const { return error_count_ > 0; }
  size_t error_count() const { return error_count_; }
  // Reports beyond kMaxReports.
  size_t left_out_count() const { return left_out_count_; }
  // In source order, errors and warnings mixed.
  std::vector<const Diagnostic*> sorted() const;

 private:
  bool leave_out_warning();

  // Storage with stable addresses: a Report points into it.
  std::vector<std::unique_ptr<Diagnostic>> diagnostics_;
  std::vector<std::unique_ptr<Diagnostic>> left_out_;   // warnings that made room for errors
  size_t error_count_ = 0;
  size_t left_out_count_ = 0;
};

// The candidate nearest to `wrong` by edit distance, or "" when none is near enough to suggest.
std::string_view nearest_name(std::string_view wrong, const std::vector<std::string_view>& names);

}  // namespace skein
