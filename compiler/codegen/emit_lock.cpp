// Locks and shared values: handles to a cell that holds a value (abi::Cell).
#include "compiler/codegen/function_emitter.h"
#include "compiler/support/check.h"
#include "llvm/IR/Instructions.h"
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
          return wait_at_channel(lock, v.null(), Rt::skn_await_lock, [&] {
            if (i > 0) v.rt(Rt::skn_locks_give_back, {list, v.i64(i)});
          });
        },
        [&]() -> llvm::Value* { return at_once; });
    panic_if(b.CreateICmpEQ(outcome, v.i32(abi::kLockPoisoned)),
             [&] { return v.rt(Rt::skn_lock_failed, {list, v.i64(i + 1), v.i32(site())}); });
  }
}

void FunctionEmitter::emit_lock_release(const Inst& inst) {
  for (size_t i = 0; i + 1 < inst.operands.size(); i += 2) {
    bool is_shared = inst.operands[i + 1].constant.bits != 0;
    v.rt(Rt::skn_lock_release, {value(inst.operands[i]), b.getInt1(is_shared),
                                b.getInt1(in_cleanup())});
  }
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
      llvm::Value* outcome = v.rt(Rt::skn_lock_block, {v.load_pointer(list, 0)});
      panic_if(b.CreateICmpEQ(outcome, v.i32(abi::kLockPoisoned)),
               [&] { return v.rt(Rt::skn_lock_failed, {list, v.i64(1), v.i32(site())}); });
      return true;
    }
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
