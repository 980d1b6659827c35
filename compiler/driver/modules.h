// Finds, reads and parses modules by name: the standard library beside the tool, the user's own
// beside the file named on the command line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/check/check.h"
#include "compiler/driver/session.h"
#include "compiler/syntax/token.h"

namespace skein::driver {

class ModuleLoader {
 public:
  // `root` is the path of the user's file: other modules of the user are found from its directory.
  ModuleLoader(Session& session, const std::string& root);

  // A module without a tree when there is no such file. "std.time" is lib/skein/std/time.sk,
  // "core.array" is lib/skein/std/core/array.sk, any other name a path from the root's directory.
  check::ModuleSource load(std::string_view name);

  // For files that the source map already has.
  syntax::TokenBuffer tokenize(FileId file);
  const ast::Module* parse(FileId file);

 private:
  std::string path_of(std::string_view name) const;

  Session& session_;
  std::string library_;    // lib/skein/std
  std::string directory_;  // of the root, with its `/`; empty for the current one
};

}  // namespace skein::driver
