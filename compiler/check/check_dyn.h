// Trait objects: which traits can be types, and what fits them.
#pragma once

#include "compiler/check/context.h"

namespace skein::check {

// The type that `dyn …` names.
TypeId resolve_dyn(Context& ctx, const ast::DynType* type);

// Asks of the `dyn` types that were written whether their traits can be types.
void check_dyn_types(Context& ctx);

// Whether a value of type `found` can become one of the `dyn` type `wanted`. Numbers take their
// type by that.
bool fits_dyn(Context& ctx, TypeId found, TypeId wanted);

// What to do where it cannot.
bool help_to_fit_dyn(Context& ctx, Report& report, TypeId found, TypeId wanted);

}  // namespace skein::check
