// `skein doc`: what the doc comments of the library and of a package say, in the terminal or as pages.
#pragma once

#include <string>

#include "compiler/driver/options.h"
#include "compiler/driver/session.h"

namespace skein::driver {

// What there is to say about the name that the options have: of a module, or of something in one. Without a name all
// modules, one a line.
std::string show_doc(const Options& options, Session& session);

// Writes a page in Markdown for each module, and a list of them, into the folder that the options name: those of the
// package around, or of the library where there is none. Pages of modules that are no more go away.
void write_doc_pages(const Options& options, Session& session);

}  // namespace skein::driver
