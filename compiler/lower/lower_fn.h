// One function of the source: from its declaration to SIR.
#pragma once

#include "compiler/lower/unit.h"

namespace skein::lower {

void add_param(sir::Function& fn, const types::ParamDecl& param);

// Fills the function that stands for the declaration; result and parameters are there.
void lower_fn(Unit& unit, types::FnId decl, sir::FunctionId id);

// Fills the function of a constant, static or default value, which gives the value of an
// expression. `type_params` may be null.
// What gives the handle of a static: a function that has `maker` make it the first time.
sir::FunctionId lower_static(Unit& unit, const types::StaticDecl& decl, sir::FunctionId maker,
                             uint32_t number);
void lower_item_value(Unit& unit, const ast::Expr* value,
                      const std::vector<types::TypeParamDecl>* type_params, sir::FunctionId id);

// What the runtime starts: calls `main` and gives the exit status.
sir::FunctionId lower_entry(Unit& unit, types::FnId main);

// The function that stands for one of C's.
void lower_foreign(Unit& unit, types::FnId decl, sir::FunctionId id);

}  // namespace skein::lower
