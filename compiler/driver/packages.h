// The packages of a program, and which file is which module.
//
// A package is a folder with a `skein.toml`; the modules of it are the files below its `src/`, named
// by their path: `src/shapes/circle.sk` is `shapes.circle`. A file named by itself on the command
// line, outside of any `src/`, is a program without a package: its modules are the files beside it.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/driver/session.h"
#include "compiler/package/manifest.h"

namespace skein::driver {

struct Package {
  std::string name;        // "" for a program without one
  // As the user would name them from here, with their `/` at the end.
  std::string folder;
  std::string sources;
  std::string real_folder;
  FileId manifest_file;    // invalid: it has none
  package::Manifest manifest;
  // What its `use` lines know other packages by.
  std::vector<std::pair<std::string, size_t>> dependencies;
};

// Where a module of a program is looked for.
struct ModulePlace {
  std::string path;      // of its file, which may not be there
  std::string name;      // in the program: "geometry.vec" for `vec` of package `geometry`
  size_t package = 0;
};

class Packages {
 public:
  static constexpr size_t kLibrary = 0;
  static constexpr size_t kOwn = 1;

  explicit Packages(Session& session);

  // Enters the package that the folder belongs to and all it depends on. False: there is none. What
  // is wrong with it is reported, and then too it is true.
  bool enter_around(const std::string& folder);
  // The same for the package in whose `src/` a source file lies.
  bool enter_around_file(const std::string& file);
  // A program without a package.
  void enter_alone(const std::string& file);

  const Package& operator[](size_t index) const { return all_[index]; }
  size_t size() const { return all_.size(); }
  const Package& own() const { return all_[kOwn]; }
  bool has_own() const { return all_.size() > kOwn; }

  // The files that `use a.b` in a package may mean, in the order in which they are tried.
  std::vector<ModulePlace> places_of(std::string_view name, size_t package) const;
  // The name of the module of the own package that is in the file, or "".
  std::string module_name(const std::string& file) const;
  // The names of all modules that `use` can name in a package, for suggestions.
  std::vector<std::string> module_names(size_t package) const;
  // The paths of all source files of the own package.
  std::vector<std::string> own_files() const;

 private:
  bool enter(const std::string& folder);
  std::optional<size_t> load(const std::string& folder, FileId manifest_file);
  void load_dependencies(size_t index);
  void load_dependency(size_t index, const package::Dependency& dependency);
  void report_cycle(const package::Dependency& dependency, size_t target);

  Session& session_;
  std::deque<Package> all_;   // their addresses stay put
  std::vector<std::pair<size_t, const package::Dependency*>> under_way_;
};

}  // namespace skein::driver
