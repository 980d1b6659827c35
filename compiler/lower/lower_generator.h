// Generators: `gen fn` and its `yield`.
#pragma once

#include "compiler/lower/body.h"

namespace skein::lower {

// The function that makes the generator, and the body that it runs.
void lower_gen_fn(Unit& unit, const types::FnDecl& decl, FunctionId maker);
// `yield v`, and `yield` alone, which gives way.
void lower_yield(Body& body, const ast::Yield* node);

}  // namespace skein::lower
