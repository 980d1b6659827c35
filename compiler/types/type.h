// Types: interned, so that equal types have equal ids.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "compiler/support/id.h"
#include "compiler/support/interner.h"

namespace skein::types {

SKEIN_ID(TypeId);
SKEIN_ID(StructId);
SKEIN_ID(EnumId);
SKEIN_ID(TraitId);
SKEIN_ID(ClosureId);
SKEIN_ID(AssocId);

enum class TypeKind : uint8_t {
#define SKEIN_TYPE(kind, spelling, shape) kind,
#include "compiler/types/types.def"
};

// How a parameter is passed: borrowed and read-only, exclusive for the call, or given away.
enum class ParamMode : uint8_t { Borrow, Mut, Own };

struct Type {
  TypeKind kind = TypeKind::Error;
  // Struct, Enum, Dyn, Closure, Assoc: the index in the store of that kind. Param: its position among
  // the type parameters in scope (those of the impl first). Var: the number of the inference
  // variable. Fn: kOnce for a `once fn`.
  uint32_t decl = 0;
  // FixedArray: the number of elements.
  uint64_t length = 0;
  // Type arguments and element types. Fn: the parameters, then the result.
  std::vector<TypeId> args;
  // Fn: one a parameter.
  std::vector<ParamMode> modes;

  friend bool operator==(const Type&, const Type&) = default;
};

// A function that is called once, since it gives away what it has captured.
constexpr uint32_t kOnce = 1;

class TypeStore {
 public:
  TypeStore();
  TypeStore(const TypeStore&) = delete;  // the table of ids points into the store
  TypeStore& operator=(const TypeStore&) = delete;

  // The id of a type; equal types get equal ids.
  TypeId intern(Type type);
  const Type& get(TypeId id) const { return types_[id.index]; }
  TypeKind kind(TypeId id) const { return get(id).kind; }
  size_t size() const { return types_.size(); }

  // Types without parts.
  TypeId plain(TypeKind kind) const { return TypeId(static_cast<uint32_t>(kind)); }
  TypeId error() const { return plain(TypeKind::Error); }
  TypeId never() const { return plain(TypeKind::Never); }
  TypeId unit() const { return plain(TypeKind::Unit); }
  TypeId bool_() const { return plain(TypeKind::Bool); }
  TypeId int_() const { return plain(TypeKind::Int); }
  TypeId str() const { return plain(TypeKind::Str); }

  // `make(TypeKind::Array, {element})`, `make(TypeKind::Task, {value})`, …
  TypeId make(TypeKind kind, std::vector<TypeId> args);
  TypeId fixed_array(TypeId element, uint64_t length);
  TypeId struct_(StructId decl, std::vector<TypeId> args);
  TypeId enum_(EnumId decl, std::vector<TypeId> args);
  TypeId closure(ClosureId decl, std::vector<TypeId> args);
  TypeId fn(std::vector<TypeId> params, std::vector<ParamMode> modes, TypeId result);
  // The same with `once`, of a fn type.
  TypeId once(TypeId fn);
  bool is_once(TypeId id) const { return kind(id) == TypeKind::Fn && get(id).decl == kOnce; }
  TypeId param(uint32_t position);
  TypeId var(uint32_t number);
  TypeId assoc(AssocId decl, std::vector<TypeId> args);

  // The n-th argument: the element of an array, the value of a task, …
  TypeId arg(TypeId id, size_t n = 0) const { return get(id).args[n]; }

  // `id` with type parameter n replaced by `args[n]`, and associated types by what they are where
  // that is known now.
  TypeId substitute(TypeId id, std::span<const TypeId> args);
  // Says what an associated type is; gives it back where that is not known.
  using AssocFinder = std::function<TypeId(TypeId)>;
  void set_assoc_finder(AssocFinder finder) { find_assoc_ = std::move(finder); }
  TypeId find_assoc(TypeId id) const { return find_assoc_ ? find_assoc_(id) : id; }
  // Whether a type parameter, or an inference variable, occurs in it.
  bool has_param(TypeId id) const { return (parts_[id.index] & kHasParam) != 0; }
  bool has_var(TypeId id) const { return (parts_[id.index] & kHasVar) != 0; }
  // Whether an associated type of an unknown type does.
  bool has_assoc(TypeId id) const { return (parts_[id.index] & kHasAssoc) != 0; }
  // Whether a parameter or variable does.
  bool is_generic(TypeId id) const { return (parts_[id.index] & (kHasParam | kHasVar)) != 0; }
  // Whether `Error` occurs in it: something about it was reported.
  bool has_error(TypeId id) const { return (parts_[id.index] & kHasError) != 0; }

 private:
  static constexpr uint8_t kHasParam = 1;
  static constexpr uint8_t kHasVar = 2;
  static constexpr uint8_t kHasError = 4;
  static constexpr uint8_t kHasAssoc = 8;

  struct Hash {
    const std::deque<Type>* types;
    size_t operator()(uint32_t index) const;
  };
  struct Equal {
    const std::deque<Type>* types;
    bool operator()(uint32_t a, uint32_t b) const { return (*types)[a] == (*types)[b]; }
  };
  std::deque<Type> types_;
  std::vector<uint8_t> parts_;   // what occurs in each
  std::unordered_map<uint32_t, TypeId, Hash, Equal> ids_;
  AssocFinder find_assoc_;
};

bool is_integer(TypeKind kind);
bool is_signed(TypeKind kind);   // of integers
bool is_float(TypeKind kind);
// Handles to one value: Mutex, RwLock, Shared.
bool is_cell(TypeKind kind);
// Width in bits of an integer or float kind.
unsigned bit_width(TypeKind kind);
// The spelling in types.def.
std::string_view spelling(TypeKind kind);

}  // namespace skein::types
