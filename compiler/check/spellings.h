// Calls, methods and patterns of other languages, and what Skein has in their place.
#pragma once

#include "compiler/check/check_expr.h"

namespace skein::check {

// `len(x)`, `range(n)`, `Some(x)` and the like, where no function has the name. Says whether it
// made a report.
bool report_foreign_call(Context& ctx, const CallSite& site);

// `f(x)` where `x.f()` is meant; the arguments were checked. False: there is no such method.
bool report_call_of_method(Context& ctx, const CallSite& site);

// `xs = append(xs, v)`, which changes `xs` in its place in Skein. Says whether it made a report.
bool report_foreign_append(Context& ctx, const ast::Assign* node);

// Helps where a method of another language is asked for: another name, an operator, or nothing at
// all. Says whether it did.
bool help_foreign_method(Context& ctx, Report& report, TypeId type, ast::Ident name);

// Says how the value is reached that a lock, an `Atomic` or a `Shared` holds; false: it is none.
bool help_to_reach_value(Context& ctx, Report& report, TypeId type);

// `Some(p)` and `None` in a pattern for an option.
bool report_foreign_pattern(Context& ctx, const ast::VariantPattern* pattern);

}  // namespace skein::check
