// `skein check --verify`: the reports of a program against the comments in it that foretell them.
//
//     let a = spawn f()      //~ error task-unconsumed
//     //~^ note local-frame       one line up for each `^`
//     g(1, 2)                //~ error too-many-args //~ warning unused-value
//
// After the code may follow words that the report's message must contain. Both a missing report and
// one nobody foretold are failures, so a test file says all that the compiler says about it.
#pragma once

#include <string>
#include <vector>

#include "compiler/support/diagnostics.h"
#include "compiler/support/source.h"

namespace skein::driver {

struct Expectation {
  FileId file;
  uint32_t line = 0;         // the line the report is on
  uint32_t written_on = 0;   // the line of the comment
  std::string severity;      // "error", "warning", "note"
  std::string code;
  std::string words;         // part of the message; may be empty
};

// The `//~` comments of a text, in order.
std::vector<Expectation> find_expectations(std::string_view text);

// One line for each disagreement, in order of their places: "fib.sk:3: …". Empty: all agree.
// Reports in files of the library, or in none, are never foretold.
std::vector<std::string> compare_reports(const std::vector<const Diagnostic*>& reports,
                                         const SourceMap& sources, std::string_view library);

}  // namespace skein::driver
