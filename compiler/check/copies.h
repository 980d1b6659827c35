// Warnings of copies that are easy to overlook.
#pragma once

#include "compiler/check/check_expr.h"

namespace skein::check {

// `place` changes: a loop around that runs over it, or what it is a part of, goes on with a copy.
void warn_of_changed_loop(Context& ctx, const ast::Expr* place);
// Notes what a `var` copies; the assignment that writes the copy back asks for it.
void note_copied_field(Context& ctx, const ast::LetStmt* stmt);
void warn_of_written_back(Context& ctx, const ast::Assign* node);

// A call of a lock's `with` and its kind, which was checked, and a `lock` block: in a loop, what they
// copy out of the lock each time.
void warn_of_snapshot(Context& ctx, const ast::MethodCall* call);
void warn_of_snapshot(Context& ctx, const ast::Lock* lock);

}  // namespace skein::check
