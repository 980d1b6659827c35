// Names are found by their end: `decode`, `json.decode` and `std.json.decode` are the same, and a method also by its
// type, `Map.insert`, or by the module its type is in, `str.split`.
#include "compiler/driver/doc.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/driver/doc_items.h"

namespace skein::driver {

namespace {

struct Found {
  const DocModule* module = nullptr;
  const DocItem* item = nullptr;
};

}  // namespace

// `std.json.JsonReader.value`, `Map.insert`: how messages call it.
static std::string shown_name(const DocModule& module, const DocItem& item) {
  std::string name = item.owner.empty() ? item.name : item.owner_name() + "." + item.name;
  return module.is_core ? name : module.used_as() + "." + name;
}

// The whole names that something may be asked for by.
static std::vector<std::string> names_of(const DocModule& module, const DocItem& item) {
  std::string path = module.is_library ? "std." + module.name : module.name;
  std::vector<std::string> names = {path + "." + item.name, module.used_as() + "." + item.name};
  if (item.owner.empty()) return names;
  names.push_back(path + "." + item.owner_name() + "." + item.name);
  names.push_back(module.used_as() + "." + item.owner_name() + "." + item.name);
  return names;
}

static bool ends_with_name(std::string_view whole, std::string_view name) {
  if (!whole.ends_with(name)) return false;
  return whole.size() == name.size() || whole[whole.size() - name.size() - 1] == '.';
}

// The package around, if there is one, before the library.
static std::vector<DocModule> all_modules(Session& session) {
  Packages packages(session);
  std::vector<DocModule> modules;
  if (packages.enter_around("")) modules = doc_modules(Packages::kOwn, packages, session);
  for (DocModule& module : doc_modules(Packages::kLibrary, packages, session)) {
    modules.push_back(std::move(module));
  }
  return modules;
}

// ---- in the terminal -----------------------------------------------------------------------

static void append_lines(std::string& out, std::string_view text, std::string_view indent) {
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) out += std::string(indent) + std::string(text.substr(0, end));
    out += "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

static void append_brief(std::string& out, const DocItem& item) {
  std::string head = item.is_type ? item.head.substr(0, item.head.find('\n')) : item.head;
  if (head.ends_with(" {")) head.resize(head.size() - 2);
  append_lines(out, head, "    ");
  append_lines(out, first_sentence(item.prose), "        ");
}

static std::string show_item(const Found& found) {
  const DocItem& item = *found.item;
  std::string out = shown_name(*found.module, item) + "\n\n";
  append_lines(out, item.head, "    ");
  out += "\n";
  append_lines(out, item.prose, "");
  if (!item.example.empty()) out += "\n";
  append_lines(out, item.example, "    ");
  if (!item.is_type) return out;
  bool has_methods = false;
  for (const DocItem& method : found.module->items) {
    if (method.owner_name() != item.name) continue;
    if (!has_methods) out += "\nIts methods:\n\n";
    has_methods = true;
    append_brief(out, method);
  }
  return out;
}

static std::string show_module(const DocModule& module) {
  std::string out = (module.is_core ? module.name.substr(5) : module.used_as()) + "\n\n";
  append_lines(out, module.about, "");
  out += module.is_core ? "\nPart of every program.\n" : "\n    use " + module.used_as() + "\n";
  std::string owner;
  for (const DocItem& item : module.items) {
    if (&item == module.items.data() || item.owner != owner) {
      out += item.owner.empty() ? "\n" : "\n" + item.owner + "\n\n";
    }
    owner = item.owner;
    append_brief(out, item);
  }
  return out;
}

static std::string list_modules(const std::vector<DocModule>& modules) {
  std::string out;
  for (const DocModule& module : modules) {
    std::string name = module.is_core ? module.name.substr(5) : module.name;
    if (module.is_library && !module.is_core) name = "std." + name;
    name.append(name.size() < 20 ? 20 - name.size() : 1, ' ');
    out += name + first_sentence(module.about) + "\n";
  }
  return out;
}

static void report_unknown(const std::vector<DocModule>& modules, const std::string& name, Session& session) {
  Report report = session.sink.report({}, D::UnknownDoc, {name});
  // Those that are asked for by as many words.
  auto dots = [](std::string_view text) { return std::count(text.begin(), text.end(), '.'); };
  std::vector<std::string> known;
  auto add = [&](std::string whole) {
    while (dots(whole) > dots(name)) whole.erase(0, whole.find('.') + 1);
    known.push_back(std::move(whole));
  };
  for (const DocModule& module : modules) {
    add(module.used_as());
    add(module.name);
    for (const DocItem& item : module.items) {
      for (std::string& whole : names_of(module, item)) add(std::move(whole));
    }
  }
  std::vector<std::string_view> views(known.begin(), known.end());
  std::string_view near = nearest_name(name, views);
  if (!near.empty()) {
    report.help("did you mean `" + std::string(near) + "`?");
  } else {
    report.help("`skein doc` lists the modules, `skein doc json` what is in one");
  }
}

// More than that many are only listed.
static constexpr size_t kMostShown = 3;

static std::string show_found(const std::vector<Found>& found) {
  std::string out;
  if (found.size() > kMostShown) {
    for (const Found& one : found) {
      out += shown_name(*one.module, *one.item) + "\n";
      append_brief(out, *one.item);
    }
    return out;
  }
  for (const Found& one : found) out += (out.empty() ? "" : "\n") + show_item(one);
  return out;
}

std::string show_doc(const Options& options, Session& session) {
  std::vector<DocModule> modules = all_modules(session);
  const std::string& name = options.input;
  if (name.empty()) return list_modules(modules);
  std::string out;
  for (const DocModule& module : modules) {
    bool is_it = ends_with_name("std." + module.name, name) || module.used_as() == name;
    if (is_it) out += (out.empty() ? "" : "\n") + show_module(module);
  }
  if (!out.empty()) return out;
  std::vector<Found> found;
  for (const DocModule& module : modules) {
    for (const DocItem& item : module.items) {
      std::vector<std::string> names = names_of(module, item);
      bool is_it = std::any_of(names.begin(), names.end(),
                               [&](const std::string& whole) { return ends_with_name(whole, name); });
      if (is_it) found.push_back({&module, &item});
    }
  }
  if (found.empty()) report_unknown(modules, name, session);
  return show_found(found);
}

}  // namespace skein::driver
