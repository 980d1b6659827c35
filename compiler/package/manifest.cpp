// Reads `skein.toml`. toml++ knows the format; what the keys mean, and where they stand, is here.
#include "compiler/package/manifest.h"

#include <algorithm>
#include <optional>
#include <utility>

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

namespace skein::package {

bool is_package_name(std::string_view name) {
  auto is_small = [](char c) { return c >= 'a' && c <= 'z'; };
  auto is_part = [&](char c) { return is_small(c) || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && is_small(name[0]) && std::all_of(name.begin(), name.end(), is_part) &&
         name != "std";
}

// "1.2.3", or with what semantic versioning lets follow: "1.2.3-beta.1".
static bool is_version(std::string_view text) {
  for (int part = 0; part < 3; ++part) {
    size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0 || digits > 9) return false;
    text.remove_prefix(digits);
    if (part < 2 && !text.starts_with('.')) return false;
    if (part < 2) text.remove_prefix(1);
  }
  return text.empty() || (text[0] == '-' && text.size() > 1);
}

// The keys of one table are read by name; what nobody asked for is then reported.
class Reader {
 public:
  Reader(std::string_view text, uint32_t base, DiagnosticSink& sink)
      : text_(text), base_(base), sink_(sink) {}

  Manifest read() {
    toml::parse_result parsed = toml::parse(text_);
    if (!parsed) {
      sink_.report(span_at(parsed.error().source()), D::BadToml, {parsed.error().description()});
      return {};
    }
    read_head(parsed.table());
    read_dependencies(parsed.table());
    read_link(parsed.table());
    refuse_others(parsed.table(), "", {"name", "version", "dependencies", "link"});
    return std::move(manifest_);
  }

 private:
  void read_head(const toml::table& table) {
    const toml::node* name = table.get("name");
    if (!name) {
      sink_.report({base_, base_}, D::ManifestLacks, {"name"}).help("begin with `name = \"app\"`");
    } else if (std::optional<std::string> text = read_text(*name, "name", "a name in quotes")) {
      manifest_.name_span = span_of(*name);
      if (is_package_name(*text)) {
        manifest_.name = *text;
      } else {
        report_name(manifest_.name_span, *text);
      }
    }
    const toml::node* version = table.get("version");
    if (!version) return;
    std::optional<std::string> text = read_text(*version, "version", "a version in quotes");
    if (!text) return;
    manifest_.version = *text;
    if (is_version(*text)) return;
    sink_.report(span_of(*version), D::ManifestValue, {"version", "three numbers: `\"0.1.0\"`"});
  }

  void read_dependencies(const toml::table& top) {
    const toml::table* table = read_table(top, "dependencies");
    if (!table) return;
    for (const auto& [key, value] : *table) read_dependency(key, value);
    std::stable_sort(manifest_.dependencies.begin(), manifest_.dependencies.end(),
                     [](const Dependency& a, const Dependency& b) {
                       return a.name_span.begin < b.name_span.begin;
                     });
  }

  void read_dependency(const toml::key& key, const toml::node& value) {
    Dependency dependency;
    dependency.name = key.str();
    dependency.name_span = span_at(key.source());
    if (!is_package_name(dependency.name)) return report_name(dependency.name_span, key.str());
    const toml::table* table = value.as_table();
    const toml::node* path = table ? table->get("path") : nullptr;
    if (!path) {
      sink_.report(span_of(value), D::ManifestValue, {dependency.name, "the path of a package"})
          .help("write it `" + dependency.name + " = { path = \"../" + dependency.name + "\" }`");
      return;
    }
    refuse_others(*table, dependency.name, {"path"});
    std::optional<std::string> text = read_text(*path, "path", "a path in quotes");
    if (!text) return;
    dependency.path = *text;
    dependency.path_span = span_of(*path);
    manifest_.dependencies.push_back(std::move(dependency));
  }

