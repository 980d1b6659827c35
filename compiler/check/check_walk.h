// Loops over several things side by side, whose elements change in their places: `enumerate`, `zip`
// and `chunks_mut` of a `mut` place (language rule 84).
#pragma once

#include "compiler/check/context.h"

namespace skein::check {

struct WalkStep {
  types::WalkPart part;
  TypeId element;      // what the pattern is matched with
};

// Whether the loop is one of those: it binds places, and not of a single array.
bool is_walk_of_places(Context& ctx, const ast::Expr* iterable, const ast::Pattern* pattern);

// Checks what the loop goes over, in the function around it.
std::vector<WalkStep> check_walk_sources(Context& ctx, const ast::Expr* iterable,
                                         const ast::Pattern* pattern);
// Brings the variables of its patterns into scope.
void bind_walk(Context& ctx, const std::vector<WalkStep>& steps);

}  // namespace skein::check
