// Reads numbers and durations: `1_000`, `0xffu8`, `1.5e3`, `2.0f32`, `10ms`.
#pragma once

#include <string_view>

#include "compiler/support/diagnostics.h"
#include "compiler/syntax/token.h"

namespace skein::lex {

// Reads the number whose first digit is at `at` (local to `text`, whose first byte has the global
// offset `base`) and returns its token; the token's span tells how far it reaches. Behind a `.`
// only decimal digits are read, so that `t.0.1` is two fields and not the number 0.1.
syntax::Token read_number(std::string_view text, uint32_t at, uint32_t base, bool behind_dot,
                          syntax::TokenBuffer& tokens, DiagnosticSink& sink);

}  // namespace skein::lex
