// Turns reports into text: for people at a terminal, and as JSON for tools.
#pragma once

#include <string>

#include "compiler/support/diagnostics.h"
#include "compiler/support/source.h"

namespace skein {

// The report with the lines of source it speaks of, several lines of text:
//
//   error[task-unconsumed]: task `a` is never awaited
//     --> fib.sk:3:9
//   3 |     let a = spawn fib(n - 1)
//     |         ^ started here
//   4 |     if n == 7 { return 0 }
//     |                 ------ this path leaves without it
//   help: await it, return it, or let it go with `a.detach()`
//
// A change that cures it follows as the changed line, `3 + …`.
std::string render_text(const Diagnostic& diagnostic, const SourceMap& sources, bool color);

// One line holding one object: code, severity, message, path, line, column, end_line, end_column,
// mark, labels, notes, helps, fixes. Lines and columns count from 1, columns in characters; ends
// are one past the last character.
std::string render_json(const Diagnostic& diagnostic, const SourceMap& sources);

// "2 errors, 1 warning\n", or nothing when there was nothing to report.
std::string render_summary(const DiagnosticSink& sink, bool color);

}  // namespace skein
