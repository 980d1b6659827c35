// Doc comments as pages in Markdown.
#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "compiler/driver/doc.h"
#include "compiler/driver/doc_items.h"
#include "compiler/driver/files.h"
#include "compiler/link/output_file.h"

namespace skein::driver {

static std::string path_of(const DocModule& module) {
  std::string path = module.name;
  std::replace(path.begin(), path.end(), '.', '/');
  return path + ".md";
}

static std::string title_of(const DocModule& module) {
  if (module.is_core) return module.name.substr(5);
  return module.is_library ? "std." + module.name : module.name;
}

// `Map<K, V>` in a heading is no tag, and `[T]` no link.
static std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '<' || c == '[') out += '\\';
    out += c;
  }
  return out;
}

static std::string page_of(const DocModule& module) {
  std::string out = "# " + title_of(module) + "\n\n" + module.about + "\n\n";
  out += module.is_core ? "Part of every program.\n" : "    use " + module.used_as() + "\n";
  std::string owner;
  for (const DocItem& item : module.items) {
    if (item.owner != owner && !item.owner.empty()) out += "\n## " + escaped(item.owner) + "\n";
    owner = item.owner;
    out += std::string(owner.empty() ? "\n## " : "\n### ") + item.name + "\n\n```\n" + item.head + "\n```\n";
    if (!item.prose.empty()) out += "\n" + item.prose + "\n";
    if (!item.example.empty()) out += "\n```skein\n" + item.example + "\n```\n";
  }
  return out;
}

static std::string index_of(const std::vector<DocModule>& modules, std::string_view title) {
  std::string out = "# " + std::string(title) + "\n\n";
  out += "A page for each module, made of its doc comments by `skein doc --pages`.\n\n";
  out += "| module | about |\n|---|---|\n";
  for (const DocModule& module : modules) {
    out += "| [" + title_of(module) + "](" + path_of(module) + ") | " + first_sentence(module.about) +
           (module.is_core ? " (part of every program)" : "") + " |\n";
  }
  return out;
}

// Pages of what there was before. Other files are somebody's own.
static void remove_others(const std::string& folder, const std::string& prefix,
                          const std::unordered_set<std::string>& kept) {
  for (const std::string& entry : entries_of(folder + prefix)) {
    std::string path = prefix + entry;
    if (is_folder(folder + path)) {
      remove_others(folder, path + "/", kept);
    } else if (entry.ends_with(".md") && !kept.contains(path)) {
      unlink((folder + path).c_str());
    }
  }
}

static bool write_page(const std::string& path, const std::string& text, Session& session) {
  std::optional<std::string> failure = make_folder(path.substr(0, path.rfind('/')));
  if (!failure) failure = link::write_output_file(path, text, link::FileMode::Plain);
  if (failure) session.sink.report({}, D::FileUnwritable, {path, *failure});
  return !failure;
}

void write_doc_pages(const Options& options, Session& session) {
  Packages packages(session);
  bool is_own = packages.enter_around("");
  std::vector<DocModule> modules = doc_modules(is_own ? Packages::kOwn : Packages::kLibrary, packages, session);
  if (session.sink.has_errors()) return;
  std::string folder = options.pages + (options.pages.ends_with('/') ? "" : "/");
  std::unordered_set<std::string> written = {"README.md"};
  std::string title = is_own ? packages.own().name : "The library";
  if (!write_page(folder + "README.md", index_of(modules, title), session)) return;
  for (const DocModule& module : modules) {
    written.insert(path_of(module));
    if (!write_page(folder + path_of(module), page_of(module), session)) return;
  }
  remove_others(folder, "", written);
}

}  // namespace skein::driver
