// Associated types: `I.Item`.
#pragma once

#include "compiler/check/context.h"

namespace skein::check {

// The associated type `name` of a type. What has none of that name is reported.
TypeId assoc_type(Context& ctx, TypeId base, ast::Ident name);

// `type` with type parameter n replaced by `args[n]`. An associated type of what is not known yet
// becomes a variable that is set as soon as it is.
TypeId instantiate(Context& ctx, TypeId type, std::span<const TypeId> args, Span span);
// Sets those that are known now.
void settle_assocs(Context& ctx);

// Whether the associated types of `self` can be what the bound says; sets variables.
bool equal_types_fit(Context& ctx, TypeId self, const TraitRef& bound);

// What an associated type is, as far as it is known in the body under way.
TypeId find_assoc(Context& ctx, TypeId type);

}  // namespace skein::check