  void read_link(const toml::table& top) {
    const toml::table* table = read_table(top, "link");
    if (!table) return;
    manifest_.link.libs = read_texts(*table, "libs");
    manifest_.link.paths = read_texts(*table, "paths");
    manifest_.link.files = read_texts(*table, "files");
    refuse_others(*table, "link", {"libs", "paths", "files"});
  }

  const toml::table* read_table(const toml::table& top, std::string_view name) {
    const toml::node* node = top.get(name);
    if (!node) return nullptr;
    if (!node->is_table()) {
      sink_.report(span_of(*node), D::ManifestValue, {name, "a table"})
          .help("write `[" + std::string(name) + "]` on a line of its own, and its keys below");
    }
    return node->as_table();
  }

  std::optional<std::string> read_text(const toml::node& node, std::string_view key,
                                       std::string_view wanted) {
    const toml::value<std::string>* text = node.as_string();
    // A path or a name with a NUL in it would be cut off there by the system.
    bool is_right = text && !text->get().empty() && text->get().find('\0') == std::string::npos;
    if (is_right) return text->get();
    sink_.report(span_of(node), D::ManifestValue, {key, wanted});
    return std::nullopt;
  }

  std::vector<std::string> read_texts(const toml::table& table, std::string_view key) {
    std::vector<std::string> texts;
    const toml::node* node = table.get(key);
    if (!node) return texts;
    const toml::array* array = node->as_array();
    if (!array) {
      sink_.report(span_of(*node), D::ManifestValue, {key, "a list of texts: `[\"…\"]`"});
      return texts;
    }
    for (const toml::node& element : *array) {
      std::optional<std::string> text = read_text(element, key, "texts in quotes");
      if (text) texts.push_back(*text);
    }
    return texts;
  }

  void refuse_others(const toml::table& table, std::string_view of,
                     const std::vector<std::string_view>& known) {
    for (const auto& [key, value] : table) {
      if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
      Span span = span_at(key.source());
      std::string where = of.empty() ? "skein.toml" : std::string(of);
      Report report = sink_.report(span, D::ManifestKey, {where, key.str()});
      std::string_view near = nearest_name(key.str(), known);
      if (near.empty()) {
        std::string list;
        for (std::string_view name : known) list += (list.empty() ? "`" : ", `") + std::string(name) + "`";
        report.help("it has " + list);
      } else {
        report.help("did you mean `" + std::string(near) + "`?").fix(span, std::string(near));
      }
    }
  }

  void report_name(Span span, std::string_view name) {
    Report report = sink_.report(span, D::BadPackageName, {name});
    if (name == "std") {
      report.help("`std` is the standard library");
    } else {
      report.help("a name is made of small letters, digits and `_`, and begins with a letter");
    }
  }

  // toml++ counts lines and characters from 1.
  uint32_t offset_of(toml::source_position at) const {
    size_t offset = 0;
    for (toml::source_index line = 1; line < at.line; ++line) {
      size_t end = text_.find('\n', offset);
      if (end == std::string_view::npos) return base_ + static_cast<uint32_t>(text_.size());
      offset = end + 1;
    }
    for (toml::source_index column = 1; column < at.column && offset < text_.size(); ++column) {
      ++offset;
      while (offset < text_.size() && (text_[offset] & 0xC0) == 0x80) ++offset;
    }
    return base_ + static_cast<uint32_t>(offset);
  }

  Span span_at(const toml::source_region& region) const {
    Span span = {offset_of(region.begin), offset_of(region.end)};
    if (span.end < span.begin) span.end = span.begin;
    return span;
  }

  // A table with a heading begins with the heading; its keys are no part of what is shown.
  Span span_of(const toml::node& node) const {
    Span span = span_at(node.source());
    size_t end = text_.find('\n', span.begin - base_);
    if (end != std::string_view::npos) span.end = std::min<uint32_t>(span.end, base_ + end);
    return span;
  }

  std::string_view text_;
  uint32_t base_;
  DiagnosticSink& sink_;
  Manifest manifest_;
};

Manifest read_manifest(std::string_view text, uint32_t base, DiagnosticSink& sink) {
  return Reader(text, base, sink).read();
}

}  // namespace skein::package
