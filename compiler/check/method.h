// Methods: which function a name means for a value of some type.
#pragma once

#include "compiler/check/context.h"

namespace skein::check {

// The name of a type's head, for display: `Point`, `[T]`, `int`.
std::string type_head_name(Context& ctx, TypeId type);

// Makes a function of an impl findable as a method of the impl's type.
void enter_method(Context& ctx, FnId fn, TypeId self_type);

struct MethodMatch {
  FnId fn;
  // Arguments for the parameters of the impl and the function, as far as the receiver says.
  std::vector<TypeId> type_args;
};

// Whether it is a struct with a field of that name.
bool has_field(Context& ctx, TypeId type, Symbol name);

// The function `name` of `type`, as it is seen here. Sets variables in `type` where the only
// function of that name asks for it. Nothing found: reports it, unless the name is planned.
std::optional<MethodMatch> find_method(Context& ctx, TypeId type, ast::Ident name);

// The methods of that name that impls for any type have.
std::span<const FnId> methods_of_any_type(const Context& ctx, Symbol name);

// The same, without those that impls for any type have.
std::optional<MethodMatch> try_own_method(Context& ctx, TypeId type, Symbol name, Span span);

// The same as find_method, where it is known to exist or its absence is no error.
std::optional<MethodMatch> try_method(Context& ctx, TypeId type, Symbol name, Span span);

}  // namespace skein::check
