// Traits of the program and their impls: what they declare, and whether an impl keeps to it.
#pragma once

#include "compiler/check/context.h"
#include "compiler/check/method.h"

namespace skein::check {

// A trait as it is declared, in three stages: the names of its parameters and associated types;
// what it asks of them and its supertraits; its methods. `Self` is type parameter 0 of all.
void resolve_trait_head(Context& ctx, const ast::TraitItem& item, NameTable& outer);
void resolve_trait_bounds(Context& ctx, const ast::TraitItem& item);
void resolve_trait_methods(Context& ctx, const ast::TraitItem& item);

// Whether some type could take both.
bool overlaps(Context& ctx, const types::ImplDecl& a, const types::ImplDecl& b);

// The list of type parameters as it is written, `<A, B>`, of those that have names; "" for none.
std::string params_text(Context& ctx, std::span<const types::TypeParamDecl> params);

// Makes an impl of a trait known, after its type is.
void enter_trait_impl(Context& ctx, ImplId impl, const ast::ImplItem& item);

// The associated types of an impl, after all impls are known.
void resolve_impl_types(Context& ctx, ImplId impl, const ast::ImplItem& item);

// Asks of the impls from `first` on whether they have what their traits want.
void check_trait_impls(Context& ctx, uint32_t first);

// The only impl of a trait that fits a type, and the arguments of its type parameters. Variables
// are set if it asks for that.
struct ImplMatch {
  ImplId impl;
  std::vector<TypeId> args;
};
std::optional<ImplMatch> find_trait_impl(Context& ctx, TypeId type, const TraitRef& trait,
                                         Span span, bool* is_ambiguous = nullptr);

// The method of that name of a trait that `type` has.
std::optional<MethodMatch> try_trait_method(Context& ctx, TypeId type, Symbol name, Span span);

}  // namespace skein::check
