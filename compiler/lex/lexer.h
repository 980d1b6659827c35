// Turns the text of a file into tokens.
//
// The lexer never gives up: what it cannot read is reported and skipped, and the buffer is well
// formed whatever the text was, so that the parser can find further mistakes. It also decides
// where a newline ends a statement, because that depends on tokens and brackets alone.
#pragma once

#include "compiler/support/diagnostics.h"
#include "compiler/support/interner.h"
#include "compiler/support/source.h"
#include "compiler/syntax/token.h"

namespace skein::lex {

syntax::TokenBuffer tokenize(FileId file, const SourceMap& sources, Interner& names,
                             DiagnosticSink& sink);

}  // namespace skein::lex
