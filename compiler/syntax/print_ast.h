// The tree as text, for `--emit=ast` and for tests.
//
// Names and literals stand bare, every other node is `(Kind …)`. What fits on a line stands on
// one; else each part has a line of its own:
//
//   (FnItem fib (Param n int) (Ret int)
//     (Block
//       (LetStmt a = (Spawn (Call fib (Binary - n 1))))
//       (Value (Binary + (Await a) (Call fib (Binary - n 2))))))
#pragma once

#include <string>

#include "compiler/support/interner.h"
#include "compiler/syntax/ast.h"

namespace skein::syntax {

std::string print_ast(const ast::Module& module, const Interner& names);
std::string print_ast(const ast::Expr& expr, const Interner& names);

}  // namespace skein::syntax
