// Which impl a call of a trait's method means, once the type is known.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "compiler/types/program.h"

namespace skein::types {

// The impl of a trait for a type. `type` is `Self`, then the arguments of the trait's parameters.
struct ImplRef {
  ImplId impl;
  std::vector<TypeId> type_args;   // of the impl's parameters
};
std::optional<ImplRef> find_impl(Program& program, TraitId trait, std::span<const TypeId> type);

// What an associated type is, where the impl of its type is known; else the type as it is.
TypeId find_assoc(Program& program, TypeId type);
// The same, once the impl is found.
TypeId assoc_in(Program& program, const ImplRef& impl, TypeId type);

struct MethodRef {
  FnId fn;
  std::vector<TypeId> type_args;
};

// The function that a call of `method`, a method of a trait, reaches: that of the impl for
// `type_args[0]`, which has no type parameter in it, or the trait's own where the impl has none or
// the type has the trait without an impl. The other arguments are those of the trait and of the
// method itself.
MethodRef find_method(Program& program, FnId method, std::span<const TypeId> type_args);

}  // namespace skein::types
