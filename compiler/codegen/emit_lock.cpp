// Locks and shared values: handles to a cell that holds a value (abi::Cell).
#include "compiler/codegen/function_emitter.h"
#include "compiler/support/check.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

using sir::Inst;
using types::Builtin;

void FunctionEmitter::emit_cell_new(const Inst& inst) {
  TypeId content = type_of(inst.operands[0]);
  llvm::Value* cell = v.rt(Rt::skn_cell_new, {v.i64(v.layout(content).size)});
  put(inst.operands[0], v.offset(cell, abi::kCellContent));
  set_dest(cell);
}

// The locks of one `lock` as pointers, the lowest bit set where one is taken for reading.
llvm::Value* FunctionEmitter::lock_list(const Inst& inst) {
  size_t count = inst.operands.size() / 2;
  llvm::Value* list = temp_bytes(8 * count, 8);
  for (size_t i = 0; i < count; ++i) {
    llvm::Value* cell = b.CreatePtrToInt(value(inst.operands[2 * i]), b.getInt64Ty());
    bool is_shared = inst.operands[2 * i + 1].constant.bits != 0;
    v.store_at(b.CreateOr(cell, v.i64(is_shared ? 1 : 0)), list, 8 * i);
  }
  return list;
}

void FunctionEmitter::emit_lock_acquire(const Inst& inst) {
  size_t count = inst.operands.size() / 2;
  llvm::Value* list = lock_list(inst);
  if (count > 1) {
    llvm::Value* failed = v.rt(Rt::skn_locks_sort, {list, v.i64(count), v.i32(site())});
    panic_if(b.CreateIsNotNull(failed), [&] { return failed; });
  }
  for (size_t i = 0; i < count; ++i) {
    llvm::Value* lock = v.load_pointer(list, 8 * i);
    llvm::Value* at_once = v.rt(Rt::skn_lock_try, {lock});
    llvm::Value* outcome = v.select(
        b.CreateICmpEQ(at_once, v.i32(abi::kLockBusy)), Chance::Unlikely,
        [&] {
          return wait_for_lock(lock, [&] {
            if (i > 0) v.rt(Rt::skn_locks_give_back, {list, v.i64(i)});
          });
        },
        [&]() -> llvm::Value* { return at_once; });
    refuse_lock(outcome, list, i);
  }
}

// Suspends until the lock is taken, which may need several tries: who is woken may find that somebody was
// faster. Where it is cancelled, it unwinds after what `before` writes.
llvm::Value* FunctionEmitter::wait_for_lock(llvm::Value* lock,
                                            llvm::function_ref<void()> before) {
  llvm::Value* waiter = record(abi::kWaiterBytes);
  v.store_at(lock, waiter, offsetof(abi::Waiter, chan));
  v.store_at(b.getInt8(0), waiter, offsetof(abi::Waiter, kind));
  llvm::BasicBlock* waits = v.new_block("wait");
  llvm::BasicBlock* tries = v.new_block("try_again");
  llvm::BasicBlock* got = v.new_block("got");
  llvm::Value* busy = v.i32(abi::kLockBusy);
  b.CreateBr(waits);
  b.SetInsertPoint(waits);
  note_site();
  suspend(waiter, m.rt.get(Rt::skn_await_lock));
  cancel_if(is_taken_back(), before);
  llvm::Value* handed = outcome_of(waiter);
  llvm::BasicBlock* waited = b.GetInsertBlock();
  b.CreateCondBr(b.CreateICmpEQ(handed, busy), tries, got);
  b.SetInsertPoint(tries);
  llvm::Value* taken = v.rt(Rt::skn_lock_try_slowly, {lock});
  llvm::BasicBlock* tried = b.GetInsertBlock();
  b.CreateCondBr(b.CreateICmpEQ(taken, busy), waits, got);
  b.SetInsertPoint(got);
  llvm::PHINode* outcome = b.CreatePHI(b.getInt32Ty(), 2);
  outcome->addIncoming(handed, waited);
  outcome->addIncoming(taken, tried);
  return outcome;
}

