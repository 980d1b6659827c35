#include "compiler/driver/packages.h"

#include <algorithm>

#include "compiler/driver/files.h"
#include "compiler/driver/pipeline.h"

namespace skein::driver {

static constexpr std::string_view kManifestName = "skein.toml";

static std::string as_path(std::string_view module_name) {
  std::string path(module_name);
  std::replace(path.begin(), path.end(), '.', '/');
  return path + ".sk";
}

// "a/b/" → "a/", "" → "../", "../" → "../../"
static std::string parent_of(const std::string& folder) {
  if (folder.empty() || folder == "./") return "../";
  if (folder.ends_with("../")) return folder + "../";
  size_t slash = folder.rfind('/', folder.size() - 2);
  return slash == std::string::npos ? "" : folder.substr(0, slash + 1);
}

static bool exists(const std::string& path) { return !real_path(path).empty(); }

// The nearest folder, from this one upwards, with a `skein.toml`.
static std::optional<std::string> find_package(std::string folder) {
  while (true) {
    if (exists(folder + std::string(kManifestName))) return folder;
    std::string real = real_path(folder.empty() ? "." : folder);
    if (real.empty() || real == "/") return std::nullopt;
    folder = parent_of(folder);
  }
}

Packages::Packages(Session& session) : session_(session) {
  Package library;
  library.name = "std";
  library.sources = library_directory() + "/std/";
  all_.push_back(std::move(library));
}

void Packages::enter_alone(const std::string& file) {
  Package alone;
  alone.sources = file.substr(0, file.rfind('/') + 1);
  all_.push_back(std::move(alone));
}

bool Packages::enter_around(const std::string& folder) {
  std::optional<std::string> found = find_package(folder);
  return found && enter(*found);
}

bool Packages::enter_around_file(const std::string& file) {
  std::optional<std::string> found = find_package(file.substr(0, file.rfind('/') + 1));
  if (!found) return false;
  std::string sources = real_path(*found + "src");
  bool is_module = !sources.empty() && real_path(file).starts_with(sources + "/");
  return is_module && enter(*found);
}

bool Packages::enter(const std::string& folder) {
  FileId manifest = load_source(folder + std::string(kManifestName), session_);
  if (!manifest.valid()) return true;
  load(folder, manifest);
  return true;
}

// ---- the tree of dependencies --------------------------------------------------------------

std::optional<size_t> Packages::load(const std::string& folder, FileId manifest_file) {
  const SourceFile& file = session_.sources.file(manifest_file);
  Package package;
  package.folder = folder;
  package.sources = folder + "src/";
  package.real_folder = real_path(folder.empty() ? "." : folder);
  package.manifest_file = manifest_file;
  package.manifest = package::read_manifest(file.text, file.base, session_.sink);
  package.name = package.manifest.name;
  for (const Package& other : all_) {
    if (package.name.empty() || other.name != package.name) continue;
    session_.sink.report(package.manifest.name_span, D::PackageTwice, {package.name})
        .label(other.manifest.name_span, "the other one")
        .help("in one program each package has a name of its own");
    return std::nullopt;
  }
  all_.push_back(std::move(package));
  size_t index = all_.size() - 1;
  load_dependencies(index);
  return index;
}

void Packages::load_dependencies(size_t index) {
  for (const package::Dependency& dependency : all_[index].manifest.dependencies) {
    const std::string& sources = all_[index].sources;
    bool is_hidden = exists(sources + dependency.name + ".sk") ||
                     exists(sources + dependency.name) || dependency.name == all_[index].name;
    if (is_hidden) {
      session_.sink.report(dependency.name_span, D::DependencyHidden, {dependency.name})
          .help("give `" + sources + dependency.name + "` another name");
      continue;
    }
    under_way_.emplace_back(index, &dependency);
    load_dependency(index, dependency);
    under_way_.pop_back();
  }
}

void Packages::load_dependency(size_t index, const package::Dependency& dependency) {
  bool is_absolute = dependency.path.starts_with('/');
  std::string folder = (is_absolute ? "" : all_[index].folder) + dependency.path;
  if (!folder.ends_with('/')) folder += '/';
  std::string real = real_path(folder);
  FileText text = read_file(folder + std::string(kManifestName));
  if (!text.error.empty()) {
    Report report =
        session_.sink.report(dependency.path_span, D::DependencyMissing, {dependency.path});
    report.help("there would have to be a `" + folder + std::string(kManifestName) + "`");
    return;
  }
  size_t target = 0;
  for (size_t known = kOwn; known < all_.size(); ++known) {
    if (all_[known].real_folder == real) target = known;
  }
  for (const auto& [on_the_way, _] : under_way_) {
    if (target != 0 && on_the_way == target) return report_cycle(dependency, target);
  }
  if (target == 0) {
    FileId file = session_.sources.add(folder + std::string(kManifestName), std::move(text.text));
    std::optional<size_t> loaded = load(folder, file);
    if (!loaded) return;
    target = *loaded;
  }
  const Package& found = all_[target];
  if (!found.name.empty() && found.name != dependency.name) {
    session_.sink
        .report(dependency.name_span, D::DependencyName,
                {dependency.path, found.name, dependency.name})
        .label(found.manifest.name_span, "its name")
        .fix(dependency.name_span, found.name);
    return;
  }
  all_[index].dependencies.emplace_back(dependency.name, target);
}

// The last dependency closes the circle; those before it are shown with it.
void Packages::report_cycle(const package::Dependency& dependency, size_t target) {
  Report report = session_.sink.report(dependency.name_span, D::DependencyCycle,
                                       {all_[target].name});
  report.mark("here it depends on `" + all_[target].name + "` again");
  bool is_inside = false;
  for (const auto& [on_the_way, step] : under_way_) {
    is_inside |= on_the_way == target;
    if (!is_inside || step == &dependency) continue;
    report.label(step->name_span, "`" + all_[on_the_way].name + "` depends on `" + step->name + "`");
  }
  report.help("move what both need into a third package");
}

// ---- modules -------------------------------------------------------------------------------

std::vector<ModulePlace> Packages::places_of(std::string_view name, size_t package) const {
  std::vector<ModulePlace> places;
  size_t dot = std::min(name.find('.'), name.size());
  std::string_view first = name.substr(0, dot);
  std::string_view rest = dot < name.size() ? name.substr(dot + 1) : std::string_view();
  auto add = [&](size_t in, std::string_view module, std::string shown) {
    places.push_back({all_[in].sources + as_path(module), std::move(shown), in});
  };
  if (first == "std") {
    bool is_inner = rest.starts_with("core.") && package != kLibrary;
    if (!rest.empty() && !is_inner) add(kLibrary, rest, std::string(name));
    return places;
  }
  const Package& own = all_[package];
  for (const auto& [known, target] : own.dependencies) {
    if (known != first) continue;
    add(target, rest.empty() ? "lib" : rest, std::string(name));
    return places;
  }
  // Modules of the program itself are called as its own `use` lines call them.
  std::string prefix = package == kOwn ? "" : own.name + ".";
  add(package, name, prefix + std::string(name));
  if (first == own.name && !first.empty()) {
    std::string_view inner = rest.empty() ? "lib" : rest;
    add(package, inner, prefix + std::string(inner));
  }
  return places;
}

std::string Packages::module_name(const std::string& file) const {
  const Package& package = own();
  std::string name;
  if (package.name.empty() && package.real_folder.empty()) {
    name = file.substr(package.sources.size());
  } else {
    std::string sources = real_path(package.sources) + "/";
    std::string real = real_path(file);
    if (!real.starts_with(sources)) return "";
    name = real.substr(sources.size());
  }
  if (name.ends_with(".sk")) name.resize(name.size() - 3);
  std::replace(name.begin(), name.end(), '/', '.');
  return name;
}

static bool is_word(std::string_view text) {
  auto is_letter = [](char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; };
  if (text.empty() || !(is_letter(text[0]) || text[0] == '_')) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return is_letter(c) || c == '_' || (c >= '0' && c <= '9');
  });
}

