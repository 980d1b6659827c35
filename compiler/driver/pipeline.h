// The steps of a build, in their order. Every dump and every `--emit` is decided
// here, so that no step knows of them.
#pragma once

#include <optional>
#include <string>

#include "compiler/driver/options.h"
#include "compiler/driver/session.h"
#include "compiler/driver/target.h"
#include "compiler/link/link.h"

namespace skein::driver {

struct Build {
  // The product, unless it is an executable; also what --dump-after printed on the way.
  std::string text;
  std::optional<link::Image> image;
  // The exit status of the program, where it was interpreted.
  std::optional<int> status;
  // Nothing where the command line names nothing that could be built.
  std::optional<Target> target;
  // The file with `main`, or that was named; invalid when it could not be read.
  FileId root;
};

// Reads what `options.input` names and makes `options.product`, or stops earlier as the options say. Whether it
// went well is in the session's sink.
Build build(const Options& options, Session& session);

// Whether there are warnings that the options take for errors.
bool is_denied(const Options& options, const DiagnosticSink& sink);

// Reads the text of the middle language, runs the passes named in the options, and gives the text.
Build run_named_passes(const Options& options, Session& session);

// Adds the file to the source map; reports it and returns an invalid id when it cannot be read.
FileId load_source(const std::string& path, Session& session);

}  // namespace skein::driver
