// Traits as other languages call them: Rust's, Swift's, Go's and Haskell's.
#include "compiler/check/foreign_trait.h"

#include <string>

namespace skein::check {

namespace {

struct Row {
  std::string_view foreign;
  std::string_view ours;    // empty: `words` say what there is in its place
  std::string_view words;
};

}  // namespace

static constexpr std::string_view kCopies =
    "values are copied by themselves, unless their type has a `drop`: leave it away";
static constexpr std::string_view kTasks =
    "tasks own what they are given: every value can go to another, leave it away";
static constexpr std::string_view kCalls = "what can be called has a type: `fn(int) -> str`";

static constexpr Row kRows[] = {
    {"Display", "Show", ""},       {"Debug", "Show", ""},         {"Stringer", "Show", ""},
    {"ToString", "Show", ""},      {"Printable", "Show", ""},     {"PartialEq", "Eq", ""},
    {"Equatable", "Eq", ""},       {"Equal", "Eq", ""},           {"PartialOrd", "Ord", ""},
    {"Comparable", "Ord", ""},     {"Ordered", "Ord", ""},        {"Hashable", "Hash", ""},
    {"CustomStringConvertible", "Show", ""},
    {"Clone", "", kCopies},        {"Copy", "", kCopies},         {"Copyable", "", kCopies},
    {"Send", "", kTasks},          {"Sync", "", kTasks},          {"Sendable", "", kTasks},
    {"Fn", "", kCalls},            {"FnMut", "", kCalls},         {"FnOnce", "", kCalls},
    {"Sized", "", "every type has a size: leave it away"},
};

bool help_with_foreign_trait(Report& report, Span span, std::string_view name) {
  for (const Row& row : kRows) {
    if (row.foreign != name) continue;
    if (row.ours.empty()) {
      report.help(std::string(row.words));
    } else {
      report.help("Skein's spelling is `" + std::string(row.ours) + "`")
          .fix(span, std::string(row.ours));
    }
    return true;
  }
  return false;
}

}  // namespace skein::check
