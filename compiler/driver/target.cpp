#include "compiler/driver/target.h"

#include <algorithm>
#include <string_view>

#include "compiler/driver/files.h"

namespace skein::driver {

// "examples/fib.sk" → "fib"
static std::string stem(const std::string& path) {
  std::string name = path.substr(path.rfind('/') + 1);
  if (name.size() > 3 && name.ends_with(".sk")) name.resize(name.size() - 3);
  return name;
}

static Target target_of_file(const std::string& file, const Packages& packages) {
  Target target;
  target.file = file;
  target.module = packages.module_name(file);
  target.program = stem(file);
  const Package& own = packages.own();
  if (!own.manifest_file.valid()) return target;
  // The same file is also found by `use`, under the name the package has for it.
  std::string path = target.module;
  std::replace(path.begin(), path.end(), '.', '/');
  target.file = own.sources + path + ".sk";
  return target;
}

// Whether all files of a package matter, not only what its program uses.
static bool takes_all_files(const Options& options) {
  return options.verb == Verb::Check || options.verb == Verb::Explain ||
         options.verb == Verb::Test;
}

// A library has no `main`; to check or test it, any of its modules will do to begin with.
static std::string root_of(const Options& options, const Package& own,
                           const std::vector<std::string>& files) {
  auto has = [&](const std::string& file) {
    return std::find(files.begin(), files.end(), file) != files.end();
  };
  std::string main = own.sources + "main.sk";
  bool needs_main = !takes_all_files(options);
  if (needs_main || has(main)) return has(main) ? main : "";
  if (has(own.sources + "lib.sk")) return own.sources + "lib.sk";
  return files.empty() ? "" : files[0];
}

static std::optional<Target> target_of_package(const Options& options, Session& session,
                                               const Packages& packages) {
  const Package& own = packages.own();
  std::vector<std::string> files = packages.own_files();
  Target target;
  target.file = root_of(options, own, files);
  if (target.file.empty()) {
    session.sink.report(own.manifest.name_span, D::NoRootFile, {own.name, "main.sk"})
        .help("a program begins with `fn main()` there; `skein check` also takes a library");
    return std::nullopt;
  }
  target.module = packages.module_name(target.file);
  target.program = own.name;
  target.build_folder = own.folder + "build/";
  // Of a program that is to run, only what it uses matters.
  if (!takes_all_files(options)) return target;
  for (const std::string& file : files) {
    if (file != target.file) target.others.push_back(file);
  }
  return target;
}

std::optional<Target> find_target(const Options& options, Session& session, Packages& packages) {
  std::string folder = options.input;
  if (!folder.empty() && !folder.ends_with('/')) folder += '/';
  if (!options.input.empty() && !is_folder(options.input)) {
    if (!packages.enter_around_file(options.input)) packages.enter_alone(options.input);
    if (session.sink.has_errors()) return std::nullopt;
    return target_of_file(options.input, packages);
  }
  if (!packages.enter_around(folder)) {
    session.sink
        .report({}, D::NoPackage, {options.input.empty() ? "this folder or above" : options.input})
        .help("name a file, or begin a package with `skein new NAME`");
    return std::nullopt;
  }
  if (session.sink.has_errors()) return std::nullopt;
  return target_of_package(options, session, packages);
}

}  // namespace skein::driver
