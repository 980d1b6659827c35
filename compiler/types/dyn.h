// Trait objects: what the values of a type `dyn Tr` can do, and by which entry of their table.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "compiler/types/program.h"

namespace skein::types {

// The trait of a `dyn` type, with what it says of the associated types, and all that this trait
// asks for. The trait itself comes first.
std::vector<TraitRef> dyn_traits(Program& program, TypeId dyn);

// A method that is called through the table of a `dyn` value. Entry n of the table is method n.
struct DynMethod {
  FnId fn;
  // The type in place of `Self`, then the arguments of the method's trait.
  std::vector<TypeId> type_args;
};
std::vector<DynMethod> dyn_methods(Program& program, TypeId dyn);

// The entry that a call of `method` on a `dyn` value means; nothing where it is not one of its own.
std::optional<uint32_t> dyn_entry(Program& program, FnId method,
                                  std::span<const TypeId> type_args);

// What an associated type of a `dyn` type is; invalid if it has none of that trait.
TypeId dyn_assoc(Program& program, TypeId assoc);

}  // namespace skein::types
