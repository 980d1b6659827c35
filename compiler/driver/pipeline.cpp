#include "compiler/driver/pipeline.h"

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/check/check.h"
#include "compiler/codegen/codegen.h"
#include "compiler/driver/cache.h"
#include "compiler/driver/files.h"
#include "compiler/driver/interpret.h"
#include "compiler/driver/modules.h"
#include "compiler/driver/reports.h"
#include "compiler/lower/lower.h"
#include "compiler/passes/pipeline.h"
#include "compiler/passes/suspend_chain.h"
#include "compiler/sir/print.h"
#include "compiler/sir/read.h"
#include "compiler/sir/verify.h"
#include "compiler/syntax/print_ast.h"

namespace skein::driver {

static FileId add_source(const std::string& path, FileText file, Session& session) {
  FileId id;
  if (file.error.empty()) id = session.sources.add(path, std::move(file.text));
  if (!id.valid()) session.sink.report({}, D::FileUnreadable, {path, file.error});
  return id;
}

FileId load_source(const std::string& path, Session& session) {
  return add_source(path, read_file(path), session);
}

// The file the command is about, or what stands for its text.
static FileId load_root(const std::string& path, Session& session) {
  if (!session.replaced_text) return load_source(path, session);
  FileText text;
  text.text = *session.replaced_text;
  return add_source(path, std::move(text), session);
}

static bool dumps_after(const Options& options, std::string_view pass) {
  const std::vector<std::string>& names = options.dump_after;
  return std::find(names.begin(), names.end(), pass) != names.end() ||
         std::find(names.begin(), names.end(), "all") != names.end();
}

static void dump(Build& build, const sir::Module& module, std::string_view pass) {
  build.text += "// after " + std::string(pass) + "\n" + sir::print(module) + "\n";
}

static bool know_pass(const std::string& name, Session& session) {
  if (passes::find_pass(name)) return true;
  Report report = session.sink.report({}, D::UnknownPass, {name});
  std::vector<std::string_view> known;
  for (const passes::Pass& pass : passes::all_passes()) known.push_back(pass.name);
  std::string_view near = nearest_name(name, known);
  if (!near.empty()) report.help("did you mean `" + std::string(near) + "`?");
  return false;
}

// A misspelt name would silently print nothing.
static bool know_dumps(const Options& options, Session& session) {
  return std::all_of(options.dump_after.begin(), options.dump_after.end(),
                     [&](const std::string& name) {
                       return name == "all" || name == "lower" || know_pass(name, session);
                     });
}

// Runs all passes, each under its own name on the stopwatch.
static void run_passes(const Options& options, Session& session, sir::Module& module,
                       Build& build) {
  std::span<const passes::Pass> all = passes::all_passes();
  size_t done = 0;
  session.stopwatch.start(all[0].name);
  passes::run_passes(module, session.sink, [&](std::string_view pass, const sir::Module& after) {
    session.stopwatch.stop();
    if (dumps_after(options, pass)) dump(build, after, pass);
    if (++done < all.size()) session.stopwatch.start(all[done].name);
  });
  session.stopwatch.stop();
}

// The object files to link, or in `text` the product that was asked for. Nothing where that failed.
static std::vector<std::string> make_code(const Options& options, Session& session,
                                          sir::Module& module, std::string& text) {
  codegen::Options codegen;
  codegen.opt_level = options.release ? codegen::OptLevel::O2 : codegen::OptLevel::O0;
  codegen.cpu = options.cpu;
  if (options.product == Product::Executable) codegen.form = codegen::Form::Objects;
  if (options.product == Product::LlvmIr) codegen.form = codegen::Form::Ir;
  if (options.product == Product::Asm) codegen.form = codegen::Form::Asm;
  std::string bitcode_path = library_directory() + "/fast.bc";
  FileText bitcode = read_file(bitcode_path);
  if (!bitcode.error.empty()) {
    session.sink.report({}, D::FileUnreadable, {bitcode_path, bitcode.error});
    return {};
  }
  codegen.fast_bitcode = bitcode.text;
  codegen.begin_step = [&](std::string_view step) { session.stopwatch.start(step); };
  std::unique_ptr<codegen::Output> output = codegen::emit(module, codegen);
  if (!output->error.empty()) {
    session.sink.report({}, D::CodegenFailed, {output->error});
    return {};
  }
  text += output->bytes;
  return std::move(output->objects);
}

// The linker's first line is what matters; where it comes from follows.
static void report_link_failure(std::string_view printed, DiagnosticSink& sink) {
  size_t end = std::min(printed.find('\n'), printed.size());
  Report report = sink.report({}, D::LinkFailed, {printed.substr(0, end)});
  while (end < printed.size()) {
    printed.remove_prefix(end + 1);
    end = std::min(printed.find('\n'), printed.size());
    if (end > 0) report.note(std::string(printed.substr(0, end)));
  }
}

// A name that begins with `-` or `@` would say something to the linker.
static std::string below(const std::string& folder, const std::string& path) {
  if (path.starts_with('/')) return path;
  return (folder.empty() ? "./" : folder) + path;
}

// What the packages and the command line ask for, the latter first.
static link::Options link_options(const Options& options, const Packages& packages) {
  link::Options link;
  link.is_static = options.is_static;
  link.strip = options.strip;
  link.inputs = options.link_inputs;
  link.libraries = options.link_libs;
  for (const std::string& path : options.link_paths) link.search_paths.push_back(below("", path));
  for (size_t i = Packages::kOwn; i < packages.size(); ++i) {
    const package::LinkNeeds& needs = packages[i].manifest.link;
    const std::string& folder = packages[i].folder;
    for (const std::string& lib : needs.libs) link.libraries.push_back(lib);
    for (const std::string& path : needs.paths) link.search_paths.push_back(below(folder, path));
    for (const std::string& file : needs.files) link.files.push_back(below(folder, file));
  }
  return link;
}

// What the functions of C's ask for; of those of the library, only what the program may call. Our own archives
// lie beside the runtime.
static void add_called_libraries(const types::Program& program, link::Options& link) {
  for (types::FnId id : program.fns.ids()) {
    if (!program.fns[id].is_checked) continue;
    for (Symbol library : program.fns[id].libraries) {
      std::string name(program.interner.text(library));
      bool is_new = std::find(link.libraries.begin(), link.libraries.end(), name) == link.libraries.end();
      if (is_new) link.libraries.push_back(std::move(name));
    }
  }
  link.search_paths.push_back(library_directory());
}

static void make_executable(const link::Options& link, Session& session,
                            const std::vector<std::string>& objects, Build& build) {
  link::Image image = link::link_executable(objects, library_directory() + "/libskein_rt.a", link);
  switch (image.state) {
    case link::Image::State::Linked: build.image.emplace(std::move(image)); return;
    case link::Image::State::NoLinker:
      session.sink.report({}, D::NoLinker, {image.detail})
          .help("install lld-22, or name an ld.lld by SKEIN_LINKER");
      return;
    case link::Image::State::NoSystemFiles:
      session.sink.report({}, D::NoSystemFiles, {image.detail})
          .help("install the C development files (libc6-dev and gcc on Debian)");
      return;
    case link::Image::State::Rejected: report_link_failure(image.detail, session.sink); return;
  }
}

// The `test` blocks that matter: those that are to run, and where reports are all there is, all.
static check::Tests tests_of(const Options& options, const Target& target) {
  bool is_file = target.build_folder.empty();
  if (options.verb == Verb::Test) return is_file ? check::Tests::Root : check::Tests::Package;
  bool only_reports = options.verb == Verb::Check || options.verb == Verb::Fix;
  return only_reports ? check::Tests::Package : check::Tests::None;
}

// The parsed root, and with it whatever it uses and the target names.
static std::unique_ptr<types::Program> check_target(const Options& options, const Target& target,
                                                    const ast::Module* tree, Session& session,
                                                    const Packages& packages,
                                                    ModuleLoader& loader) {
  types::PackageId own(Packages::kOwn);
  check::ModuleSource root;
  root.tree = tree;
  root.path = target.file;
  root.name = target.module;
  root.package = own;
  std::vector<check::ModuleSource> others;
  for (const std::string& path : target.others) {
    FileId file = load_source(path, session);
    if (!file.valid()) continue;
    check::ModuleSource other = root;
    other.tree = loader.parse(file);
    other.path = path;
    other.name = packages.module_name(path);
    others.push_back(std::move(other));
  }
  session.stopwatch.start("check");
  return check::check_program(
      {session.names, session.sources, session.sink, session.counters, root, std::move(others),
       [&](std::string_view name, types::PackageId package) { return loader.load(name, package); },
       [&](types::PackageId package) { return packages.module_names(package.index); },
       tests_of(options, target), options.verb == Verb::Test});
}

bool is_denied(const Options& options, const DiagnosticSink& sink) {
  std::vector<const Diagnostic*> reports = sink.sorted();
  return options.deny_warnings &&
         std::any_of(reports.begin(), reports.end(), [](const Diagnostic* report) {
           return report->severity() == Severity::Warning;
         });
}

// What there is to compile, and where its parts come from.
struct Work {
  const Options& options;
  Session& session;
  const Packages& packages;
  const Target& target;
  ModuleLoader& loader;

