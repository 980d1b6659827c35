// C: its functions and pointers, what may cross to it, and who may use them (language rule 19).
#pragma once

#include "compiler/check/context.h"
#include "compiler/syntax/items.h"

namespace skein::check {

// Gives the functions of an `extern` block their meaning.
void resolve_foreign(Context& ctx, const ast::ExternItem& block, NameTable& table);
// `@blocking` and `@symbol("name")`; gives whether the attribute is such a one and stands well.
bool resolve_foreign_attribute(Context& ctx, const ast::Attribute& attribute, types::FnDecl& fn);
// `@shareable` of a struct.
bool resolve_shareable(Context& ctx, const ast::Attribute& attribute, types::StructDecl& decl);

void find_core_pointers(Context& ctx);

// Reports the use of a function of C's, or of its pointers, where the module is not marked.
void require_ffi(Context& ctx, Span span, std::string_view what);
void require_ffi_for(Context& ctx, Span span, FnId fn);
// Reports an argument that C cannot call: one that has captured something, or may have.
void check_callback(Context& ctx, const types::FnDecl& fn, const ast::Expr* arg);

// An argument for C's `...`: nothing but its own type says what C gets.
void check_extra_arg(Context& ctx, const ast::Arg& arg);

}  // namespace skein::check
