#include "compiler/driver/modules.h"

#include <utility>

#include "compiler/driver/files.h"
#include "compiler/lex/lexer.h"
#include "compiler/parse/parse.h"

namespace skein::driver {

ModuleLoader::ModuleLoader(Session& session, const std::string& root)
    : session_(session), library_(library_directory() + "/std/") {
  size_t slash = root.rfind('/');
  if (slash != std::string::npos) directory_ = root.substr(0, slash + 1);
}

std::string ModuleLoader::path_of(std::string_view name) const {
  std::string path(name);
  bool is_std = path.starts_with("std.");
  bool is_core = path.starts_with("core.");
  if (is_std) path.erase(0, 4);
  for (char& c : path) {
    if (c == '.') c = '/';
  }
  return (is_std || is_core ? library_ : directory_) + path + ".sk";
}

check::ModuleSource ModuleLoader::load(std::string_view name) {
  std::string path = path_of(name);
  FileText file = read_file(path);
  if (!file.error.empty()) return {};
  FileId id = session_.sources.add(path, std::move(file.text));
  if (!id.valid()) return {};
  const ast::Module* tree = parse(id);
  // Only `use` loads modules, and check is what meets it.
  session_.stopwatch.start("check");
  return {tree, path};
}

syntax::TokenBuffer ModuleLoader::tokenize(FileId file) {
  session_.stopwatch.start("lex");
  return lex::tokenize(file, session_.sources, session_.names, session_.sink);
}

const ast::Module* ModuleLoader::parse(FileId file) {
  syntax::TokenBuffer tokens = tokenize(file);
  session_.stopwatch.start("parse");
  parse::Shared shared = {session_.arena, session_.names, session_.counters, session_.sink};
  return parse::parse_module(tokens, shared);
}

}  // namespace skein::driver
