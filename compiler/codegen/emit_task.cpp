// Tasks: starting them, waiting for them, scopes, sleeping and giving way.
#include "compiler/codegen/function_emitter.h"
#include "compiler/support/check.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

using sir::Inst;
using sir::InstKind;
using sir::Operand;

// The awaiter of a spawn is the Task value with the arguments behind it; the wrapper (see
// spawn_wrapper.cpp) reads those and leaves the task.
void FunctionEmitter::emit_spawn(const Inst& inst) {
  SpawnShape shape = m.spawn_shape(inst.callee);
  uint32_t local = inst.dest.local.index;
  bool in_place = inst.dest.is_local() && spawn_room_[local] >= shape.size;
  llvm::Value* awaiter = in_place ? locals_[local] : temp_bytes(shape.size, shape.align);
  for (size_t i = 0; i < inst.operands.size(); ++i) {
    llvm::Value* at = v.offset(awaiter, shape.arg_offsets[i]);
    if (inst.operands[i].kind == Operand::Kind::Mut) {
      v.store_at(address(inst.operands[i].place), at, 0);
    } else {
      put(inst.operands[i], at);
    }
  }
  note_site();
  suspend(awaiter, m.spawn_wrapper(inst.callee));
  if (!in_place) v.copy(type_of(inst.dest), address(inst.dest), awaiter);
}

// Waits until a future is done, moves its value out, and gives the final state. The future is gone
// afterwards.
llvm::Value* FunctionEmitter::wait_for_future(llvm::Value* future, TypeId type, llvm::Value* to) {
  const Layout& layout = v.layout(type);
  future = v.only_here(future);
  llvm::LoadInst* early = b.CreateAlignedLoad(b.getInt64Ty(), future, llvm::Align(8));
  early->setAtomic(llvm::AtomicOrdering::Acquire);
  llvm::Value* is_pending = b.CreateICmpEQ(b.CreateAnd(early, v.i64(abi::kDone)), v.i64(0));
  v.if_true(is_pending, Chance::Even, [&] {
    note_site();
    suspend(future, m.rt.get(Rt::skn_await_future));
  });
  llvm::LoadInst* state = b.CreateAlignedLoad(b.getInt64Ty(), future, llvm::Align(8));
  state->setAtomic(llvm::AtomicOrdering::Acquire);
  if (to != nullptr) v.copy(type, to, v.offset(future, abi::kFutureResult));
  v.rt(Rt::skn_future_release, {future, v.i64(abi::kFutureResult + layout.size)});
  return state;
}

void FunctionEmitter::wait_for_task(llvm::Value* task, TypeId type, llvm::Value* to,
                                    bool leaves_spent,
                                    llvm::function_ref<void(llvm::Value*)> on_outcome) {
  llvm::BasicBlock* here = v.new_block("here");
  llvm::BasicBlock* later = v.new_block("later");
  llvm::BasicBlock* waits = v.new_block("wait");
  llvm::BasicBlock* ended = v.new_block("outcome");
  llvm::BasicBlock* after = v.new_block("awaited");
  llvm::Value* future = v.load_pointer(task, 0);
  v.branch(b.CreateIsNull(future), here, later, Chance::Likely);

  llvm::Value* spent = b.CreateIntToPtr(v.i64(abi::kSpent), b.getPtrTy());
  b.SetInsertPoint(here);
  if (to != nullptr) v.copy(type, to, v.offset(task, abi::kFutureResult));
  if (leaves_spent) v.store_at(spent, task, 0);
  b.CreateBr(after);

  b.SetInsertPoint(later);
  // Marked before anything is waited for: nobody else may take the task meanwhile.
  if (leaves_spent) v.store_at(spent, task, 0);
  llvm::Value* bits = b.CreatePtrToInt(future, b.getInt64Ty());
  llvm::Value* tag = b.CreateAnd(bits, v.i64(abi::kOutcome));
  b.CreateCondBr(b.CreateICmpNE(tag, v.i64(0)), ended, waits);
  llvm::BasicBlock* outcome_at_once = b.GetInsertBlock();

  b.SetInsertPoint(waits);
  llvm::Value* state = wait_for_future(future, type, to);
  llvm::Value* late = v.outcome_of(state);
  v.branch(b.CreateICmpEQ(state, v.i64(abi::kValue)), after, ended, Chance::Likely);
  llvm::BasicBlock* outcome_later = b.GetInsertBlock();

  b.SetInsertPoint(ended);
  llvm::PHINode* outcome = b.CreatePHI(b.getPtrTy(), 2);
  outcome->addIncoming(future, outcome_at_once);
  outcome->addIncoming(late, outcome_later);
  on_outcome(outcome);
  if (b.GetInsertBlock()->getTerminator() == nullptr) b.CreateBr(after);
  b.SetInsertPoint(after);
}

