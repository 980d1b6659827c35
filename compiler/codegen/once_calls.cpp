// See once_calls.h.
#include "compiler/codegen/once_calls.h"

#include <vector>

#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"

namespace skein::codegen {

// As emitted, where a line of source is about 16 instructions.
static constexpr unsigned kSmall = 100;
static constexpr unsigned kSmallBesideLoops = 300;

// Those of what runs once; says whether that has loops.
static bool find_once_calls(llvm::Function& function, std::vector<llvm::CallBase*>& calls) {
  llvm::DominatorTree dominators(function);
  llvm::LoopInfo loops(dominators);
  for (llvm::BasicBlock& block : function) {
    if (loops.getLoopFor(&block) != nullptr) continue;
    for (llvm::Instruction& inst : block) {
      llvm::CallBase* call = llvm::dyn_cast<llvm::CallBase>(&inst);
      const llvm::Function* callee = call != nullptr ? call->getCalledFunction() : nullptr;
      if (callee == nullptr || callee->hasFnAttribute(llvm::Attribute::AlwaysInline)) continue;
      calls.push_back(call);
    }
  }
  return !loops.empty();
}

void keep_once_calls(llvm::Module& module) {
  std::vector<llvm::CallBase*> calls;
  bool has_loops = false;
  for (llvm::Function& function : module) {
    if (!function.hasFnAttribute(kRunsOnceAttribute)) continue;
    has_loops |= find_once_calls(function, calls);
  }
  const unsigned small = has_loops ? kSmallBesideLoops : kSmall;
  for (llvm::CallBase* call : calls) {
    if (call->getCalledFunction()->getInstructionCount() > small) call->setIsNoInline();
  }
}

}  // namespace skein::codegen
