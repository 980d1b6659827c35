// What loops run over: iterators, which have a method `next`, and what has a method `iter`.
#pragma once

#include "compiler/check/context.h"

namespace skein::check {

// What an iterator of this type gives at each step; invalid: it is none.
TypeId item_of(Context& ctx, TypeId type, Span span);
// The iterator that a loop over a value of this type uses: what its method `iter` gives, or the
// value itself. Invalid: nothing runs over it.
TypeId iterator_of(Context& ctx, TypeId type, Span span);
// Whether the type is one of the library's lazy adaptors, whose items are not there yet.
bool is_lazy(Context& ctx, TypeId type, Span span);

// Asks the bounds `I: Iter<T>`, `S: Iterable<I>` and `F: fn(T) -> U` of a type argument, and sets
// what the others have to be. `args` stand for all parameters of the declaration. False: it does
// not hold. A type of which nothing is known holds everything.
bool unify_bounds(Context& ctx, const types::TypeParamDecl& param, TypeId arg,
                  std::span<const TypeId> args, Span span);

// Whether an impl of the trait says what a loop calls.
bool is_iteration(const Context& ctx, TraitId trait);

// Notes a method that iterating may call.
void enter_iter_method(Context& ctx, FnId fn);

}  // namespace skein::check
