#include "compiler/driver/doc_items.h"

#include <algorithm>
#include <string_view>

#include "compiler/driver/files.h"
#include "compiler/driver/modules.h"
#include "compiler/syntax/items.h"

namespace skein::driver {

// The choice of a test, which the compiler asks for and nobody calls.
static constexpr std::string_view kInner = "core.test";

std::string DocModule::used_as() const {
  std::string prefix = is_library ? "std." : "";
  return prefix + (is_library ? name.substr(0, name.find('.')) : name);
}

std::string first_sentence(const std::string& prose) {
  std::string line = prose;
  std::replace(line.begin(), line.end(), '\n', ' ');
  size_t end = line.find(". ");
  if (end != std::string::npos) line.resize(end);
  if (line.ends_with('.')) line.pop_back();
  return line.empty() ? "" : line + ".";
}

// ---- heads ---------------------------------------------------------------------------------

// Runs of blanks and ends of lines become one blank.
static std::string on_one_line(std::string_view text) {
  std::string out;
  for (char c : text) {
    bool is_blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!is_blank) out += c;
    if (is_blank && !out.empty() && out.back() != ' ') out += ' ';
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

static std::string indented(std::string_view doc) {
  std::string out;
  while (!doc.empty()) {
    size_t end = std::min(doc.find('\n'), doc.size());
    out += "    /// " + std::string(doc.substr(0, end)) + "\n";
    doc.remove_prefix(std::min(end + 1, doc.size()));
  }
  return out;
}

namespace {

// Makes the items of one file.
class Collector {
 public:
  Collector(Session& session, DocModule& module) : session_(session), module_(module) {}

  void collect(const ast::Module& tree) {
    for (const ast::Item* item : tree.items) {
      if (const ast::ImplItem* impl = item->try_as<ast::ImplItem>()) {
        collect_methods(*impl);
      } else if (const ast::ExternItem* block = item->try_as<ast::ExternItem>()) {
        for (const ast::Item* inner : block->items) add(*inner, "");
      } else {
        add(*item, "");
      }
    }
  }

 private:
  std::string text(Span span) const { return std::string(session_.sources.text(span)); }
  std::string text(Symbol symbol) const {
    return symbol.valid() ? std::string(session_.names.text(symbol)) : "";
  }

  void collect_methods(const ast::ImplItem& impl) {
    if (impl.trait) return;
    std::string owner = text(impl.self_type->span);
    // `impl<T: Integer> T`: of all types that the module is about.
    for (const ast::GenericParam& param : impl.generics.params) {
      if (text(param.name.name) == owner) owner = module_.name.substr(module_.name.rfind('.') + 1);
    }
    for (const ast::Item* item : impl.items) {
      // `next` means the same in all iterators.
      if (!(item->name.valid() && text(item->name.name) == "next")) add(*item, owner);
    }
  }

  void add(const ast::Item& item, const std::string& owner) {
    if (!item.is_pub || !item.name.valid() || item.is<ast::UseItem>()) return;
    DocItem out;
    out.name = text(item.name.name);
    out.owner = owner;
    out.is_type = item.is<ast::StructItem>() || item.is<ast::EnumItem>() || item.is<ast::TraitItem>();
    out.head = head_of(item);
    std::string doc = text(item.doc);
    for (size_t at = 0; at < doc.size();) {
      size_t end = std::min(doc.find('\n', at), doc.size());
      std::string line = doc.substr(at, end - at);
      at = end + 1;
      std::string& part = line.starts_with("    ") ? out.example : out.prose;
      part += (line.starts_with("    ") ? line.substr(4) : line) + "\n";
    }
    for (std::string* part : {&out.prose, &out.example}) {
      if (!part->empty()) part->pop_back();
    }
    module_.items.push_back(std::move(out));
  }

  // The declaration without its attributes.
  Span declaration(const ast::Item& item) const {
    Span span = item.span;
    if (!item.attributes.empty()) span.begin = item.attributes.back().span.end;
    std::string_view rest = session_.sources.text(span);
    size_t start = rest.find("pub ");
    if (start != std::string_view::npos) span.begin += static_cast<uint32_t>(start);
    return span;
  }

  std::string head_of(const ast::Item& item) const {
    Span span = declaration(item);
    if (const ast::FnItem* fn = item.try_as<ast::FnItem>()) {
      if (fn->body && !fn->is_const) span.end = fn->body->span.begin;
    } else if (const ast::StructItem* node = item.try_as<ast::StructItem>()) {
      return struct_head(*node, text(span));
    } else if (const ast::EnumItem* node = item.try_as<ast::EnumItem>()) {
      return enum_head(*node, text(span));
    } else if (item.is<ast::TraitItem>()) {
      return text(span);
    }
    return on_one_line(text(span));
  }

  static std::string before_brace(const std::string& whole) {
    return on_one_line(whole.substr(0, whole.find('{')));
  }

  std::string struct_head(const ast::StructItem& item, const std::string& whole) const {
    std::string fields;
    for (const ast::FieldDecl& field : item.fields) {
      if (!field.is_pub) continue;
      fields += indented(text(field.doc)) + "    pub " + text(field.name.name) + ": " + text(field.type->span);
      if (field.fallback) fields += " = " + text(field.fallback->span);
      fields += "\n";
    }
    std::string head = before_brace(whole);
    return fields.empty() ? head : head + " {\n" + fields + "}";
  }

  std::string enum_head(const ast::EnumItem& item, const std::string& whole) const {
    std::string head = before_brace(whole) + " {\n";
    for (const ast::VariantDecl& variant : item.variants) {
      head += indented(text(variant.doc)) + "    " + text(variant.span) + "\n";
    }
    return head + "}";
  }

  Session& session_;
  DocModule& module_;
};

}  // namespace

// ---- modules -------------------------------------------------------------------------------

// The comment at the head of a file, without its marks.
static std::string about(std::string_view source) {
  std::string out;
  while (source.starts_with("//")) {
    size_t end = std::min(source.find('\n'), source.size());
    std::string_view line = source.substr(2, end - 2);
    while (line.starts_with('/')) line.remove_prefix(1);
    while (line.starts_with(' ')) line.remove_prefix(1);
    while (line.ends_with(' ') || line.ends_with('\r')) line.remove_suffix(1);
    out += std::string(line) + "\n";
    source.remove_prefix(std::min(end + 1, source.size()));
  }
  if (!out.empty()) out.pop_back();
  return out;
}

// The names of the modules below a folder. A limit on depth ends circles of links.
static void find_modules(const std::string& folder, const std::string& prefix, int depth,
                         std::vector<std::string>& names) {
  for (const std::string& entry : entries_of(folder)) {
    if (entry.ends_with(".sk")) {
      names.push_back(prefix + entry.substr(0, entry.size() - 3));
    } else if (depth > 0 && is_folder(folder + entry)) {
      find_modules(folder + entry + "/", prefix + entry + ".", depth - 1, names);
    }
  }
}

std::vector<DocModule> doc_modules(size_t package, const Packages& packages, Session& session) {
  static constexpr int kMaxDepth = 16;
  const std::string& sources = packages[package].sources;
  std::vector<std::string> names;
  find_modules(sources, "", kMaxDepth, names);
  std::sort(names.begin(), names.end());
  if (package == Packages::kLibrary) {
    std::stable_partition(names.begin(), names.end(),
                          [](const std::string& name) { return name.starts_with("core."); });
  }
  ModuleLoader loader(session, packages);
  std::vector<DocModule> modules;
  for (const std::string& name : names) {
    if (package == Packages::kLibrary && name == kInner) continue;
    std::string path = name;
    std::replace(path.begin(), path.end(), '.', '/');
    path = sources + path + ".sk";
    FileText file = read_file(path);
    FileId id = file.error.empty() ? session.sources.add(path, file.text) : FileId();
    if (!id.valid()) {
      session.sink.report({}, D::FileUnreadable, {path, file.error});
      continue;
    }
    DocModule module;
    module.name = name;
    module.is_library = package == Packages::kLibrary;
    module.is_core = module.is_library && name.starts_with("core.");
    module.about = about(file.text);
    Collector(session, module).collect(*loader.parse(id));
    modules.push_back(std::move(module));
  }
  return modules;
}

}  // namespace skein::driver
