// Which impl a call of a trait's method means, once the type is known.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "compiler/types/program.h"

namespace skein::types {

struct MethodRef {
  FnId fn;
  std::vector<TypeId> type_args;
};

// The function that a call of `method`, a method of a trait, reaches: that of the impl for
// `type_args[0]`, which has no type parameter in it, or the trait's own where the impl has none or
// the type has the trait without an impl. The other arguments are those of the method itself.
MethodRef find_method(Program& program, FnId method, std::span<const TypeId> type_args);

// The arguments with which `pattern`, a type with `param_count` parameters, is `type`.
std::optional<std::vector<TypeId>> match_type(const Program& program, TypeId pattern, TypeId type,
                                              size_t param_count);

}  // namespace skein::types
