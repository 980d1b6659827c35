// Warnings of copies that are easy to overlook.
#pragma once

#include "compiler/check/check_expr.h"

namespace skein::check {

// `place` changes: a loop around that runs over it, or what it is a part of, goes on with a copy.
void warn_of_changed_loop(Context& ctx, const ast::Expr* place);
// Notes what a `var` copies; the assignment that writes the copy back asks for it.
void note_copied_field(Context& ctx, const ast::LetStmt* stmt);
void warn_of_written_back(Context& ctx, const ast::Assign* node);

}  // namespace skein::check
