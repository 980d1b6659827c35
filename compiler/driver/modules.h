// Finds, reads and parses modules by name, wherever their package has them.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "compiler/check/check.h"
#include "compiler/driver/packages.h"
#include "compiler/driver/session.h"
#include "compiler/syntax/token.h"

namespace skein::driver {

class ModuleLoader {
 public:
  ModuleLoader(Session& session, const Packages& packages)
      : session_(session), packages_(packages) {}

  // The module that `use name` means in a package.
  check::ModuleSource load(std::string_view name, types::PackageId package);

  // For files that the source map already has. A file that was parsed is not read again.
  syntax::TokenBuffer tokenize(FileId file);
  const ast::Module* parse(FileId file);

  // The files that were looked for and are not there.
  const std::vector<std::string>& missing() const { return missing_; }

 private:
  Session& session_;
  const Packages& packages_;
  std::unordered_map<std::string, const ast::Module*> trees_;   // by path
  std::vector<std::string> missing_;
};

}  // namespace skein::driver
