// What one run of the compiler owns: sources, names, trees and reports.
#pragma once

#include <optional>
#include <string>

#include "compiler/driver/stopwatch.h"
#include "compiler/support/arena.h"
#include "compiler/support/diagnostics.h"
#include "compiler/support/interner.h"
#include "compiler/support/source.h"
#include "compiler/syntax/ast.h"

namespace skein::driver {

// Reports as they were shown, for each way to show them.
struct KeptReports {
  std::string text;
  std::string colored;
  std::string json;
};

struct Session {
  SourceMap sources;
  Interner names;
  DiagnosticSink sink;
  Arena arena;
  ast::Counters counters;
  Stopwatch stopwatch;
  // Stands for the content of the file named on the command line, which is then not read.
  std::optional<std::string> replaced_text;
  // Reports of the build that an executable was kept from.
  KeptReports kept_reports;
};

}  // namespace skein::driver
