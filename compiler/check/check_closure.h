// Closures, functions used as values, and calls of both.
#pragma once

#include "compiler/check/check_expr.h"

namespace skein::check {

// The type of a closure literal, a `fn` type. `is_borrowed`: it is given to a plain parameter, so
// it may change what it captures.
TypeId check_closure(Context& ctx, const ast::Closure* node, const Want& want, bool is_borrowed);

// The name of a function where a value is wanted.
TypeId check_fn_value(Context& ctx, const ast::Expr* node, FnId fn, const Want& want);

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
// Reports what a closure among the arguments of one call changes while the call looks at it.
void check_closure_overlaps(Context& ctx, const types::FnDecl& fn,
                            const std::vector<const ast::Expr*>& args);

// Reports a borrowed parameter of fn type that is used for anything but calling it or passing it
// on. Gives whether all is well.
bool check_fn_use(Context& ctx, const ast::Name* node, VarId var);
// Notes that a captured variable changes here. Gives the body that has only a copy of it, if any.
const Body* note_captured_change(Context& ctx, VarId var);

// Settles the closures of the body that ends.
void settle_closures(Context& ctx);

}  // namespace skein::check
