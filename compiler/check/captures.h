// What closures use of the variables around them.
#pragma once

#include "compiler/check/check_expr.h"

namespace skein::check {

// Reports a borrowed parameter of fn type that is used for anything but calling it or passing it
// on. Gives whether all is well.
bool check_fn_use(Context& ctx, const ast::Name* node, VarId var);
// What a field, an element or a part of a tuple belongs to; null for all other expressions.
const ast::Expr* outer_place(const ast::Expr* place);
// Notes that `place`, whose root is a captured variable, changes here. Gives the body that has only
// a copy of it, if any.
const Body* note_captured_change(Context& ctx, const ast::Expr* place, VarId var);
// Notes that `place` is field number `field` of `receiver`, which was checked just before.
void note_captured_field(Context& ctx, const ast::Expr* receiver, const ast::Expr* place,
                         uint32_t field);

// Reports a place that one call is lent twice.
void check_lent_twice(Context& ctx, const types::FnDecl& fn,
                      const std::vector<const ast::Expr*>& args);
// Reports what a closure among the arguments of one call changes while the call looks at it.
void check_closure_overlaps(Context& ctx, const types::FnDecl& fn,
                            const std::vector<const ast::Expr*>& args);
// The same for a closure that lasts longer than the call which gets `arg`.
void check_overlap(Context& ctx, const types::ClosureDecl& closure, const ast::Expr* arg,
                   ParamMode mode);
void check_overlap(Context& ctx, const types::ClosureDecl& first,
                   const types::ClosureDecl& second);
// The closure if `arg` is the literal of one that is borrowed; else null.
const types::ClosureDecl* borrowed_closure(const Context& ctx, const ast::Expr* arg);

}  // namespace skein::check
