// Closures, functions used as values, and calls of both.
#pragma once

#include "compiler/check/check_expr.h"

namespace skein::check {

// The type of a closure literal, a `fn` type. `is_borrowed`: it is given to a plain parameter, so
// it may change what it captures.
TypeId check_closure(Context& ctx, const ast::Closure* node, const Want& want, bool is_borrowed);

// The name of a function where a value is wanted. `type_args` are those known from the type that
// it belongs to.
TypeId check_fn_value(Context& ctx, const ast::Expr* node, FnId fn, std::vector<TypeId> type_args,
                      const Want& want);
// The name of a variant that carries a payload: a function that makes it.
TypeId check_variant_value(Context& ctx, const ast::Expr* node, VariantRef variant,
                           const Want& want);
// Whether a value of fn type may stand where this is wanted.
bool wants_fn(Context& ctx, const Want& want);

// Notes what is a closure of the function that is checked.
types::ClosureId add_closure(Context& ctx, const ast::Expr* node, types::ClosureDecl closure);

// The declaration of a type that is a type parameter in view; null for any other.
const types::TypeParamDecl* type_param(const Context& ctx, const Type& type);

// The fn type by which values of a type are called: that of a closure, or what a type parameter is
// bound by. Invalid: they cannot be called.
TypeId callable_type(Context& ctx, TypeId type);

// A call of `callee`, whose type is known to be callable.
TypeId call_value(Context& ctx, const CallSite& site, const ast::Expr* callee, TypeId fn_type);

// Whether the function is compiled again for each closure that parameter i gets.
bool takes_closure(const Context& ctx, const types::FnDecl& fn, size_t i);
// The argument for such a parameter.
void check_fn_arg(Context& ctx, const CallSite& site, const types::FnDecl& fn, size_t i,
                  std::span<const TypeId> type_args, const ast::Arg& arg);
// Settles the closures of the body that ends.
void settle_closures(Context& ctx);

}  // namespace skein::check
