// Traits of the program and their impls: what they declare, and whether an impl keeps to it.
#pragma once

#include "compiler/check/context.h"
#include "compiler/check/method.h"

namespace skein::check {

// The methods of a trait; `Self` is their first type parameter.
void resolve_trait_decl(Context& ctx, const ast::TraitItem& item, NameTable& outer);

// Makes an impl of a trait known, after its type and methods are resolved.
void enter_trait_impl(Context& ctx, ImplId impl, const ast::ImplItem& item);

// Asks of the impls from `first` on whether they have what their traits want.
void check_trait_impls(Context& ctx, uint32_t first);

// The impl of a trait for a type, and the arguments of its type parameters. Variables in `type`
// are set if it asks for that.
struct ImplMatch {
  ImplId impl;
  std::vector<TypeId> args;
};
std::optional<ImplMatch> find_trait_impl(Context& ctx, TypeId type, TraitId trait, Span span);

// Whether a bound by one trait brings the other along.
bool implies_trait(const Context& ctx, TraitId bound, TraitId wanted);

// The method of that name of a trait that `type` has.
std::optional<MethodMatch> try_trait_method(Context& ctx, TypeId type, Symbol name, Span span);

}  // namespace skein::check