  bool ends_at(Step step) const {
    return session.sink.has_errors() || options.last_step() <= step;
  }
};

// What the functions of that name wait for, a line for each call on the way.
static std::string explain_suspends(const Work& work, sir::Module& module) {
  const SourceMap& sources = work.session.sources;
  auto place = [&](Span span) {
    Location at = sources.locate(span.begin);
    return std::string(at.path) + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
  };
  std::string text;
  for (const passes::SuspendAnswer& answer :
       passes::explain_suspends(module, work.options.function)) {
    text += place(answer.span) + ": `" + answer.name + "` ";
    text += answer.chain.empty() ? "never suspends\n" : "can suspend:\n";
    for (const passes::SuspendStep& step : answer.chain) {
      text += "  " + place(step.span) + ": " + step.words + "\n";
    }
  }
  if (text.empty()) {
    work.session.sink.report({}, D::UnknownItem, {work.options.function, work.target.module});
  }
  return text;
}

// Text → tokens → tree → program; null where that is all, or where there is none.
static std::unique_ptr<types::Program> read_program(const Work& work, Build& build) {
  Session& session = work.session;
  FileId file = load_root(work.target.file, session);
  build.root = file;
  if (!file.valid()) return nullptr;

  // Both are complete whatever was wrong with the text.
  if (work.options.last_step() == Step::Lex) {
    syntax::TokenBuffer tokens = work.loader.tokenize(file);
    if (work.options.product == Product::Tokens) {
      build.text = syntax::print_tokens(tokens, session.sources, session.names);
    }
    return nullptr;
  }
  const ast::Module* tree = work.loader.parse(file);
  if (work.options.product == Product::Ast) build.text = syntax::print_ast(*tree, session.names);
  if (work.ends_at(Step::Parse)) return nullptr;

  // What each name and expression means. Modules are read as `use` asks for them.
  std::unique_ptr<types::Program> program =
      check_target(work.options, work.target, tree, session, work.packages, work.loader);
  bool needs_main =
      work.options.last_step() >= Step::Codegen || work.options.verb == Verb::Interpret;
  bool lacks_main = !program->main.valid() && !program->runs_tests;
  if (needs_main && !session.sink.has_errors() && lacks_main) {
    uint32_t begin = session.sources.file(file).base;
    session.sink.report({begin, begin}, D::NoMain).help("begin with `fn main() { … }`");
  }
  return work.ends_at(Step::Check) ? nullptr : std::move(program);
}

// Program → middle language → object code; nothing where that is not asked for.
static std::vector<std::string> make_objects(const Work& work, types::Program& program, Build& build) {
  const Options& options = work.options;
  Session& session = work.session;
  bool makes_sir = options.product == Product::Sir;
  session.stopwatch.start("lower");
  sir::Module module = lower::lower_program(program);
  if (dumps_after(options, "lower")) dump(build, module, "lower");
  if (makes_sir && work.ends_at(Step::Lower)) build.text += sir::print(module);
  if (work.ends_at(Step::Lower)) return {};
  // Without an entry nothing is left out because `main` does not call it.
  if (options.verb == Verb::Explain) module.entry = sir::FunctionId();

  // The last reports to the user are made by passes.
  run_passes(options, session, module, build);
  if (options.verb == Verb::Explain && !session.sink.has_errors()) {
    build.text += explain_suspends(work, module);
  }
  if (options.verb == Verb::Interpret && !session.sink.has_errors()) {
    build.status = interpret_program(module, session);
  }
  if (work.ends_at(Step::Passes)) {
    if (makes_sir && !session.sink.has_errors()) build.text += sir::print(module);
    return {};
  }

  // By way of LLVM.
  std::vector<std::string> objects = make_code(options, session, module, build.text);
  if (work.ends_at(Step::Codegen)) objects.clear();
  return objects;
}

Build build(const Options& options, Session& session) {
  Build build;
  if (!know_dumps(options, session)) return build;
  Packages packages(session);
  build.target = find_target(options, session, packages);
  if (!build.target) return build;

  // What was built before, and has not changed, is not built again.
  link::Options link = link_options(options, packages);
  session.stopwatch.start("cache");
  Cache cache(options, *build.target, link);
  std::optional<link::Image> kept = cache.find(session.kept_reports);
  session.stopwatch.stop();
  if (kept) {
    build.image.emplace(std::move(*kept));
    return build;
  }

  ModuleLoader loader(session, packages);
  Work work = {options, session, packages, *build.target, loader};
  std::unique_ptr<types::Program> program = read_program(work, build);
  if (!program || is_denied(options, session.sink)) return build;
  // Beyond this point nothing looks at the tree.
  std::vector<std::string> objects = make_objects(work, *program, build);
  if (objects.empty() || is_denied(options, session.sink)) return build;
  session.stopwatch.start("link");
  add_called_libraries(*program, link);
  make_executable(link, session, objects, build);
  session.stopwatch.stop();
  if (build.image && cache.is_on()) {
    cache.keep(*build.image, session.sources, loader.missing(), render_all(session));
  }
  return build;
}

// The span of a line, counted from 1, without its newline.
static Span line_span(const SourceFile& file, uint32_t line) {
  if (line == 0 || line > file.line_starts.size()) return {file.base, file.base};
  uint32_t begin = file.line_starts[line - 1];
  size_t end = std::min(file.text.find('\n', begin), file.text.size());
  return {file.base + begin, file.base + static_cast<uint32_t>(end)};
}

Build run_named_passes(const Options& options, Session& session) {
  Build build;
  for (const std::string& name : options.passes) {
    if (!know_pass(name, session)) return build;
  }
  if (!know_dumps(options, session)) return build;
  FileId id = load_source(options.input, session);
  if (!id.valid()) return build;

  const SourceFile& file = session.sources.file(id);
  types::Program program(session.names, session.sources);
  sir::ReadError error;
  std::optional<sir::Module> module = sir::read_module(file.text, file.base, program, error);
  if (!module) {
    session.sink.report(line_span(file, error.line), D::SirUnreadable, {error.message});
    return build;
  }
  for (const sir::Problem& problem : sir::verify(*module, sir::VerifyStage::Lowered)) {
    session.sink.report(problem.span, D::SirUnreadable, {problem.text});
  }
  if (session.sink.has_errors()) return build;
  for (const std::string& name : options.passes) {
    const passes::Pass* pass = passes::find_pass(name);
    session.stopwatch.start(name);
    pass->run(*module, session.sink);
    if (session.sink.has_errors()) return build;
    sir::check_module(*module, pass->stage, name);
    if (dumps_after(options, name)) dump(build, *module, name);
  }
  build.text += sir::print(*module);
  return build;
}

}  // namespace skein::driver
