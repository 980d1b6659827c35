// The verbs of the tool.
#pragma once

#include "compiler/driver/options.h"
#include "compiler/driver/session.h"

namespace skein::driver {

// The exit statuses; 70, a bug of our own, is in support/check.
enum ExitStatus : int { kFine = 0, kProgramWrong = 1, kWrongUse = 2 };

// Does what the command line asked for, prints the reports, and returns the exit status. `run` does
// not return when the program was started.
int run_tool(const Options& options, Session& session);

// Errors with a place are the program's; without one, the command or the system is at fault.
ExitStatus status_of(const DiagnosticSink& sink);

// Prints what the sink holds to standard error, as text or as JSON.
void print_reports(const Options& options, Session& session);

}  // namespace skein::driver
