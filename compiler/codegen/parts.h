// Large programs are finished in parts, on all cores. What looks at the whole program, inlining above all,
// has run by then; what is left looks at one function at a time. So the functions are dealt out, each part is a
// module of its own in a context of its own, and the linker joins the objects.
//
// How many parts there are, and what is in each, depends on the program alone: builds are the same bit by
// bit, however many cores make them.
#pragma once

#include <string>
#include <vector>

#include "compiler/codegen/codegen.h"

namespace llvm {
class Module;
}  // namespace llvm

namespace skein::codegen {

// 1 for a program that is not worth dividing.
size_t part_count(const llvm::Module& module, OptLevel level);

// Optimises what is left to optimise and writes the code; an object file for each part. The module, of which every
// function is internal that nobody looks for by name, is not to be used after.
std::vector<std::string> finish_in_parts(llvm::Module& module, const Options& options,
                                         size_t count);

}  // namespace skein::codegen