// Adds the names of the modules below a folder. A limit on depth ends circles of links.
static void collect_modules(const std::string& folder, const std::string& prefix, int depth,
                            std::vector<std::string>& names) {
  for (const std::string& entry : entries_of(folder)) {
    if (entry.ends_with(".sk") && is_word(entry.substr(0, entry.size() - 3))) {
      names.push_back(prefix + entry.substr(0, entry.size() - 3));
    } else if (depth > 0 && is_word(entry) && is_folder(folder + entry)) {
      collect_modules(folder + entry + "/", prefix + entry + ".", depth - 1, names);
    }
  }
}

static constexpr int kMaxDepth = 16;

std::vector<std::string> Packages::module_names(size_t package) const {
  std::vector<std::string> names;
  collect_modules(all_[kLibrary].sources, "std.", 0, names);
  const Package& own = all_[package];
  for (const auto& [name, target] : own.dependencies) {
    collect_modules(all_[target].sources, name + ".", kMaxDepth, names);
    names.push_back(name);
  }
  // Beside a program without a package there may be anything.
  int depth = own.manifest_file.valid() ? kMaxDepth : 1;
  if (package != kLibrary) collect_modules(own.sources, "", depth, names);
  return names;
}

std::vector<std::string> Packages::own_files() const {
  std::vector<std::string> names;
  collect_modules(own().sources, "", kMaxDepth, names);
  for (std::string& name : names) name = own().sources + as_path(name);
  return names;
}

}  // namespace skein::driver
