// Turns checked syntax trees into SIR: one generic SIR function for each function of the source.
//
// Control flow becomes blocks and jumps, values become places, and every way out of a scope spells
// out what has to be cleaned up on it. Nothing here reports to the user: check has let through only
// what has a meaning, and who may use which value is asked of the SIR that comes out
// (passes/check_ownership). After this step the syntax tree is not needed any more.
#pragma once

#include <vector>

#include "compiler/sir/sir.h"
#include "compiler/syntax/ast.h"
#include "compiler/types/program.h"

namespace skein::lower {

// Lowers every function of the user's modules, and those of the standard library they need. The
// program must have been checked without an error.
sir::Module lower_program(types::Program& program);

}  // namespace skein::lower
