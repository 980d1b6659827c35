// Cancellation: where it is delivered, held back, and where it ends.
//
// A task that is to end notices where it waits. From there on it unwinds as from a panic, with an
// outcome that has no payload (runtime/abi/layout.h); what it started is cancelled and waited for by
// the clean-ups on the way.
#include "compiler/codegen/function_emitter.h"
#include "compiler/support/check.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

using sir::Inst;
using sir::InstKind;
using sir::Operand;

// In place of what was there before, where no shield is raised.
static constexpr uint32_t kNoShield = 255;

llvm::Value* FunctionEmitter::cancelled() {
  return b.CreateIntToPtr(v.i64(abi::kCancelled), b.getPtrTy());
}

llvm::Value* FunctionEmitter::is_taken_back() {
  constexpr uint64_t kWait = offsetof(abi::Frame, wait) - abi::kFramePromise;
  llvm::Value* at = v.offset(promise_, kWait + offsetof(abi::Wait, cancelled));
  return b.CreateICmpNE(b.CreateLoad(b.getInt8Ty(), at), b.getInt8(0));
}

void FunctionEmitter::cancel_if(llvm::Value* condition, llvm::function_ref<void()> before) {
  llvm::BasicBlock* taken_back = v.new_block("cancelled");
  llvm::BasicBlock* goes_on = v.new_block("goes_on");
  v.branch(condition, taken_back, goes_on, Chance::Unlikely);
  b.SetInsertPoint(taken_back);
  if (before) before();
  raise_outcome(cancelled());
  b.SetInsertPoint(goes_on);
}

void FunctionEmitter::suspend_shielded(llvm::Value* awaiter, llvm::Function* wrapper) {
  llvm::Value* before = v.rt(Rt::skn_shield_enter, {b.getTrue()});
  suspend(awaiter, wrapper);
  v.rt(Rt::skn_shield_exit, {before});
}

// The task that was waited for is cancelled, waited for, and its value dropped. Its panic counts more
// than our being cancelled.
void FunctionEmitter::abandon(llvm::Value* future, TypeId type) {
  llvm::Value* state = wait_for_future(future, Waiting::Ends);
  llvm::BasicBlock* has_value = v.new_block("value");
  llvm::BasicBlock* no_value = v.new_block("no_value");
  llvm::BasicBlock* panicked = v.new_block("panicked");
  llvm::BasicBlock* released = v.new_block("released");
  b.CreateCondBr(b.CreateICmpEQ(state, v.i64(abi::kValue)), has_value, no_value);
  b.SetInsertPoint(has_value);
  if (sir::needs_drop(m.sir, type)) v.drop(type, v.offset(future, abi::kFutureResult));
  release_future(future, type);
  b.CreateBr(released);
  b.SetInsertPoint(no_value);
  release_future(future, type);
  b.CreateCondBr(b.CreateICmpEQ(state, v.i64(abi::kCancelled)), released, panicked);
  b.SetInsertPoint(panicked);
  raise_outcome(b.CreateCall(m.await_failed(), {v.outcome_of(state), v.i32(site())}));
  b.SetInsertPoint(released);
  raise_outcome(cancelled());
}

// ---- instructions ------------------------------------------------------------------------------

bool FunctionEmitter::emit_cancellation(const Inst& inst) {
  auto scope = [&] { return address(inst.operands[0].place); };
  switch (inst.kind) {
    case InstKind::ScopeCancel:
      v.rt(Rt::skn_scope_cancel, {scope()});
      return true;
    case InstKind::ScopeLeave:
      v.rt(Rt::skn_scope_leave, {scope(), v.i32(0)});
      return true;
    case InstKind::ScopeClaim:
      set_dest(v.rt(Rt::skn_scope_claim, {scope()}));
      return true;
    case InstKind::ScopeWin:
      v.rt(Rt::skn_scope_win, {scope()});
      return true;
    case InstKind::WithinEnter:
      emit_within_enter(inst);
      return true;
    case InstKind::WithinLeave: {
      llvm::Value* is_late = v.rt(Rt::skn_within_leave, {scope(), b.getFalse()});
      if (inst.dest.valid()) set_dest(is_late);
      return true;
    }
    case InstKind::ShieldEnter: {
      llvm::Value* before = v.i32(kNoShield);
      if (needs_shield(inst)) before = v.rt(Rt::skn_shield_enter, {b.getFalse()});
      set_dest(b.CreateZExt(before, b.getInt64Ty()));
      return true;
    }
    case InstKind::ShieldExit: {
      if (!signature_.suspends) return true;
      // Where no shield was raised LLVM sees that, and nothing is left.
      llvm::Value* before = b.CreateTrunc(value(inst.operands[0]), b.getInt32Ty());
      v.if_true(b.CreateICmpNE(before, v.i32(kNoShield)), Chance::Even,
                [&] { v.rt(Rt::skn_shield_exit, {before}); });
      return true;
    }
    default:
      return false;
  }
}

