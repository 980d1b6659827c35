// Names and what they stand for.
#include "compiler/check/names.h"

#include "compiler/support/check.h"

namespace skein::check {

std::string_view kind_words(Entity::Kind kind) {
  switch (kind) {
    case Entity::Kind::None: return "nothing";
    case Entity::Kind::Module: return "a module";
    case Entity::Kind::Fn: return "a function";
    case Entity::Kind::Struct: return "a struct";
    case Entity::Kind::Enum: return "an enum";
    case Entity::Kind::Trait: return "a trait";
    case Entity::Kind::Const: return "a constant";
    case Entity::Kind::Static: return "a static";
    case Entity::Kind::Alias: return "a type";
    case Entity::Kind::TypeParam: return "a type parameter";
    case Entity::Kind::Builtin: return "a type";
    case Entity::Kind::Broken: return "a declaration with errors";
  }
  SKEIN_UNREACHABLE("an unknown kind of name");
}

const Entity* NameTable::find(Symbol name) const {
  bool hides_params = false;
  for (const NameTable* table = this; table; table = table->outer) {
    auto found = table->names.find(name);
    bool is_param = found != table->names.end() &&
                    found->second.kind == Entity::Kind::TypeParam;
    if (found != table->names.end() && !(is_param && hides_params)) return &found->second;
    hides_params |= table->hides_params;
  }
  return nullptr;
}

void Locals::leave() {
  size_t start = scopes_.back();
  scopes_.pop_back();
  while (undo_.size() > start) {
    current_[undo_.back().name.index] = undo_.back().before;
    undo_.pop_back();
  }
}

void Locals::declare(Symbol name, types::VarId var) {
  if (name.index >= current_.size()) current_.resize(name.index + 1);
  undo_.push_back({name, current_[name.index]});
  current_[name.index] = var;
}

types::VarId Locals::find(Symbol name) const {
  if (name.index >= current_.size()) return types::VarId();
  return current_[name.index];
}

std::vector<Symbol> Locals::names() const {
  std::vector<Symbol> out;
  for (const Undo& undo : undo_) {
    if (current_[undo.name.index].valid()) out.push_back(undo.name);
  }
  return out;
}

}  // namespace skein::check
