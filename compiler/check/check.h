// Finds out what a parsed program means: names, types, calls, captures.
//
// The result is complete whatever errors were found: after an error the type is `Error`, which
// fits everything and silences its echoes. Who moves what, and whether each task is awaited, is
// asked later, on SIR.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/support/diagnostics.h"
#include "compiler/support/interner.h"
#include "compiler/support/source.h"
#include "compiler/syntax/ast.h"
#include "compiler/types/program.h"

namespace skein::check {

// A module as the parser left it, or why there is none.
struct ModuleSource {
  const ast::Module* tree = nullptr;   // null: there is no such module
  std::string path;                    // of its file, or where that would have been
  std::string name;                    // in this program: "shapes.circle", "std.time"
  types::PackageId package;
  bool is_folder = false;              // no module, but a folder of modules
  std::string error;                   // the file is there and cannot be read
};

// The standard library; all other packages are of other numbers.
constexpr types::PackageId kLibraryPackage = types::PackageId(0);

// Finds and parses the module that `use name` means in a file of that package: "std.time"
// (stdlib/time.sk), "std.core.array" (stdlib/core/array.sk, part of every program), "shapes.circle".
using LoadModule = std::function<ModuleSource(std::string_view name, types::PackageId package)>;
// The names of all modules that a `use` can name in a package.
using ListModules = std::function<std::vector<std::string>(types::PackageId package)>;

// Whose `test` blocks are part of the build: nobody's, the root module's, its package's.
enum class Tests : uint8_t { None, Root, Package };

struct Input {
  Interner& interner;
  SourceMap& sources;
  DiagnosticSink& sink;
  const ast::Counters& counters;       // read after each load: modules add to it
  ModuleSource root;                   // the user's file
  std::vector<ModuleSource> others;    // further modules to check, used or not
  LoadModule load_module;
  ListModules list_modules;
  Tests tests = Tests::None;
  bool runs_tests = false;             // they are what the program is for
  // Check also those functions of the standard library that nothing refers to.
  bool whole_library = false;
};

std::unique_ptr<types::Program> check_program(const Input& input);

}  // namespace skein::check
