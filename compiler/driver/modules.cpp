#include "compiler/driver/modules.h"

#include <utility>

#include "compiler/driver/files.h"
#include "compiler/lex/lexer.h"
#include "compiler/parse/parse.h"

namespace skein::driver {

check::ModuleSource ModuleLoader::load(std::string_view name, types::PackageId package) {
  check::ModuleSource source;
  for (const ModulePlace& place : packages_.places_of(name, package.index)) {
    auto known = trees_.find(place.path);
    FileText file = known == trees_.end() ? read_file(place.path) : FileText();
    // What is said of a module that is nowhere names the first place.
    if (source.path.empty()) source.path = place.path;
    if (file.is_missing) {
      missing_.push_back(place.path);
      source.is_folder |= is_folder(place.path.substr(0, place.path.size() - 3));
      continue;
    }
    source.path = place.path;
    source.name = place.name;
    source.package = types::PackageId(static_cast<uint32_t>(place.package));
    source.error = file.error;
    if (known != trees_.end()) source.tree = known->second;
    if (source.tree || !file.error.empty()) return source;
    FileId id = session_.sources.add(place.path, std::move(file.text));
    if (!id.valid()) source.error = "the program is larger than 1 GiB";
    if (id.valid()) source.tree = parse(id);
    // Only `use` loads modules, and check is what meets it.
    session_.stopwatch.start("check");
    return source;
  }
  return source;
}

syntax::TokenBuffer ModuleLoader::tokenize(FileId file) {
  session_.stopwatch.start("lex");
  return lex::tokenize(file, session_.sources, session_.names, session_.sink);
}

const ast::Module* ModuleLoader::parse(FileId file) {
  syntax::TokenBuffer tokens = tokenize(file);
  session_.stopwatch.start("parse");
  parse::Shared shared = {session_.arena, session_.names, session_.counters, session_.sink};
  const ast::Module* tree = parse::parse_module(tokens, shared);
  trees_.emplace(session_.sources.file(file).path, tree);
  return tree;
}

}  // namespace skein::driver
