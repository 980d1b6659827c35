// Traits as they are asked for: what a bound says, and what is known of types that stand for any.
#pragma once

#include "compiler/check/context.h"

namespace skein::check {

// The trait that `type` names as a bound of `self`, with its arguments; nothing after an error.
std::optional<TraitRef> resolve_bound(Context& ctx, const ast::TypeExpr* type, TypeId self);
// The same where an impl names it: without associated types, which the impl says in its body.
std::optional<TraitRef> resolve_impl_trait(Context& ctx, const ast::TypeExpr* type, TypeId self);

// `ref` with type parameter n replaced by `args[n]`.
TraitRef substitute(Context& ctx, const TraitRef& ref, std::span<const TypeId> args);

// The traits that a type has by what is written around this place: the bounds of a type parameter,
// those that a trait asks of its associated type, `where`, and the supertraits of all of them.
std::vector<TraitRef> bounds_of(Context& ctx, TypeId type);

// Asks the bounds of type parameters of a declaration, and what its `where` says, of their
// arguments. `wanted_at` may show where they are written.
struct BoundSite {
  Span span;
  std::string wanted_by;
  bool shows_declaration = false;
};
void ask_bounds(Context& ctx, const std::vector<types::TypeParamDecl>& params,
                std::span<const TypeId> args, const BoundSite& site);
// Asks those of the types that were written since the last time.
void ask_written_types(Context& ctx);
// Whether all of them may hold. Sets variables where only one impl is left.
bool may_hold(Context& ctx, const std::vector<types::TypeParamDecl>& params,
              std::span<const TypeId> args);

// How a message calls it: `Into<int>`.
std::string show(Context& ctx, const TraitRef& ref);

}  // namespace skein::check