void FunctionEmitter::emit_await(const Inst& inst) {
  llvm::Value* task = location(inst.operands[0]);
  TypeId type = m.program.types.arg(type_of(inst.operands[0]));
  bool has_value = inst.dest.valid() && v.layout(type).size > 0;
  llvm::Value* to = has_value ? result_place(inst, type) : nullptr;
  wait_for_task(task, type, to, inst.kind == InstKind::AwaitPlace, [&](llvm::Value* outcome) {
    raise(b.CreateCall(m.await_failed(), {outcome, v.i32(site())}));
  });
  if (has_value && !inst.dest.is_local()) v.copy(type, address(inst.dest), to);
}

// A task nobody wants the value of any more. Panics go on, or join the one under way.
void FunctionEmitter::emit_settle(const Inst& inst) {
  llvm::Value* task = location(inst.operands[0]);
  TypeId type = m.program.types.arg(type_of(inst.operands[0]));
  bool drops = sir::needs_drop(m.sir, type);
  llvm::Value* value = drops ? temp(type) : nullptr;
  llvm::BasicBlock* after = v.new_block("settled");
  wait_for_task(task, type, value, false, [&](llvm::Value* outcome) {
    llvm::Value* bits = b.CreatePtrToInt(outcome, b.getInt64Ty());
    llvm::Value* is_spent = b.CreateICmpEQ(bits, v.i64(abi::kSpent));
    llvm::Value* is_cancelled = b.CreateICmpEQ(bits, v.i64(abi::kCancelled));
    llvm::BasicBlock* panicked = v.new_block("panicked");
    b.CreateCondBr(b.CreateOr(is_spent, is_cancelled), after, panicked);
    b.SetInsertPoint(panicked);
    llvm::Value* payload = b.CreateCall(m.await_failed(), {outcome, v.i32(site())});
    if (!in_cleanup()) return raise(payload);
    attach(tagged(payload));
    b.CreateBr(after);
  });
  if (drops) v.drop(type, value);
  b.CreateBr(after);
  b.SetInsertPoint(after);
}

// ---- scopes ------------------------------------------------------------------------------------

void FunctionEmitter::emit_scope_enter(const Inst& inst) {
  llvm::Value* scope = address(inst.operands[0].place);
  b.CreateMemSet(scope, b.getInt8(0), sizeof(abi::Scope), llvm::Align(abi::kAlignment));
}

void FunctionEmitter::emit_scope_adopt(const Inst& inst) {
  llvm::Value* scope = address(inst.operands[0].place);
  TypeId type = m.program.types.arg(type_of(inst.operands[1]));
  llvm::Value* future = v.load_pointer(location(inst.operands[1]), 0);
  v.if_true(b.CreateIsNotNull(future), Chance::Unlikely, [&] {
    b.CreateCall(m.scope_adopt(),
                 {scope, future, v.i64(abi::kFutureResult + v.layout(type).size)});
  });
}

