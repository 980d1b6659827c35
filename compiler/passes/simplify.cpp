// Makes the blocks of each function as few as they can be without moving any work: for readable
// dumps, for less code at -O0, and so that a function without clean-up shows none.
//
//  - a jump to a block that only jumps on goes there at once;
//  - unwinding to blocks that have nothing to do but go on unwinding is no clean-up;
//  - blocks that nothing reaches go; a block and its only follower become one;
//  - `live` and `dead` of locals that nothing uses go, and settings of flags that nothing reads.
#include "compiler/passes/passes.h"
#include "compiler/sir/flow.h"

namespace skein::passes {

using sir::Block;
using sir::BlockId;
using sir::Function;
using sir::Inst;
using sir::InstKind;
using sir::LocalId;

static bool only_jumps(const Block& block) {
  return block.insts.size() == 1 && block.insts[0].kind == InstKind::Jump;
}

class Simplifier {
 public:
  Simplifier(sir::Module& module, Function& function) : module_(module), function_(function) {}

  void run() {
    remove_unread_flags();
    // So that a chain of empty clean-up blocks is walked once.
    thread_jumps();
    clear_idle_unwinds();
    merge_chains();
    remove_unreachable();
    remove_unused_lives();
  }

 private:
  void remove_unused_lives() {
    std::vector<bool> is_used(function_.locals.size());
    auto use = [&](LocalId local) { is_used[local.index] = true; };
    for (const Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        for (const sir::Operand& operand : inst.operands) {
          if (operand.is_place()) sir::for_each_local(operand.place, use);
        }
        bool is_life = sir::marks_life(inst);
        if (inst.dest.valid() && !is_life) sir::for_each_local(inst.dest, use);
      }
    }
    for (Block& block : function_.blocks) {
      std::erase_if(block.insts, [&](const Inst& inst) {
        bool is_life = sir::marks_life(inst);
        return is_life && !is_used[inst.dest.local.index];
      });
    }
  }

  // Where a jump to `block` ends up. A circle of jumps ends where it is entered. `finals`
  // remembers, so that a long chain is walked once.
  BlockId final_target(BlockId block, std::vector<BlockId>& finals) {
    std::vector<BlockId> passed;
    while (!finals[block.index].valid() && only_jumps(function_.blocks[block]) &&
           passed.size() < function_.blocks.size()) {
      passed.push_back(block);
      block = function_.blocks[block].insts[0].targets[0];
    }
    if (finals[block.index].valid()) block = finals[block.index];
    finals[block.index] = block;
    for (BlockId jump : passed) finals[jump.index] = block;
    return block;
  }

  void thread_jumps() {
    std::vector<BlockId> finals(function_.blocks.size());
    auto thread = [&](BlockId& target) { target = final_target(target, finals); };
    for (Block& block : function_.blocks) {
      for (Inst& inst : block.insts) {
        if (inst.unwind.valid()) thread(inst.unwind);
        for (BlockId& target : inst.targets) thread(target);
        bool is_same = inst.kind == InstKind::Branch && inst.targets[0] == inst.targets[1];
        if (is_same) {
          inst.kind = InstKind::Jump;
          inst.operands.clear();
          inst.targets.resize(1);
        }
      }
    }
  }

  // Whether unwinding through `block` does nothing: it and those after it are empty.
  bool is_idle(BlockId block) {
    for (size_t steps = 0; steps < function_.blocks.size(); ++steps) {
      for (const Inst& inst : function_.blocks[block].insts) {
        bool is_nothing = inst.kind == InstKind::Dead || inst.kind == InstKind::Jump;
        if (!is_nothing) return inst.kind == InstKind::ResumeUnwind;
      }
      block = function_.blocks[block].insts.back().targets[0];
    }
    return false;
  }

  void clear_idle_unwinds() {
    enum class Known : uint8_t { No, Idle, Busy };
    std::vector<Known> known(function_.blocks.size(), Known::No);
    for (Block& block : function_.blocks) {
      for (Inst& inst : block.insts) {
        if (!inst.unwind.valid()) continue;
        if (!sir::may_unwind(module_, function_, inst)) {
          inst.unwind = BlockId();
          continue;
        }
        // In a clean-up a second panic is attached to the first; that needs a block to go on from.
        if (block.is_cleanup) continue;
        Known& answer = known[inst.unwind.index];
        if (answer == Known::No) answer = is_idle(inst.unwind) ? Known::Idle : Known::Busy;
        if (answer == Known::Idle) inst.unwind = BlockId();
      }
    }
  }

  void merge_chains() {
    sir::Flow flow(function_);
    // A block that is also unwound to keeps its name.
    std::vector<bool> is_unwound_to(function_.blocks.size());
    for (const Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.unwind.valid()) is_unwound_to[inst.unwind.index] = true;
      }
    }
    std::vector<bool> is_merged(function_.blocks.size());
    for (BlockId id : flow.order()) {
      if (is_merged[id.index]) continue;
      Block& block = function_.blocks[id];
      for (;;) {
        const Inst& end = block.insts.back();
        if (end.kind != InstKind::Jump) break;
        BlockId next = end.targets[0];
        bool is_only_way =
            flow.predecessors(next).size() == 1 && !is_unwound_to[next.index] && next != id;
        if (!is_only_way || next == BlockId(0)) break;
        if (function_.blocks[next].is_cleanup != block.is_cleanup) break;
        block.insts.pop_back();
        std::vector<Inst>& moved = function_.blocks[next].insts;
        block.insts.insert(block.insts.end(), std::make_move_iterator(moved.begin()),
                           std::make_move_iterator(moved.end()));
        Inst gone;
        gone.kind = InstKind::Unreachable;
        moved.assign(1, gone);
        is_merged[next.index] = true;
      }
    }
  }

  void remove_unreachable() {
    sir::Flow flow(function_);
    if (flow.order().size() == function_.blocks.size()) return;
    std::vector<BlockId> renamed(function_.blocks.size());
    Store<BlockId, Block> kept;
    for (BlockId id : function_.blocks.ids()) {
      if (flow.is_reachable(id)) renamed[id.index] = kept.add(std::move(function_.blocks[id]));
    }
    for (Block& block : kept) {
      for (Inst& inst : block.insts) {
        if (inst.unwind.valid()) inst.unwind = renamed[inst.unwind.index];
        for (BlockId& target : inst.targets) target = renamed[target.index];
      }
    }
    function_.blocks = std::move(kept);
  }

  void remove_unread_flags() {
    bool has_flags = false;
    for (const sir::Local& local : function_.locals) {
      has_flags |= local.kind == sir::LocalKind::Flag;
    }
    if (!has_flags) return;
    sir::Flow flow(function_);
    sir::Liveness live(flow);
    for (BlockId block : flow.order()) {
      std::vector<Inst>& insts = function_.blocks[block].insts;
      sir::BitSet after = live.at_end(block);
      std::vector<bool> is_unread(insts.size());
      for (size_t i = insts.size(); i-- > 0;) {
        is_unread[i] = sets_flag(insts[i]) && !after.test(insts[i].dest.local.index);
        live.step_back(block, i, after);
      }
      size_t index = 0;
      std::erase_if(insts, [&](const Inst&) { return is_unread[index++]; });
    }
  }

  bool sets_flag(const Inst& inst) const {
    return inst.kind == InstKind::Assign && inst.dest.is_local() &&
           function_.locals[inst.dest.local].kind == sir::LocalKind::Flag;
  }

  sir::Module& module_;
  Function& function_;
};

void simplify(sir::Module& module) {
  for (Function& function : module.functions) Simplifier(module, function).run();
}

}  // namespace skein::passes
