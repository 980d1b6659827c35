// Makes a task that only calls a function be that function.
//
// `spawn f(x)`, where x has to be dropped, starts a function that owns x, calls f and drops x
// (lower/lower_task.cpp). While f waits there would be two frames, of which the outer one holds nothing but
// x. Here the task gets the blocks of f in place of the call; the drops go to where f returns, and to
// where it goes on unwinding.
#include "compiler/passes/passes.h"
#include "compiler/sir/sir.h"

namespace skein::passes {

using sir::Block;
using sir::BlockId;
using sir::Function;
using sir::FunctionKind;
using sir::Inst;
using sir::InstKind;
using sir::LocalId;
using sir::Operand;

// Functions with more instructions than that are not written twice.
static constexpr size_t kMostInsts = 300;

static bool is_of_param(const Function& task, const Inst& inst) {
  LocalId local = inst.kind == InstKind::Drop ? inst.operands[0].place.local : inst.dest.local;
  return local.index >= 1 && local.index <= task.param_count;
}

// The call that is all the task does but for drops of what it was given; null if it does more.
static const Inst* only_call(const Function& task) {
  const Inst* call = nullptr;
  for (const Inst& inst : task.blocks[BlockId(0)].insts) {
    switch (inst.kind) {
      case InstKind::Call:
        if (call != nullptr) return nullptr;
        call = &inst;
        break;
      case InstKind::Drop:
        if (call == nullptr || !is_of_param(task, inst)) return nullptr;
        break;
      case InstKind::Dead:
        break;
      case InstKind::Return:
        return call;
      default:
        return nullptr;
    }
  }
  return nullptr;
}

// Whether all other blocks are clean-up that does nothing but drop.
static bool only_drops_else(const Function& task) {
  for (BlockId id : task.blocks.ids()) {
    if (id == BlockId(0)) continue;
    const Block& block = task.blocks[id];
    if (!block.is_cleanup || block.depth != 0) return false;
    for (const Inst& inst : block.insts) {
      bool is_known = inst.kind == InstKind::Dead || inst.kind == InstKind::Jump ||
                      inst.kind == InstKind::ResumeUnwind ||
                      (inst.kind == InstKind::Drop && is_of_param(task, inst));
      if (!is_known) return false;
    }
  }
  return true;
}

// Whether the parameters of the task are those of the function, in order, and its result is the task's.
static bool passes_all_on(const Function& task, const Inst& call, const Function& callee) {
  bool is_result = !call.dest.valid() || (call.dest.is_local() && call.dest.local == task.return_local());
  if (!is_result || call.gives_place || callee.gives_place()) return false;
  if (call.operands.size() != task.param_count || callee.param_count != task.param_count) return false;
  for (uint32_t i = 0; i < task.param_count; ++i) {
    const Operand& operand = call.operands[i];
    bool is_param = operand.is_place() && operand.place.is_local() && operand.place.local == task.param(i);
    // A scope is a reference here and borrowed there.
    bool is_lent = task.locals[task.param(i)].is_ref;
    if (!is_param || is_lent != callee.locals[callee.param(i)].is_ref) return false;
  }
  return task.return_type() == callee.return_type();
}

static bool can_be_copied(const Function& callee) {
  size_t insts = 0;
  for (const Block& block : callee.blocks) {
    insts += block.insts.size();
    bool unwinds_inside = block.depth != 0 && block.insts.back().kind == InstKind::ResumeUnwind;
    if (unwinds_inside) return false;
  }
  return callee.kind == FunctionKind::Normal && callee.suspends == sir::Suspends::Yes && insts <= kMostInsts;
}

namespace {

class Merger {
 public:
  Merger(sir::Module& module, Function& task, const Inst& call, const Function& callee)
      : module_(module), task_(task), way_out_(call.unwind), merged_(callee) {
    const std::vector<Inst>& insts = task.blocks[BlockId(0)].insts;
    at_end_.assign(insts.begin() + (&call - insts.data()) + 1, insts.end());
  }

  void run() {
    for (uint32_t i = 0; i < task_.param_count; ++i) {
      merged_.locals[merged_.param(i)].mode = task_.locals[task_.param(i)].mode;
    }
    size_t shift = merged_.blocks.size();
    for (BlockId id : merged_.blocks.ids()) end_block_with_drops(merged_.blocks[id], shift);
    // The task's first block stays behind, where nothing leads to it.
    Inst nothing;
    nothing.kind = InstKind::Unreachable;
    task_.blocks[BlockId(0)].insts.assign(1, nothing);
    for (BlockId id : task_.blocks.ids()) merged_.blocks.add(shifted(task_.blocks[id], shift));
    task_.locals = std::move(merged_.locals);
    task_.blocks = std::move(merged_.blocks);
    // For traces and debuggers it is the function.
    task_.display_name = merged_.display_name;
    task_.span = merged_.span;
  }

 private:
  static BlockId shifted(BlockId block, size_t shift) {
    return block.valid() ? BlockId(static_cast<uint32_t>(block.index + shift)) : block;
  }
  static Block shifted(Block block, size_t shift) {
    for (Inst& inst : block.insts) {
      inst.unwind = shifted(inst.unwind, shift);
      for (BlockId& target : inst.targets) target = shifted(target, shift);
    }
    return block;
  }

  void end_block_with_drops(Block& block, size_t shift) {
    BlockId way_out = shifted(way_out_, shift);
    if (way_out.valid()) {
      for (Inst& inst : block.insts) {
        bool leaves = !inst.unwind.valid() && sir::may_unwind(module_, merged_, inst);
        if (leaves) inst.unwind = way_out;
      }
    }
    Inst& end = block.insts.back();
    if (end.kind == InstKind::ResumeUnwind && way_out.valid()) {
      end.kind = InstKind::Jump;
      end.targets = {way_out};
    } else if (end.kind == InstKind::Return) {
      block.insts.pop_back();
      block.insts.insert(block.insts.end(), at_end_.begin(), at_end_.end());
    }
  }

  sir::Module& module_;
  Function& task_;
  BlockId way_out_;            // where the task drops what it was given when the call unwinds
  std::vector<Inst> at_end_;   // what it does after the call
  Function merged_;
};

}  // namespace

void merge_task_calls(sir::Module& module) {
  for (Function& task : module.functions) {
    if (task.kind != FunctionKind::TaskBody) continue;
    const Inst* call = only_call(task);
    if (call == nullptr || !only_drops_else(task)) continue;
    const Function& callee = module.functions[call->callee];
    if (!can_be_copied(callee) || !passes_all_on(task, *call, callee)) continue;
    Merger(module, task, *call, callee).run();
  }
}

}  // namespace skein::passes
