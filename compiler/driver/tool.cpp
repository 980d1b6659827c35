#include "compiler/driver/tool.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "compiler/driver/doc.h"
#include "compiler/driver/explain.h"
#include "compiler/driver/files.h"
#include "compiler/driver/fix.h"
#include "compiler/driver/new_package.h"
#include "compiler/driver/pipeline.h"
#include "compiler/driver/reports.h"
#include "compiler/driver/scale.h"
#include "compiler/driver/test_runner.h"
#include "compiler/driver/verify.h"
#include "compiler/link/output_file.h"
#include "compiler/support/render.h"

extern char** environ;

namespace skein::driver {

static bool wants_color(const Options& options) {
  switch (options.color) {
    case ColorMode::Always: return true;
    case ColorMode::Never: return false;
    case ColorMode::Auto: break;
  }
  // The convention of NO_COLOR: any value but the empty one.
  const char* no_color = getenv("NO_COLOR");
  const char* terminal = getenv("TERM");
  bool is_dumb = terminal && std::strcmp(terminal, "dumb") == 0;
  return isatty(STDERR_FILENO) && !(no_color && *no_color) && !is_dumb;
}

void print_reports(const Options& options, Session& session) {
  session.stopwatch.stop();
  bool color = !options.json && wants_color(options);
  const KeptReports& kept = session.kept_reports;
  std::string text = options.json ? kept.json : color ? kept.colored : kept.text;
  text += render_reports(session, options.json, color);
  link::write_fully(STDERR_FILENO, text);
  if (options.time_passes) link::write_fully(STDERR_FILENO, session.stopwatch.table());
}

static void write_product(const std::string& path, std::string_view bytes, link::FileMode mode,
                          Session& session) {
  std::optional<std::string> failure = link::write_output_file(path, bytes, mode);
  if (failure) session.sink.report({}, D::FileUnwritable, {path, *failure});
}

static void print_product(std::string_view text, Session& session) {
  if (link::write_fully(STDOUT_FILENO, text)) return;
  session.sink.report({}, D::FileUnwritable, {"standard output", std::strerror(errno)});
}

// Where the product goes; "" is standard output, which is where people look for text.
static std::string output_path(const Options& options, const Target& target) {
  if (!options.output.empty()) return options.output == "-" ? "" : options.output;
  bool is_text = options.product != Product::Executable && options.product != Product::Object;
  if (is_text) return "";
  std::string folder = target.build_folder;
  if (!folder.empty()) folder += options.release ? "release/" : "debug/";
  return folder + target.program + (options.product == Product::Object ? ".o" : "");
}

// Makes the folders of a package's products, which are nobody's to keep.
static bool make_build_folder(const Target& target, const std::string& path, Session& session) {
  if (target.build_folder.empty() || !path.starts_with(target.build_folder)) return true;
  std::string ignore = target.build_folder + ".gitignore";
  std::optional<std::string> failure = make_folder(path.substr(0, path.rfind('/')));
  if (!failure && access(ignore.c_str(), F_OK) != 0) {
    failure = link::write_output_file(ignore, "*\n", link::FileMode::Plain);
  }
  if (failure) session.sink.report({}, D::FileUnwritable, {path, *failure});
  return !failure;
}

static void build_and_write(const Options& options, Session& session) {
  Build made = build(options, session);
  if (!made.target) return;
  std::string path = output_path(options, *made.target);
  if (!path.empty() && same_file(path, made.target->file)) {
    session.sink.report({}, D::OutputIsInput, {made.target->file})
        .help("name another file with `-o`");
    return;
  }
  bool is_made = made.image || !made.text.empty();
  if (is_made && !make_build_folder(*made.target, path, session)) return;
  if (options.product == Product::Executable) {
    print_product(made.text, session);  // the dumps
    if (!made.image) return;
    if (path.empty()) return print_product(made.image->bytes(), session);
    // What is right stays as it is, with its time.
    bool is_there = access(path.c_str(), X_OK) == 0 && !path.starts_with("/dev/") &&
                    read_file(path).text == made.image->bytes();
    if (is_there) return;
    return write_product(path, made.image->bytes(), link::FileMode::Executable, session);
  }
  // Text is shown also when there were errors: what was made until then helps to see why.
  if (path.empty()) return print_product(made.text, session);
  if (session.sink.has_errors() || made.text.empty()) return;
  write_product(path, made.text, link::FileMode::Plain, session);
}

// Becomes the program: its status and its signals are then what our caller sees, and there is
// nothing to clean up, since the program is a file in memory. Returns only when that fails.
static void start_program(const Options& options, std::string name, const link::Image& image,
                          Session& session) {
  std::vector<char*> argv = {name.data()};
  std::vector<std::string> arguments = options.program_args;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  signal(SIGXFSZ, SIG_DFL);
  fexecve(image.fd(), argv.data(), environ);
  session.sink.report({}, D::ProgramNotStarted, {std::strerror(errno)})
      .help("`skein build` makes a file that can be started by itself");
}

static void run(const Options& options, Session& session) {
  Build made = build(options, session);
  print_product(made.text, session);
  if (!made.image || session.sink.has_errors()) return;
  // Warnings come before what the program prints.
  print_reports(options, session);
  start_program(options, made.target->program, *made.image, session);
}

// The status of `use` of what was built, or of the compiler where there is nothing to use.
static int use_built(const Options& options, Session& session,
                     bool (*use)(const Options&, const link::Image&)) {
  Build made = build(options, session);
  print_product(made.text, session);
  print_reports(options, session);
  if (!made.image || is_denied(options, session.sink) || session.sink.has_errors()) {
    return is_denied(options, session.sink) ? kProgramWrong : status_of(session.sink);
  }
  return use(options, *made.image) ? kFine : kProgramWrong;
}

// The status of the program, unless there was something to report.
static int interpret(const Options& options, Session& session) {
  Build made = build(options, session);
  print_reports(options, session);
  int status = status_of(session.sink);
  return status == kFine ? made.status.value_or(kFine) : status;
}

// Returns whether the reports are those the files foretell.
static bool verify(const Options& options, Session& session) {
  build(options, session);
  if (session.sources.file_count() == 0) {
    print_reports(options, session);
    return false;
  }
  std::vector<std::string> wrong =
      compare_reports(session.sink.sorted(), session.sources, library_directory());
  std::string text;
  for (const std::string& line : wrong) text += line + "\n";
  link::write_fully(STDERR_FILENO, text);
  return wrong.empty();
}

ExitStatus status_of(const DiagnosticSink& sink) {
  ExitStatus status = kFine;
  for (const Diagnostic* report : sink.sorted()) {
    if (report->severity() != Severity::Error) continue;
    if (report->span.valid()) return kProgramWrong;
    status = kWrongUse;
  }
  return status;
}

int run_tool(const Options& options, Session& session) {
  switch (options.verb) {
    case Verb::Build:
    case Verb::Emit: build_and_write(options, session); break;
    case Verb::Run: run(options, session); break;
    case Verb::Scale: return use_built(options, session, measure_scaling);
    case Verb::Test: return use_built(options, session, run_tests);
    case Verb::Check:
      if (options.verify) return verify(options, session) ? kFine : kProgramWrong;
      build(options, session);
      break;
    case Verb::New: make_package(options, session); break;
    case Verb::Opt: print_product(run_named_passes(options, session).text, session); break;
    case Verb::Interpret: return interpret(options, session);
    case Verb::Explain:
      print_product(options.function.empty() ? explain_code(options.input, session)
                                             : build(options, session).text,
                    session);
      break;
    case Verb::Doc:
      if (!options.pages.empty()) {
        write_doc_pages(options, session);
      } else {
        print_product(show_doc(options, session), session);
      }
      break;
    case Verb::Fix: return fix_files(options);
    case Verb::Help: print_product(help_text(options.input), session); break;
    case Verb::Version: print_product("skein " SKEIN_VERSION "\n", session); break;
  }
  print_reports(options, session);
  return is_denied(options, session.sink) ? kProgramWrong : status_of(session.sink);
}

}  // namespace skein::driver
