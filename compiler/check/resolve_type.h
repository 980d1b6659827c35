// Types as the user writes them, turned into types.
#pragma once

#include "compiler/check/context.h"

namespace skein::check {

// The type that `type` names at the place under way (`ctx.table`). Errors are reported and give
// Error.
TypeId resolve_type(Context& ctx, const ast::TypeExpr* type);

// What type arguments that are not written mean: an error, or whatever fits.
enum class MissingArgs : uint8_t { Error, Infer };

// A path of names, as in `Map<K, V>`, `time.Instant`, `Self`. With Infer, `List` may stand for
// `List<_>`.
TypeId resolve_path(Context& ctx, std::span<const ast::PathSegment> path, MissingArgs missing);

// The type an entity stands for, with these type arguments.
TypeId entity_type(Context& ctx, const Entity& entity, ast::Ident name,
                   std::span<ast::TypeExpr* const> args, MissingArgs missing);

// The trait a bound names; invalid after an error.
TraitId resolve_trait(Context& ctx, const ast::TypeExpr* type);

// Looks a name up outwards from `ctx.table`, and notes that its import is used. Reports a name that
// came along with two modules.
const Entity* find_entity(Context& ctx, ast::Ident name);

// `Self` at this place; invalid outside of impls and traits.
TypeId self_type(const Context& ctx);

}  // namespace skein::check
