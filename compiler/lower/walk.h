// Questions about pieces of the tree that lowering asks before it writes them.
#pragma once

#include "compiler/lower/body.h"

namespace skein::lower {

// The variable that a place expression is a part of; an invalid id for other expressions.
types::VarId root_variable(const types::Program& program, const ast::Expr* expr);

// Whether evaluating `expr` may change the variable or a part of it. Nothing but code that names
// it can: a task has copies, and there are no references to variables.
bool changes_variable(const types::Program& program, const ast::Expr* expr, types::VarId var);

// Whether `expr` only looks at the variable, whose value can only be moved: it gives neither that nor
// a part of it to anyone.
bool only_looks_at(types::Program& program, const ast::Expr* expr, types::VarId var);
bool only_looks_at(types::Program& program, const ast::Block* block, types::VarId var);

// Whether a task is given up to the scope of the function itself: a `spawn` whose handle is dropped
// or a task that is detached, outside of any `async` block. `discards` says whether the block's
// value is dropped.
bool gives_up_tasks(const types::Program& program, const ast::Block* block, bool discards);
bool gives_up_tasks(const types::Program& program, const ast::Expr* expr, bool discards);
// Whether it is a closure that counts as part of the function around it, and gives tasks up.
bool gives_up_outside(const types::Program& program, const ast::Closure* node);

}  // namespace skein::lower
