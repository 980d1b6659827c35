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
  if (inst.is_named) {
    note_site(b.CreateTrunc(value(inst.operands.back()), b.getInt32Ty()));
  } else {
    note_site();
  }
  suspend(awaiter, m.spawn_wrapper(inst.callee));
  if (!in_place) v.copy(type_of(inst.dest), address(inst.dest), awaiter);
}

// Waits until a future is done, or its wait is taken back, and gives the state it then has.
llvm::Value* FunctionEmitter::wait_for_future(llvm::Value* future, Waiting waiting) {
  if (waiting == Waiting::Ends) v.rt(Rt::skn_task_cancel, {future});
  llvm::LoadInst* early = b.CreateAlignedLoad(b.getInt64Ty(), future, llvm::Align(8));
  early->setAtomic(llvm::AtomicOrdering::Acquire);
  llvm::Value* is_pending = b.CreateICmpEQ(b.CreateAnd(early, v.i64(abi::kDone)), v.i64(0));
  v.if_true(is_pending, Chance::Even, [&] {
    note_site();
    if (waiting == Waiting::Ends) {
      suspend_shielded(future, m.rt.get(Rt::skn_await_future));
    } else {
      suspend(future, m.rt.get(Rt::skn_await_future));
    }
  });
  llvm::LoadInst* state = b.CreateAlignedLoad(b.getInt64Ty(), future, llvm::Align(8));
  state->setAtomic(llvm::AtomicOrdering::Acquire);
  return state;
}

void FunctionEmitter::release_future(llvm::Value* future, TypeId type) {
  v.rt(Rt::skn_future_release, {future, v.i64(abi::kFutureResult + v.layout(type).size)});
}

void FunctionEmitter::wait_for_task(llvm::Value* task, TypeId type, llvm::Value* to,
                                    bool leaves_spent, Waiting waiting,
                                    llvm::function_ref<void(llvm::Value*)> on_outcome) {
  llvm::BasicBlock* here = v.new_block("here");
  llvm::BasicBlock* later = v.new_block("later");
  llvm::BasicBlock* waits = v.new_block("wait");
  llvm::BasicBlock* got = v.new_block("got");
  llvm::BasicBlock* not_got = v.new_block("not_got");
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
  llvm::Value* pending = v.only_here(future);
  llvm::Value* state = wait_for_future(pending, waiting);
  v.branch(b.CreateICmpEQ(state, v.i64(abi::kValue)), got, not_got, Chance::Likely);
  b.SetInsertPoint(got);
  if (to != nullptr) v.copy(type, to, v.offset(pending, abi::kFutureResult));
  release_future(pending, type);
  b.CreateBr(after);

  b.SetInsertPoint(not_got);
  if (waiting == Waiting::Usual) {
    llvm::BasicBlock* taken_back = v.new_block("taken_back");
    llvm::BasicBlock* done = v.new_block("done");
    llvm::Value* is_done = b.CreateICmpNE(b.CreateAnd(state, v.i64(abi::kDone)), v.i64(0));
    b.CreateCondBr(is_done, done, taken_back);
    b.SetInsertPoint(taken_back);
    abandon(pending, type);
    b.SetInsertPoint(done);
  }
  release_future(pending, type);
  llvm::Value* late = v.outcome_of(state);
  b.CreateBr(ended);
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
  bool leaves_spent = inst.kind == InstKind::AwaitPlace;
  wait_for_task(task, type, to, leaves_spent, Waiting::Usual, [&](llvm::Value* outcome) {
    raise_outcome(b.CreateCall(m.await_failed(), {outcome, v.i32(site())}));
  });
  if (has_value && !inst.dest.is_local()) v.copy(type, address(inst.dest), to);
}

