// Names and what they stand for: items of modules and blocks, and the variables in scope.
#pragma once

#include <string_view>
#include <unordered_map>
#include <vector>

#include "compiler/support/id.h"
#include "compiler/support/interner.h"
#include "compiler/support/source.h"
#include "compiler/types/decl.h"

namespace skein::check {

// What a name of an item means.
struct Entity {
  enum class Kind : uint8_t {
    None,
    Module,
    Fn,
    Struct,
    Enum,
    Trait,
    Const,
    Static,
    Alias,
    TypeParam,   // index: its position
    Builtin,     // a type of types.def; index: its TypeKind
    Broken,      // its declaration was refused; nothing more is said about it
  };
  static constexpr uint32_t kNotImported = UINT32_MAX;

  Kind kind = Kind::None;
  uint32_t index = 0;
  uint32_t import = kNotImported;   // the `use` that brought it
  // Another `use` that brought another type of this name along with its module.
  uint32_t rival = kNotImported;
  bool is_pub = false;
  Span span = {};                   // of the name; not valid for builtins

  explicit operator bool() const { return kind != Kind::None; }
};

// How messages call it: "a function", "a module".
std::string_view kind_words(Entity::Kind kind);

// The items of one module, block or generic declaration, inside an outer table.
struct NameTable {
  NameTable* outer = nullptr;
  types::ModuleId module;
  // What `Self` is; invalid where there is none.
  types::TypeId self_type;
  // The type parameters in scope, for messages. Null: none.
  const std::vector<types::TypeParamDecl>* params = nullptr;
  // A declaration that does not see the type parameters around it: a function in a function.
  bool hides_params = false;
  std::unordered_map<Symbol, Entity, IdHash> names;

  // Looks in this table, then outwards. Null: not found.
  const Entity* find(Symbol name) const;
};

// The variables of one function in scope, innermost first.
class Locals {
 public:
  void enter() { scopes_.push_back(undo_.size()); }
  // Ends the innermost scope; its variables are out of reach.
  void leave();
  void declare(Symbol name, types::VarId var);
  // Invalid: there is none of that name.
  types::VarId find(Symbol name) const;
  // All names in reach, for suggestions.
  std::vector<Symbol> names() const;
  bool empty() const { return scopes_.empty(); }

 private:
  struct Undo {
    Symbol name;
    types::VarId before;
  };
  std::vector<types::VarId> current_;   // by symbol
  std::vector<Undo> undo_;
  std::vector<size_t> scopes_;
};

}  // namespace skein::check
