// Panics and the ways out of a function.
//
// A plain function unwinds by tables: a call that may throw and has clean-up is an `invoke`, its
// landing pad stores the payload and branches to the clean-up, which ends by throwing again. A
// panic the function raises itself goes to the clean-up without being thrown.
//
// A suspending function never unwinds. What its calls of plain code throw is caught and becomes an
// outcome, a tagged payload in a slot; the clean-up, ordinary code that may suspend, ends by giving
// the outcome to whoever waits (coroutine.cpp).
#include "compiler/codegen/function_emitter.h"
#include "compiler/support/check.h"
#include "llvm/IR/Instructions.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

bool FunctionEmitter::in_cleanup() const {
  return inst_->in_cleanup || sir_.blocks[block_id_].is_cleanup;
}

llvm::Value* FunctionEmitter::outcome_slot() {
  llvm::AllocaInst*& slot = outcomes_[sir_.blocks[block_id_].depth];
  if (slot == nullptr) slot = entry_alloca(b.getPtrTy(), 8, "outcome");
  return slot;
}

void FunctionEmitter::raise(llvm::Value* payload) {
  raise_outcome(region_ == Region::Plain ? payload : v.tagged(payload));
}

void FunctionEmitter::raise_outcome(llvm::Value* outcome) {
  if (in_cleanup()) {
    attach(outcome);
  } else {
    v.store_at(outcome, outcome_slot(), 0);
  }
  go_unwind();
}

void FunctionEmitter::go_unwind() {
  end_temps();
  b.CreateBr(inst_->unwind.valid() ? block(inst_->unwind) : unwind_exit());
}

// A second panic is shown with the first. A panic counts more than a cancellation.
void FunctionEmitter::attach(llvm::Value* outcome) {
  llvm::Value* slot = outcome_slot();
  llvm::Value* first = v.load_pointer(slot, 0);
  if (region_ == Region::Plain) {
    v.rt(Rt::skn_panic_attach, {first, outcome});
    return;
  }
  v.if_true(b.CreateNot(v.is_cancelled(outcome)), Chance::Likely, [&] {
    llvm::BasicBlock* replace = v.new_block("replace");
    llvm::BasicBlock* both = v.new_block("attach");
    llvm::BasicBlock* after = v.new_block("attached");
    v.branch(v.is_cancelled(first), replace, both, Chance::Unlikely);
    b.SetInsertPoint(replace);
    v.store_at(outcome, slot, 0);
    b.CreateBr(after);
    b.SetInsertPoint(both);
    v.rt(Rt::skn_panic_attach, {first, outcome});
    b.CreateBr(after);
    b.SetInsertPoint(after);
  });
}

void FunctionEmitter::panic_if(llvm::Value* bad, llvm::function_ref<llvm::Value*()> make) {
  if (llvm::ConstantInt* known = llvm::dyn_cast<llvm::ConstantInt>(bad)) {
    if (known->isZero()) return;
  }
  llvm::BasicBlock* panic = v.new_block("panic");
  llvm::BasicBlock* ok = v.new_block("ok");
  v.branch(bad, panic, ok, Chance::Unlikely);
  b.SetInsertPoint(panic);
  raise(make());
  b.SetInsertPoint(ok);
}

// Where a `catch` ends unwinding. A cancellation goes on; one that comes while a panic unwinds
// outside of a `catch` in a clean-up is what happens to the task anyway, and is not noted twice.
void FunctionEmitter::emit_take_panic(const sir::Inst& inst) {
  llvm::Value* outcome = v.load_pointer(outcome_slot(), 0);
  if (region_ != Region::Plain) {
    llvm::BasicBlock* cancelled = v.new_block("cancelled");
    llvm::BasicBlock* taken = v.new_block("taken");
    v.branch(v.is_cancelled(outcome), cancelled, taken, Chance::Unlikely);
    b.SetInsertPoint(cancelled);
    go_unwind();
    b.SetInsertPoint(taken);
  }
  llvm::Value* bits = b.CreatePtrToInt(outcome, b.getInt64Ty());
  set_dest(b.CreateAnd(bits, v.i64(~abi::kTagMask)));
  b.CreateBr(block(inst.targets[0]));
}

// Where a throwing call of this instruction lands. Instructions with the same clean-up share it.
llvm::BasicBlock* FunctionEmitter::landing_pad() {
  uint64_t target = inst_->unwind.valid() ? inst_->unwind.index + 1u : 0;
  llvm::BasicBlock*& pad = landing_pads_[{region_, target * 2 + in_cleanup()}];
  if (pad != nullptr) return pad;
  llvm::IRBuilderBase::InsertPointGuard guard(b);
  pad = llvm::BasicBlock::Create(m.context, "thrown", function_);
  b.SetInsertPoint(pad);
  llvm::StructType* type = llvm::StructType::get(b.getPtrTy(), b.getInt32Ty());
  llvm::LandingPadInst* landing = b.CreateLandingPad(type, 1);
  landing->addClause(v.null());
  // Temporaries of this one instruction are none of the shared block's business.
  std::vector<llvm::AllocaInst*> temps = std::exchange(temps_, {});
  raise(b.CreateExtractValue(landing, 0));
  temps_ = std::move(temps);
  return pad;
}

// The way out of the function once all clean-up is done.
llvm::BasicBlock* FunctionEmitter::unwind_exit() {
  llvm::BasicBlock*& exit = unwind_exits_[region_];
  if (exit != nullptr) return exit;
  llvm::IRBuilderBase::InsertPointGuard guard(b);
  exit = llvm::BasicBlock::Create(m.context, "unwind", function_);
  b.SetInsertPoint(exit);
  switch (region_) {
    case Region::Plain:
      v.rt(Rt::skn_raise, {v.load_pointer(outcome_slot(), 0)});
      b.CreateUnreachable();
      break;
    case Region::Before:
      b.CreateRet(pack_result(v.load_pointer(outcome_slot(), 0), {}));
      break;
    case Region::Body:
      finish_outcome();
      break;
  }
  return exit;
}

}  // namespace skein::codegen