bool FunctionEmitter::needs_shield(const Inst& inst) {
  if (!signature_.suspends) return false;
  auto ends = [&](const Inst& other) {
    return other.kind == InstKind::ShieldExit &&
           other.operands[0].place.local == inst.dest.local;
  };
  std::vector<bool> seen(sir_.blocks.size());
  std::vector<std::pair<sir::BlockId, const Inst*>> pending = {{block_id_, &inst}};
  while (!pending.empty()) {
    auto [id, after] = pending.back();
    pending.pop_back();
    bool is_inside = after == nullptr;
    for (const Inst& other : sir_.blocks[id].insts) {
      if (!is_inside) {
        is_inside = &other == after;
        continue;
      }
      if (ends(other)) {
        is_inside = false;
        break;
      }
      if (sir::may_suspend(m.sir, sir_, other)) return true;
    }
    if (!is_inside) continue;
    for (sir::BlockId next : sir_.blocks[id].insts.back().targets) {
      if (seen[next.index]) continue;
      seen[next.index] = true;
      pending.push_back({next, nullptr});
    }
  }
  return false;
}

void FunctionEmitter::emit_within_enter(const Inst& inst) {
  llvm::Value* scope = address(inst.operands[0].place);
  llvm::Value* limit = value(inst.operands[1]);
  b.CreateMemSet(scope, b.getInt8(0), sizeof(abi::Scope), llvm::Align(abi::kAlignment));
  bool is_token = m.program.types.kind(type_of(inst.operands[1])) == TypeKind::Chan;
  v.rt(is_token ? Rt::skn_within_token_enter : Rt::skn_within_enter, {scope, limit});
}

// `take_timeout`, `take_win`: the block is left in any case, and unwinding ends if it was for this
// block's sake alone.
void FunctionEmitter::emit_take_cancellation(const Inst& inst) {
  llvm::Value* scope = address(inst.operands[0].place);
  llvm::Value* is_cancelled = v.is_cancelled(v.load_pointer(outcome_slot(), 0));
  llvm::Value* is_ours = inst.kind == InstKind::TakeTimeout
                             ? v.rt(Rt::skn_within_leave, {scope, is_cancelled})
                             : v.rt(Rt::skn_scope_leave, {scope, v.i32(abi::kScopeWon)});
  llvm::BasicBlock* goes_on = v.new_block("goes_on");
  b.CreateCondBr(b.CreateAnd(is_cancelled, is_ours), block(inst.targets[0]), goes_on);
  b.SetInsertPoint(goes_on);
  go_unwind();
}

bool FunctionEmitter::is_left_later(const Operand& scope) {
  for (const sir::Block& block : sir_.blocks) {
    const Inst& end = block.insts.back();
    bool takes = end.kind == InstKind::TakeTimeout || end.kind == InstKind::TakeWin;
    if (takes && end.operands[0].place.local == scope.place.local) return true;
  }
  return false;
}

bool FunctionEmitter::drops_tasks(const Inst& inst) {
  const sir::Function& callee = m.sir.functions[inst.callee];
  return in_cleanup() && callee.kind == sir::FunctionKind::Glue &&
         callee.suspends == sir::Suspends::Yes;
}

}  // namespace skein::codegen
