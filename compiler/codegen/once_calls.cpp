// See once_calls.h.
#include "compiler/codegen/once_calls.h"

#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/InstrTypes.h"

namespace skein::codegen {

// As emitted, where a line of source is about 16 instructions.
static constexpr unsigned kSmall = 100;

void keep_once_calls(llvm::Function& main) {
  llvm::DominatorTree dominators(main);
  llvm::LoopInfo loops(dominators);
  for (llvm::BasicBlock& block : main) {
    if (loops.getLoopFor(&block) != nullptr) continue;
    for (llvm::Instruction& inst : block) {
      llvm::CallBase* call = llvm::dyn_cast<llvm::CallBase>(&inst);
      const llvm::Function* callee = call != nullptr ? call->getCalledFunction() : nullptr;
      if (callee == nullptr || callee->hasFnAttribute(llvm::Attribute::AlwaysInline)) continue;
      if (callee->getInstructionCount() > kSmall) call->setIsNoInline();
    }
  }
}

}  // namespace skein::codegen
