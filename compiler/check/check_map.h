// What checking knows about maps and sets.
#pragma once

#include "compiler/check/check_expr.h"

namespace skein::check {

// Finds `Map`, `Set` and the methods of them that the compiler calls.
void find_core_collections(Context& ctx);

bool is_map(Context& ctx, TypeId type);
bool is_set(Context& ctx, TypeId type);

TypeId check_map_literal(Context& ctx, const ast::MapLit* node, const Want& want);
// `m[k]` and `m[k, default: e]` of a map.
TypeId check_map_index(Context& ctx, const ast::Index* node, TypeId type);
// What a loop over a map or set gives at each step.
TypeId map_element(Context& ctx, TypeId type);

}  // namespace skein::check
