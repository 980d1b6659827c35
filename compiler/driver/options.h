// The command line, read into Options.
//
// Verbs, flags, what each flag may follow and the help texts are two tables in options.cpp: a new
// flag is a new row, and `--help` and the suggestions know it at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/codegen/codegen.h"
#include "compiler/support/diagnostics.h"

namespace skein::driver {

enum class Verb : uint8_t {
  Build, Run, Scale, Test, Check, Emit, New, Opt, Interpret, Fix, Explain, Doc, Help, Version
};

// What the compiler makes. Each kind is the product of one step.
enum class Product : uint8_t { Tokens, Ast, Sir, LlvmIr, Asm, Object, Executable };

// The steps of a build, in order. `Link` is the last.
enum class Step : uint8_t { Lex, Parse, Check, Lower, Passes, Codegen, Link };

enum class ColorMode : uint8_t { Auto, Always, Never };

struct Options {
  Verb verb = Verb::Help;
  // Of `explain suspends`: the function; else "".
  std::string function;
  // The file or folder named on the command line, "" for the package around; the package for `new`,
  // the code for `explain`, the name for `doc`, the verb for `help`.
  std::string input;
  std::vector<std::string> more_inputs;   // of `fix`
  std::string filter;                     // of `test`: a part of the names of those to run
  uint32_t jobs = 0;                      // of `test`: how many run at once; 0: one a core
  uint32_t timeout = 60;                  // of `test`: seconds that one may take
  std::vector<std::string> program_args;
  std::string output;
  std::string pages;                      // of `doc`: the folder for pages; "": it prints
  Product product = Product::Executable;
  std::optional<Step> stop_after;
  // What else the program is linked with: object files, libraries, `-lNAME`, `-LFOLDER`.
  std::vector<std::string> link_inputs;
  codegen::Cpu cpu;
  bool release = false;
  bool is_static = false;
  bool strip = false;
  bool verify = false;
  bool dry_run = false;
  bool json = false;
  bool time_passes = false;
  bool no_cache = false;
  bool deny_warnings = false;
  bool is_library = false;               // for `new`
  std::vector<std::string> link_libs;
  std::vector<std::string> link_paths;
  ColorMode color = ColorMode::Auto;
  std::vector<std::string> dump_after;   // names of passes
  std::vector<std::string> passes;       // for `opt`

  // The step that makes the product, or an earlier one that --stop-after names.
  Step last_step() const;
};

// Reads `args` (without the program's name). A wrong use is reported to the sink, which then has
// errors, and the options are not to be used except for `json` and `color`.
Options parse_options(const std::vector<std::string_view>& args, DiagnosticSink& sink);

// The general page for "", else the page of one verb with its flags and an example.
std::string help_text(std::string_view verb);

}  // namespace skein::driver
