// What a command line is about: the file it names, or the package around the place where it was given.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/driver/options.h"
#include "compiler/driver/packages.h"
#include "compiler/driver/session.h"

namespace skein::driver {

struct Target {
  std::string file;      // of the module that has `main`
  std::string module;    // the name of that module
  std::string program;   // what its executable is called
  // Where the package keeps what is built, with its `/`; "" for a file by itself.
  std::string build_folder;
  std::vector<std::string> others;   // files to check beside it
};

// Enters the packages of the program. What is missing or wrong is reported; then there is no target.
std::optional<Target> find_target(const Options& options, Session& session, Packages& packages);

}  // namespace skein::driver
