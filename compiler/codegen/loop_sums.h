// Sums in loops: one test of overflow behind the loop in place of one in each round.
//
// A sum that is tested in each round can leave the loop in each round, so LLVM does not vectorise it. Rule 71
// lets checks be combined as long as nobody can see an effect in between. So a loop that only adds up gets a
// second, plain form, which is run first:
//
//   few rounds, or a sum that starts far from 0?  ──yes──────────────┐
//        │ no                                                        │
//   the same loop with sums that wrap, and beside each sum the       │
//   `or` of what was added to it                                     │
//        │                                                           ▼
//   all that was added is so small that no sum can overflow?  ──no──> the loop as it was
//        │ yes                                                       │
//        ▼                                                           ▼
//   what comes behind the loop  <────────────────────────────────────┘
//
// The loop as it was runs from its start, so it panics where and when it would have: the plain form has left
// nothing behind. See docs/decisions/0039-sums-are-run-again.md.
#pragma once

#include "llvm/IR/PassManager.h"

namespace skein::codegen {

// Before the vectoriser.
struct CombineOverflowTests : llvm::PassInfoMixin<CombineOverflowTests> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

}  // namespace skein::codegen
