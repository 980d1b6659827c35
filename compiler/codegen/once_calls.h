// Calls that run once in a program: those of `main` outside of its loops.
//
// LLVM inlines a function that has one caller however large it is, so that a `main` which calls one after
// the other becomes the whole program, and passes that look at a function at a time take long. What
// runs once gains nothing by it, but the loops of a `main` may: where an array was made in place, they know
// how long it is and that it has one owner. So in a program with such loops more counts as small. See
// docs/decisions/0045-what-main-made-is-known-in-its-loops.md.
#pragma once

namespace llvm {
class Module;
}  // namespace llvm

namespace skein::codegen {

// On the program's `main`, and on what calls it.
constexpr const char* kRunsOnceAttribute = "skein-runs-once";

// Before optimisation. Small callees are inlined all the same.
void keep_once_calls(llvm::Module& module);

}  // namespace skein::codegen