// A task nobody wants the value of any more; while unwinding, it is cancelled. Panics go on, or join
// the one under way.
void FunctionEmitter::emit_settle(const Inst& inst) {
  llvm::Value* task = location(inst.operands[0]);
  TypeId type = m.program.types.arg(type_of(inst.operands[0]));
  bool drops = sir::needs_drop(m.sir, type);
  llvm::Value* value = drops ? temp(type) : nullptr;
  llvm::BasicBlock* after = v.new_block("settled");
  Waiting waiting = in_cleanup() ? Waiting::Ends : Waiting::Usual;
  wait_for_task(task, type, value, false, waiting, [&](llvm::Value* outcome) {
    llvm::Value* bits = b.CreatePtrToInt(outcome, b.getInt64Ty());
    llvm::Value* is_spent = b.CreateICmpEQ(bits, v.i64(abi::kSpent));
    llvm::BasicBlock* panicked = v.new_block("panicked");
    b.CreateCondBr(b.CreateOr(is_spent, v.is_cancelled(outcome)), after, panicked);
    b.SetInsertPoint(panicked);
    llvm::Value* failed = b.CreateCall(m.await_failed(), {outcome, v.i32(site())});
    if (!in_cleanup()) return raise_outcome(failed);
    attach(failed);
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
  v.rt(Rt::skn_scope_enter, {scope});
  if (inst.text.empty()) return;
  llvm::Value* flags = v.offset(scope, offsetof(abi::Scope, flags));
  b.CreateAlignedStore(v.i32(abi::kScopeOfFunction), flags, llvm::Align(4));
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

llvm::Value* FunctionEmitter::has_children(llvm::Value* scope, llvm::Value* most) {
  llvm::LoadInst* pending = b.CreateAlignedLoad(b.getInt64Ty(), scope, llvm::Align(8));
  pending->setAtomic(llvm::AtomicOrdering::Acquire);
  return b.CreateICmpSGT(pending, most);
}

// Before a task is started where only so many may run.
void FunctionEmitter::emit_scope_slot(const Inst& inst) {
  llvm::Value* scope = address(inst.operands[0].place);
  llvm::Value* others = b.CreateSub(value(inst.operands[1]), v.i64(1));
  llvm::Value* most = b.CreateSelect(b.CreateICmpSLT(others, v.i64(0)), v.i64(0), others);
  v.store_at(most, scope, offsetof(abi::Scope, threshold));
  v.if_true(has_children(scope, most), Chance::Even, [&] {
    note_site();
    suspend(scope, m.rt.get(Rt::skn_await_scope));
    llvm::Value* threshold = v.load_word(scope, offsetof(abi::Scope, threshold));
    cancel_if(has_children(scope, threshold));
  });
}

// While unwinding, the scope's tasks are cancelled first. Otherwise waiting for them may be taken
// back; then they are cancelled, and waited for all the same.
void FunctionEmitter::emit_scope_exit(const Inst& inst) {
  llvm::Value* scope = address(inst.operands[0].place);
  v.store_at(v.i64(0), scope, offsetof(abi::Scope, threshold));
  auto cancel_and_wait = [&] {
    v.rt(Rt::skn_scope_cancel, {scope});
    note_site();
    suspend_shielded(scope, m.rt.get(Rt::skn_await_scope));
  };
  v.if_true(has_children(scope, v.i64(0)), Chance::Even, [&] {
    if (in_cleanup()) return cancel_and_wait();
    note_site();
    suspend(scope, m.rt.get(Rt::skn_await_scope));
    llvm::BasicBlock* all_ended = v.new_block("all_ended");
    llvm::BasicBlock* taken_back = v.new_block("taken_back");
    v.branch(has_children(scope, v.i64(0)), taken_back, all_ended, Chance::Unlikely);
    b.SetInsertPoint(taken_back);
    cancel_and_wait();
    end_scope(inst, scope);
    raise_outcome(cancelled());
    b.SetInsertPoint(all_ended);
  });
  end_scope(inst, scope);
}

// No child is left: the task is out of the block, and has the panic of one that failed.
void FunctionEmitter::end_scope(const Inst& inst, llvm::Value* scope) {
  if (!is_left_later(inst.operands[0])) v.rt(Rt::skn_scope_leave, {scope, v.i32(0)});
  llvm::Value* panic = v.load_word(scope, offsetof(abi::Scope, panic));
  v.if_true(b.CreateICmpNE(panic, v.i64(0)), Chance::Unlikely, [&] {
    llvm::Value* payload = v.rt(Rt::skn_scope_panic, {scope});
    if (in_cleanup()) return attach(v.tagged(payload));
    raise(payload);
    b.SetInsertPoint(v.new_block("not_reached"));
  });
}

// ---- waiting for nobody ------------------------------------------------------------------------

void FunctionEmitter::emit_yield() {
  cancel_if(v.rt(Rt::skn_cancelled, {}));
  note_site();
  suspend(v.null(), m.rt.get(Rt::skn_await_yield));
}

void FunctionEmitter::emit_sleep(const Inst& inst) {
  llvm::Value* nanoseconds = value(inst.operands[0]);
  llvm::Value* timer = record(abi::kTimerBytes);
  v.store_at(nanoseconds, timer, offsetof(abi::Timer, nanoseconds));
  note_site();
  suspend(timer, m.rt.get(Rt::skn_await_sleep));
  cancel_if(is_taken_back());
}

// Waits for a task that stays in its place: afterwards it has its value at hand, or is spent.
void FunctionEmitter::emit_task_wait(const Inst& inst) {
  llvm::Value* task = location(inst.operands[0]);
  TypeId type = m.program.types.arg(type_of(inst.operands[0]));
  bool has_value = v.layout(type).size > 0;
  llvm::Value* to = has_value ? v.offset(task, abi::kFutureResult) : nullptr;
  llvm::Value* panic = temp_bytes(8, 8);
  v.store_at(v.i64(0), panic, 0);
  wait_for_task(task, type, to, true, Waiting::Usual, [&](llvm::Value* outcome) {
    llvm::BasicBlock* spent = v.new_block("spent");
    llvm::BasicBlock* given = v.new_block("given");
    llvm::Value* bits = b.CreatePtrToInt(outcome, b.getInt64Ty());
    b.CreateCondBr(b.CreateICmpEQ(bits, v.i64(abi::kSpent)), spent, given);
    b.SetInsertPoint(spent);
    raise_outcome(b.CreateCall(m.await_failed(), {outcome, v.i32(site())}));
    b.SetInsertPoint(given);
    llvm::Value* payload = b.CreateAnd(bits, v.i64(~abi::kTagMask));
    v.store_at(b.CreateSelect(v.is_cancelled(outcome), bits, payload), panic, 0);
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
