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

// A module as the parser left it.
struct ModuleSource {
  const ast::Module* tree = nullptr;   // null: there is no such module
  std::string path;                    // of its file
};

// Finds and parses a module by its name: "std.time" (stdlib/time.sk), "core.array"
// (stdlib/core/array.sk, part of every program), or what the user's `use` says.
using LoadModule = std::function<ModuleSource(std::string_view name)>;

struct Input {
  Interner& interner;
  SourceMap& sources;
  DiagnosticSink& sink;
  const ast::Counters& counters;       // read after each load: modules add to it
  ModuleSource root;                   // the user's file
  LoadModule load_module;
  // Check also those functions of the standard library that nothing refers to.
  bool whole_library = false;
};

std::unique_ptr<types::Program> check_program(const Input& input);

}  // namespace skein::check