// A panic if the lock is poisoned, or the task had it already; those taken before are given back.
void FunctionEmitter::refuse_lock(llvm::Value* outcome, llvm::Value* list, size_t taken) {
  v.if_true(b.CreateICmpNE(outcome, v.i32(abi::kLockTaken)), Chance::Unlikely, [&] {
    llvm::BasicBlock* poisoned = v.new_block("poisoned");
    llvm::BasicBlock* held = v.new_block("held");
    b.CreateCondBr(b.CreateICmpEQ(outcome, v.i32(abi::kLockHeld)), held, poisoned);
    b.SetInsertPoint(held);
    raise(v.rt(Rt::skn_lock_held, {list, v.i64(taken), v.i32(site())}));
    b.SetInsertPoint(poisoned);
    raise(v.rt(Rt::skn_lock_failed, {list, v.i64(taken + 1), v.i32(site())}));
    b.SetInsertPoint(v.new_block("not_reached"));
  });
}

void FunctionEmitter::emit_lock_release(const Inst& inst) {
  for (size_t i = 0; i + 1 < inst.operands.size(); i += 2) {
    bool is_shared = inst.operands[i + 1].constant.bits != 0;
    v.rt(Rt::skn_lock_release,
         {value(inst.operands[i]), b.getInt1(is_shared), is_panicking()});
  }
}

// A cancellation leaves the value as whole as the end of the block would.
llvm::Value* FunctionEmitter::is_panicking() {
  if (!in_cleanup()) return b.getFalse();
  return b.CreateNot(v.is_cancelled(v.load_pointer(outcome_slot(), 0)));
}

// Back from the wait of a Condvar.
void FunctionEmitter::emit_lock_retake(const Inst& inst) {
  llvm::Value* lock = value(inst.operands[0]);
  llvm::Value* before = v.rt(Rt::skn_shield_enter, {b.getTrue()});
  llvm::Value* at_once = v.rt(Rt::skn_lock_try, {lock});
  v.if_true(b.CreateICmpEQ(at_once, v.i32(abi::kLockBusy)), Chance::Unlikely,
            [&] { wait_for_lock(lock, nullptr); });
  v.rt(Rt::skn_shield_exit, {before});
}

void FunctionEmitter::emit_lock_try(const Inst& inst) {
  llvm::Value* list = lock_list(inst);
  llvm::Value* outcome = v.rt(Rt::skn_lock_try, {v.load_pointer(list, 0)});
  panic_if(b.CreateICmpEQ(outcome, v.i32(abi::kLockPoisoned)),
           [&] { return v.rt(Rt::skn_lock_failed, {list, v.i64(1), v.i32(site())}); });
  set_dest(b.CreateICmpEQ(outcome, v.i32(abi::kLockTaken)));
}

// The option is the handle itself, or null.
void FunctionEmitter::emit_weak_upgrade(const Inst& inst) {
  llvm::Value* cell = value(inst.operands[0]);
  llvm::Value* is_there = v.rt(Rt::skn_weak_upgrade, {cell});
  v.store_at(b.CreateSelect(is_there, cell, v.null()), address(inst.dest), 0);
}

// The word of a static that gets its handle when the program first asks for it.
llvm::GlobalVariable* FunctionEmitter::static_slot(const Inst& inst) {
  std::string name = "sk.static." + inst.operands[0].constant.text;
  if (llvm::GlobalVariable* found = m.module.getGlobalVariable(name, true)) return found;
  return new llvm::GlobalVariable(m.module, b.getPtrTy(), false, llvm::GlobalValue::InternalLinkage,
                                  v.null(), name);
}

