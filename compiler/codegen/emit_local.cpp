// Locals of tasks and threads: handles that the runtime keeps, found by the number of the local.
#include "compiler/codegen/function_emitter.h"
#include "llvm/IR/Instructions.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

using sir::Inst;
using types::Builtin;

// The handle is given away, with how to drop it.
void FunctionEmitter::give_local(const Inst& inst, Rt function) {
  llvm::Function* drop = m.glue.drop_cell(type_of(inst.operands[0]));
  v.rt(function, {value(inst.operands[1]), value(inst.operands[0]), drop});
}

// An option of a handle is the handle itself, or null.
void FunctionEmitter::find_local(const Inst& inst, Rt function) {
  llvm::Value* cell = v.rt(function, {value(inst.operands[0])});
  v.if_true(b.CreateIsNotNull(cell), Chance::Even, [&] { v.retain_buffer(cell, true); });
  v.store_at(cell, address(inst.dest), 0);
}

bool FunctionEmitter::emit_local_builtin(const Inst& inst) {
  switch (inst.builtin) {
    case Builtin::TaskLocalEnter:
      give_local(inst, Rt::skn_task_local_enter);
      return true;
    case Builtin::TaskLocalLeave:
      v.rt(Rt::skn_task_local_leave, {});
      return true;
    case Builtin::TaskLocalFind:
      find_local(inst, Rt::skn_task_local_find);
      return true;
    case Builtin::ThreadLocalFind:
      find_local(inst, Rt::skn_thread_local_find);
      return true;
    case Builtin::ThreadLocalSet:
      give_local(inst, Rt::skn_thread_local_set);
      return true;
    default:
      return false;
  }
}

}  // namespace skein::codegen
