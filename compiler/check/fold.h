// Whole numbers that are known while types are still being found: lengths of fixed arrays, and
// constants in patterns. All other constants are computed when there is code to run
// (passes/evaluate_constants).
#pragma once

#include <optional>

#include "compiler/check/context.h"

namespace skein::check {

// The value of an expression of literals, operators and constants made of them, as a number of
// this type; nothing: it is no such expression, or does not fit.
std::optional<__int128> fold_number(Context& ctx, const ast::Expr* expr, TypeKind kind);
// The same for the value of a constant, whose type has been resolved.
std::optional<__int128> fold_const(Context& ctx, ConstId id);

// The length of a fixed array; reports what is none.
std::optional<uint64_t> fold_length(Context& ctx, const ast::Expr* expr);

}  // namespace skein::check