void FunctionEmitter::emit_static_get(const Inst& inst) {
  llvm::LoadInst* handle = b.CreateAlignedLoad(b.getPtrTy(), static_slot(inst), llvm::Align(8));
  handle->setAtomic(llvm::AtomicOrdering::Acquire);
  TypeId option = type_of(inst.dest);
  llvm::Value* dest = address(inst.dest);
  give_if(b.CreateIsNotNull(handle), option, dest, [&] {
    v.store_at(handle, payload_in(option, dest), 0);
    v.retain(m.program.types.arg(option), payload_in(option, dest));
  });
}

// Of several who make it at once one wins, and all get that one.
void FunctionEmitter::emit_static_set(const Inst& inst) {
  TypeId type = type_of(inst.operands[1]);
  llvm::Value* made = temp(type);
  put(inst.operands[1], made);
  llvm::Value* both = b.CreateAtomicCmpXchg(
      static_slot(inst), v.null(), v.load_pointer(made, 0), llvm::Align(8),
      llvm::AtomicOrdering::AcquireRelease, llvm::AtomicOrdering::Acquire);
  llvm::Value* is_first = b.CreateExtractValue(both, 1);
  llvm::Value* other = b.CreateExtractValue(both, 0);
  llvm::Value* dest = address(inst.dest);
  v.store_at(b.CreateSelect(is_first, v.load_pointer(made, 0), other), dest, 0);
  v.retain(type, dest);
  v.if_true(b.CreateNot(is_first), Chance::Unlikely, [&] { v.drop(type, made); });
}

bool FunctionEmitter::emit_lock_builtin(const Inst& inst) {
  switch (inst.builtin) {
    case Builtin::CellNew:
      emit_cell_new(inst);
      return true;
    case Builtin::LockAcquire:
      emit_lock_acquire(inst);
      return true;
    case Builtin::LockRelease:
      emit_lock_release(inst);
      return true;
    case Builtin::LockTry:
      emit_lock_try(inst);
      return true;
    case Builtin::LockBlock: {
      llvm::Value* list = lock_list(inst);
      refuse_lock(v.rt(Rt::skn_lock_block, {v.load_pointer(list, 0)}), list, 0);
      return true;
    }
    case Builtin::LockRetake:
      emit_lock_retake(inst);
      return true;
    case Builtin::LockTravels:
      v.rt(Rt::skn_lock_travels,
           {value(inst.operands[0]), b.getInt1(inst.operands[1].constant.bits != 0)});
      return true;
    case Builtin::SharedGet: {
      TypeId content = type_of(inst.dest);
      v.copy(content, address(inst.dest),
             v.offset(value(inst.operands[0]), abi::kCellContent));
      v.retain(content, address(inst.dest));
      return true;
    }
    case Builtin::SharedIs:
      set_dest(b.CreateICmpEQ(value(inst.operands[0]), value(inst.operands[1])));
      return true;
    case Builtin::WeakNew: {
      llvm::Value* cell = value(inst.operands[0]);
      v.retain_buffer(v.offset(cell, offsetof(abi::Cell, weak)), true);
      set_dest(cell);
      return true;
    }
    case Builtin::WeakUpgrade:
      emit_weak_upgrade(inst);
      return true;
    case Builtin::LockWaits:
      set_dest(v.rt(Rt::skn_lock_waits, {value(inst.operands[0])}));
      return true;
    case Builtin::LockWaited:
      set_dest(v.rt(Rt::skn_lock_waited, {value(inst.operands[0])}));
      return true;
    case Builtin::StaticGet:
      emit_static_get(inst);
      return true;
    case Builtin::StaticSet:
      emit_static_set(inst);
      return true;
    case Builtin::LockIsPoisoned:
      set_dest(v.rt(Rt::skn_lock_is_poisoned, {value(inst.operands[0])}));
      return true;
    case Builtin::LockClearPoison:
      v.rt(Rt::skn_lock_clear_poison, {value(inst.operands[0])});
      return true;
    default:
      return false;
  }
}

}  // namespace skein::codegen
