#include "compiler/types/type.h"

#include <functional>

#include "compiler/support/check.h"

namespace skein::types {

enum class Shape { Plain, Args, Decl, Other };

static constexpr Shape kShapes[] = {
#define SKEIN_TYPE(kind, spelling, shape) Shape::shape,
#include "compiler/types/types.def"
};

static constexpr std::string_view kSpellings[] = {
#define SKEIN_TYPE(kind, spelling, shape) spelling,
#include "compiler/types/types.def"
};

size_t TypeStore::Hash::operator()(uint32_t index) const {
  const Type& type = (*types)[index];
  size_t hash = static_cast<size_t>(type.kind) * 1000003u + type.decl * 8191u + type.length;
  for (TypeId arg : type.args) hash = hash * 31 + arg.index;
  for (ParamMode mode : type.modes) hash = hash * 7 + static_cast<size_t>(mode);
  return hash;
}

TypeStore::TypeStore() : ids_(64, Hash{&types_}, Equal{&types_}) {
  // Types without parts have the number of their kind as id. Kinds with parts take a place in
  // that range too, which nothing refers to.
  for (size_t i = 0; i < std::size(kShapes); ++i) {
    Type type;
    type.kind = static_cast<TypeKind>(i);
    types_.push_back(std::move(type));
    parts_.push_back(types_.back().kind == TypeKind::Error ? kHasError : 0);
    uint32_t index = static_cast<uint32_t>(i);
    if (kShapes[i] == Shape::Plain) ids_.emplace(index, TypeId(index));
  }
}

TypeId TypeStore::intern(Type type) {
  types_.push_back(std::move(type));
  uint32_t index = static_cast<uint32_t>(types_.size() - 1);
  auto [entry, is_new] = ids_.emplace(index, TypeId(index));
  if (!is_new) {
    types_.pop_back();
    return entry->second;
  }
  uint8_t parts = 0;
  if (types_.back().kind == TypeKind::Param) parts = kHasParam;
  if (types_.back().kind == TypeKind::Var) parts = kHasVar;
  if (types_.back().kind == TypeKind::Assoc) parts = kHasAssoc;
  for (TypeId arg : types_.back().args) parts |= parts_[arg.index];
  parts_.push_back(parts);
  return entry->second;
}

TypeId TypeStore::make(TypeKind kind, std::vector<TypeId> args) {
  Type type;
  type.kind = kind;
  type.args = std::move(args);
  return intern(std::move(type));
}

TypeId TypeStore::fixed_array(TypeId element, uint64_t length) {
  Type type;
  type.kind = TypeKind::FixedArray;
  type.length = length;
  type.args = {element};
  return intern(std::move(type));
}

TypeId TypeStore::struct_(StructId decl, std::vector<TypeId> args) {
  Type type;
  type.kind = TypeKind::Struct;
  type.decl = decl.index;
  type.args = std::move(args);
  return intern(std::move(type));
}

TypeId TypeStore::enum_(EnumId decl, std::vector<TypeId> args) {
  Type type;
  type.kind = TypeKind::Enum;
  type.decl = decl.index;
  type.args = std::move(args);
  return intern(std::move(type));
}

TypeId TypeStore::closure(ClosureId decl, std::vector<TypeId> args) {
  Type type;
  type.kind = TypeKind::Closure;
  type.decl = decl.index;
  type.args = std::move(args);
  return intern(std::move(type));
}

TypeId TypeStore::fn(std::vector<TypeId> params, std::vector<ParamMode> modes, TypeId result) {
  SKEIN_CHECK(params.size() == modes.size(), "a mode for each parameter");
  Type type;
  type.kind = TypeKind::Fn;
  type.args = std::move(params);
  type.args.push_back(result);
  type.modes = std::move(modes);
  return intern(std::move(type));
}

TypeId TypeStore::once(TypeId fn) {
  Type type = get(fn);
  type.decl = kOnce;
  return intern(std::move(type));
}

TypeId TypeStore::param(uint32_t position) {
  Type type;
  type.kind = TypeKind::Param;
  type.decl = position;
  return intern(std::move(type));
}

TypeId TypeStore::var(uint32_t number) {
  Type type;
  type.kind = TypeKind::Var;
  type.decl = number;
  return intern(std::move(type));
}

TypeId TypeStore::assoc(AssocId decl, std::vector<TypeId> args) {
  Type type;
  type.kind = TypeKind::Assoc;
  type.decl = decl.index;
  type.args = std::move(args);
  return intern(std::move(type));
}

TypeId TypeStore::substitute(TypeId id, std::span<const TypeId> args) {
  if (!has_param(id) && !has_assoc(id)) return id;
  const Type& type = get(id);
  if (type.kind == TypeKind::Param) {
    SKEIN_CHECK(type.decl < args.size(), "a type parameter without an argument");
    return args[type.decl];
  }
  Type changed = type;
  for (TypeId& arg : changed.args) arg = substitute(arg, args);
  TypeId made = intern(std::move(changed));
  return kind(made) == TypeKind::Assoc ? find_assoc(made) : made;
}

bool is_integer(TypeKind kind) { return kind >= TypeKind::I8 && kind <= TypeKind::Uint; }

bool is_signed(TypeKind kind) { return kind >= TypeKind::I8 && kind <= TypeKind::Int; }

bool is_cell(TypeKind kind) {
  return kind == TypeKind::Mutex || kind == TypeKind::RwLock || kind == TypeKind::Shared;
}

bool is_float(TypeKind kind) { return kind == TypeKind::F32 || kind == TypeKind::Float; }

unsigned bit_width(TypeKind kind) {
  switch (kind) {
    case TypeKind::I8:
    case TypeKind::U8:
      return 8;
    case TypeKind::I16:
    case TypeKind::U16:
      return 16;
    case TypeKind::I32:
    case TypeKind::U32:
    case TypeKind::F32:
      return 32;
    case TypeKind::Int:
    case TypeKind::Uint:
    case TypeKind::Float:
      return 64;
    default:
      SKEIN_UNREACHABLE("only numbers have a width");
  }
}

std::string_view spelling(TypeKind kind) { return kSpellings[static_cast<size_t>(kind)]; }

}  // namespace skein::types
