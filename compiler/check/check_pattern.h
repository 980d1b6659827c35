// Patterns: what they bind and which values they cover.
#pragma once

#include "compiler/check/context.h"

namespace skein::check {

struct PatternMode {
  // Whether the pattern may fail to match. Then options are looked through (language rule 77).
  bool is_refutable = false;
  // `var`: the bindings may change.
  bool is_var = false;
  // `mut` bindings are places in the subject (language rule 4).
  bool allows_mut = false;
  Origin origin = Origin::Pattern;
  Span keyword;   // `let`, to offer `var`
};

// Checks a pattern against the type of its subject and brings its bindings into scope.
void check_pattern(Context& ctx, const ast::Pattern* pattern, TypeId subject,
                   const PatternMode& mode);

// Brings a variable into scope.
VarId declare_var(Context& ctx, ast::Ident name, TypeId type, const PatternMode& mode);

// Whether a pattern has a `mut` binding somewhere inside.
bool has_mut_binding(const ast::Pattern* pattern);

// Asks of all matches of the body whether they cover every value (exhaustive.cpp).
void check_pending_matches(Context& ctx);

}  // namespace skein::check
