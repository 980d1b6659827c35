// Types that are not known yet: inference variables and unification.
//
// A variable stands for one type, found from how the value is used: `[]` waits for its first
// `push`, `5` for a context that wants an `i8` and else is an `int`. Variables live for one
// function body; their numbers start again with the next, and when a body ends every type in its
// facts is resolved.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "compiler/support/source.h"
#include "compiler/types/type.h"

namespace skein::check {

using types::TypeId;

// What may be put in for a variable. An integer literal takes any number's type, a float literal
// that of a float.
enum class VarKind : uint8_t { Any, Integer, Float };

class Infer {
 public:
  explicit Infer(types::TypeStore& types) : types_(types) {}

  // Forgets all variables. `params` says which type parameters of the next body are numbers.
  void begin_body(std::vector<std::optional<VarKind>> params);

  // A new variable, made for what stands at `origin`.
  TypeId fresh(Span origin, VarKind kind = VarKind::Any);

  // What a type is known to be: a set variable is replaced by its type, the parts are not.
  TypeId shallow(TypeId type) const;
  // The same for all parts. Unset variables stay.
  TypeId resolve(TypeId type);
  // As `resolve`, for messages: unset literals are `int` and `float`.
  TypeId resolve_for_show(TypeId type);

  // The kind of an unset variable, nothing for any other type.
  std::optional<VarKind> var_kind(TypeId type) const;
  // Whether the type is an unset variable about which nothing is known.
  bool is_unknown(TypeId type) const { return var_kind(type) == VarKind::Any; }

  // Makes two types the same by setting variables. Sets nothing if that is impossible.
  bool unify(TypeId a, TypeId b);

  // A place to go back to: what was set since is unset again, variables made since are gone.
  size_t mark() const { return (vars_.size() << kMarkShift) | trail_.size(); }
  void roll_back(size_t mark);

  // Sets what literals left open to `int` and `float`. Gives the variables still unset.
  std::vector<std::pair<TypeId, Span>> set_defaults();

 private:
  // A mark is two counts in one number: variables above, changes below.
  static constexpr unsigned kMarkShift = 32;

  struct Var {
    VarKind kind = VarKind::Any;
    TypeId value;   // invalid: unset
    Span origin;
  };
  struct Change {
    uint32_t number;
    VarKind old_kind;
  };

  bool unify_parts(TypeId a, TypeId b);
  bool set(uint32_t number, TypeId value);
  bool accepts(VarKind kind, TypeId value) const;
  bool occurs(uint32_t number, TypeId type) const;
  TypeId rebuild(TypeId type, bool with_defaults);

  types::TypeStore& types_;
  std::vector<Var> vars_;
  std::vector<Change> trail_;
  std::vector<std::optional<VarKind>> params_;
};

}  // namespace skein::check
