// Closures, functions used as values, and calls of both.
#pragma once

#include "compiler/lower/steps.h"

namespace skein::lower {

// The closure that an expression is: a literal, or the name of a function. Invalid for others.
types::ClosureId closure_of(const Body& body, const ast::Expr* expr);
// Whether it is one that stands for the variables it captures.
bool is_borrowed_closure(const Body& body, const ast::Expr* expr);

// The type of what it has captured, and the value of that type that `dest` gets.
TypeId environment_type(Body& body, types::ClosureId id);
void emit_environment(Body& body, types::ClosureId id, const Place& dest, Span span);

void lower_closure(Body& body, const ast::Expr* node, const Place& dest);
void lower_value_call(Body& body, const ast::Expr* node, const types::CallFact& call,
                      const Place& dest);

}  // namespace skein::lower
