// `for` over what has a method `next`.
#pragma once

#include "compiler/lower/steps.h"

namespace skein::lower {

// The head of the loop: asks for the next value, and goes on with it bound, in the current scope, or
// to `done`. Gives what the loop's body leads to.
LoopTarget lower_iterator_head(Body& body, const ast::For* node);

}  // namespace skein::lower
