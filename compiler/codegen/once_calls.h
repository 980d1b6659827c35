// Calls that run once in a program: those of `main` outside of its loops.
//
// LLVM inlines a function that has one caller however large it is, so that a `main` which calls one after
// the other becomes the whole program, and passes that look at a function at a time take long. What
// runs once gains nothing by it.
#pragma once

namespace llvm {
class Function;
}  // namespace llvm

namespace skein::codegen {

// On the program's `main`.
constexpr const char* kRunsOnceAttribute = "skein-runs-once";

// Before optimisation. Small callees are inlined all the same.
void keep_once_calls(llvm::Function& main);

}  // namespace skein::codegen