void FunctionEmitter::emit_scope_exit(const Inst& inst) {
  llvm::Value* scope = address(inst.operands[0].place);
  llvm::LoadInst* pending = b.CreateAlignedLoad(b.getInt64Ty(), scope, llvm::Align(8));
  pending->setAtomic(llvm::AtomicOrdering::Acquire);
  v.if_true(b.CreateICmpNE(pending, v.i64(0)), Chance::Even, [&] {
    note_site();
    suspend(scope, m.rt.get(Rt::skn_await_scope));
  });
  llvm::Value* panic = v.load_word(scope, offsetof(abi::Scope, panic));
  v.if_true(b.CreateICmpNE(panic, v.i64(0)), Chance::Unlikely, [&] {
    llvm::Value* payload = v.rt(Rt::skn_scope_panic, {scope});
    if (in_cleanup()) return attach(tagged(payload));
    raise(payload);
    b.SetInsertPoint(v.new_block("not_reached"));
  });
}

// ---- waiting for nobody ------------------------------------------------------------------------

void FunctionEmitter::emit_yield() {
  note_site();
  suspend(v.null(), m.rt.get(Rt::skn_await_yield));
}

void FunctionEmitter::emit_sleep(const Inst& inst) {
  llvm::Value* nanoseconds = value(inst.operands[0]);
  llvm::Value* sleep = temp_bytes(sizeof(abi::Sleep), alignof(abi::Sleep));
  v.store_at(nanoseconds, sleep, offsetof(abi::Sleep, nanoseconds));
  note_site();
  suspend(sleep, m.rt.get(Rt::skn_await_sleep));
}

// Waits for a task that stays in its place: afterwards it has its value at hand, or is spent.
void FunctionEmitter::emit_task_wait(const Inst& inst) {
  llvm::Value* task = location(inst.operands[0]);
  TypeId type = m.program.types.arg(type_of(inst.operands[0]));
  bool has_value = v.layout(type).size > 0;
  llvm::Value* to = has_value ? v.offset(task, abi::kFutureResult) : nullptr;
  llvm::Value* panic = temp_bytes(8, 8);
  v.store_at(v.i64(0), panic, 0);
  wait_for_task(task, type, to, true, [&](llvm::Value* outcome) {
    llvm::BasicBlock* spent = v.new_block("spent");
    llvm::BasicBlock* given = v.new_block("given");
    llvm::Value* bits = b.CreatePtrToInt(outcome, b.getInt64Ty());
    b.CreateCondBr(b.CreateICmpEQ(bits, v.i64(abi::kSpent)), spent, given);
    b.SetInsertPoint(spent);
    raise(b.CreateCall(m.await_failed(), {outcome, v.i32(site())}));
    b.SetInsertPoint(given);
    llvm::Value* is_cancelled = b.CreateICmpEQ(bits, v.i64(abi::kCancelled));
    llvm::Value* payload = b.CreateAnd(bits, v.i64(~abi::kTagMask));
    v.store_at(b.CreateSelect(is_cancelled, bits, payload), panic, 0);
  });
  llvm::Value* found = v.load_word(panic, 0);
  v.if_true(b.CreateICmpEQ(found, v.i64(0)), Chance::Likely,
            [&] { v.store_at(v.null(), task, 0); });
  set_dest(found);
}

void FunctionEmitter::emit_task_is_done(const Inst& inst) {
  llvm::Value* future = v.load_pointer(location(inst.operands[0]), 0);
  llvm::Value* bits = b.CreatePtrToInt(future, b.getInt64Ty());
  llvm::Value* tag = b.CreateAnd(bits, v.i64(abi::kOutcome));
  llvm::Value* is_settled = b.CreateOr(b.CreateIsNull(future), b.CreateICmpNE(tag, v.i64(0)));
  set_dest(v.select(
      is_settled, Chance::Even, [&]() -> llvm::Value* { return b.getTrue(); },
      [&]() -> llvm::Value* {
        llvm::LoadInst* state = b.CreateAlignedLoad(b.getInt64Ty(), future, llvm::Align(8));
        state->setAtomic(llvm::AtomicOrdering::Acquire);
        return b.CreateICmpNE(b.CreateAnd(state, v.i64(abi::kDone)), v.i64(0));
      }));
}

}  // namespace skein::codegen
