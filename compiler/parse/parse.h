// Turns the tokens of a file into a tree.
#pragma once

#include "compiler/support/arena.h"
#include "compiler/support/diagnostics.h"
#include "compiler/support/interner.h"
#include "compiler/syntax/ast.h"
#include "compiler/syntax/token.h"

namespace skein::parse {

// What all modules of one compilation share.
struct Shared {
  Arena& arena;             // owns the trees
  Interner& names;
  ast::Counters& counters;  // numbers the nodes of all modules together
  DiagnosticSink& sink;
};

// Never null: a module with errors holds what could be read of it.
ast::Module* parse_module(const syntax::TokenBuffer& tokens, Shared& shared);

}  // namespace skein::parse
