// `skein fix`: applies the changes that reports offer.
//
// A change can uncover the next mistake, so a file is compiled and changed in rounds until no report
// offers anything more. A file is written once, as a whole, after its last round.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/driver/options.h"
#include "compiler/driver/session.h"

namespace skein::driver {

// The text of `file` with the changes of the reports made. The changes of a report are made together
// or not at all; a report whose changes touch those of one before it is left. `count` says how many
// reports were served.
std::string apply_fixes(const std::vector<const Diagnostic*>& reports, const SourceMap& sources,
                        FileId file, size_t& count);

// The lines that differ, each with two lines around it, as `diff -u` shows them. Empty: none.
std::string show_difference(std::string_view path, std::string_view before, std::string_view after);

// Fixes every file that the options name, or shows what it would do, and returns the exit status.
int fix_files(const Options& options);

}  // namespace skein::driver
