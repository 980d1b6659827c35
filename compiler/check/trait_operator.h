// Operators, indexing and conversions that stand for a method of a trait.
#pragma once

#include "compiler/check/context.h"

namespace skein::check {

// The trait of an operator; invalid where it has none.
TraitId trait_of(Context& ctx, ast::BinaryOp op);
TraitId trait_of(Context& ctx, ast::UnaryOp op);
TraitId index_trait(Context& ctx);

// The error of a `Result<T>`.
TypeId dyn_error(Context& ctx);

// Makes `node` a call of the trait's method on `self`, the type of the first operand, with the
// others behind it, whose types are the arguments of the trait. Nothing if the type has no such
// trait.
std::optional<TypeId> apply_trait(Context& ctx, const ast::Expr* node, TraitId trait, TypeId self,
                                  std::vector<const ast::Expr*> operands);

// The function that makes a `to` of a `from`: an impl of `From`; for `dyn Error` every error.
struct Conversion {
  FnId fn;
  std::vector<TypeId> type_args;
};
std::optional<Conversion> find_conversion(Context& ctx, TypeId from, TypeId to, Span span);

// Says how a type gets the operator, where that is in the user's hands.
void help_with_trait(Context& ctx, Report& report, TraitId trait, TypeId self, TypeId other);

}  // namespace skein::check
