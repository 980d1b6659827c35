// What the heads of declarations have in common: type parameters, tables for them, signatures.
#pragma once

#include "compiler/check/context.h"

namespace skein::check {

// Puts `ctx.table` back when a declaration is done.
class InTable {
 public:
  InTable(Context& ctx, NameTable& table) : ctx_(ctx), outside_(ctx.table) { ctx.table = &table; }
  ~InTable() { ctx_.table = outside_; }
  InTable(const InTable&) = delete;

 private:
  Context& ctx_;
  NameTable* outside_;
};

// Appends the parameters of one declaration to those around it; then, where they have names, what
// their bounds and `where` say.
void resolve_bounds(Context& ctx, const ast::Generics& generics, size_t first_own,
                    std::vector<types::TypeParamDecl>& params);
void resolve_generics(Context& ctx, const ast::Generics& generics,
                      std::vector<types::TypeParamDecl>& params);

// Reports defaults of type parameters where there are none.
void refuse_fallbacks(Context& ctx, const ast::Generics& generics, std::string_view owner);

// A table in which these parameters have their names.
NameTable& table_with(Context& ctx, NameTable& outer,
                      const std::vector<types::TypeParamDecl>& params);

// `@derive(…)` of a struct or enum.
void resolve_derives(Context& ctx, const ast::Item& item, std::vector<TraitId>& derives,
                     types::StructDecl* decl = nullptr);
void resolve_trait_attributes(Context& ctx, const ast::TraitItem& item, types::TraitDecl& decl);

// Whether what is being declared is of the library.
bool is_std(const Context& ctx);

// The signature of a function. `type_params` holds those of the impl or trait around it.
void resolve_fn(Context& ctx, FnId id, NameTable& outer);
// Those of an impl whose head is known.
void resolve_impl_methods(Context& ctx, const ast::ImplItem& item);

}  // namespace skein::check
