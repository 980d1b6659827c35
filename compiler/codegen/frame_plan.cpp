// Finds the block by dominators (after Cooper, Harvey and Kennedy: a simple, fast dominance
// algorithm).
#include "compiler/codegen/frame_plan.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "compiler/support/check.h"

namespace skein::codegen {

using sir::BlockId;

std::vector<BlockId> successors(const sir::Block& block) {
  std::vector<BlockId> out = block.insts.back().targets;
  for (const sir::Inst& inst : block.insts) {
    if (inst.unwind.valid()) out.push_back(inst.unwind);
  }
  return out;
}

namespace {

class Dominators {
 public:
  explicit Dominators(const sir::Function& function)
      : order_(function.blocks.size(), kNotReached), idom_(function.blocks.size()) {
    walk(function);
    solve();
  }

  bool is_reached(BlockId block) const { return order_[block.index] != kNotReached; }
  BlockId idom(BlockId block) const { return idom_[block.index]; }

  BlockId common(BlockId a, BlockId b) const {
    while (a != b) {
      while (order_[a.index] < order_[b.index]) a = idom_[a.index];
      while (order_[b.index] < order_[a.index]) b = idom_[b.index];
    }
    return a;
  }

 private:
  static constexpr uint32_t kNotReached = UINT32_MAX;

  // Numbers blocks in postorder, without recursion.
  void walk(const sir::Function& function) {
    std::vector<std::vector<BlockId>> next(function.blocks.size());
    predecessors_.resize(function.blocks.size());
    std::vector<bool> seen(function.blocks.size());
    std::vector<std::pair<BlockId, size_t>> path;
    auto enter = [&](BlockId block) {
      seen[block.index] = true;
      next[block.index] = successors(function.blocks[block]);
      path.push_back({block, 0});
    };
    enter(BlockId(0));
    while (!path.empty()) {
      auto& [block, position] = path.back();
      if (position == next[block.index].size()) {
        order_[block.index] = static_cast<uint32_t>(postorder_.size());
        postorder_.push_back(block);
        path.pop_back();
        continue;
      }
      BlockId to = next[block.index][position++];
      predecessors_[to.index].push_back(block);
      if (!seen[to.index]) enter(to);
    }
  }

  void solve() {
    idom_[0] = BlockId(0);
    for (bool changed = true; changed;) {
      changed = false;
      for (size_t i = postorder_.size() - 1; i-- > 0;) {
        BlockId block = postorder_[i];
        BlockId best;
        for (BlockId before : predecessors_[block.index]) {
          if (!idom_[before.index].valid()) continue;
          best = best.valid() ? common(before, best) : before;
        }
        if (idom_[block.index] != best) {
          idom_[block.index] = best;
          changed = true;
        }
      }
    }
  }

  std::vector<uint32_t> order_;
  std::vector<BlockId> idom_;
  std::vector<BlockId> postorder_;
  std::vector<std::vector<BlockId>> predecessors_;
};

}  // namespace

// A drop does not: what there is to wait for is a `settle` by now.
static bool may_suspend(sir::Module& module, const sir::Function& function,
                        const sir::Block& block) {
  for (const sir::Inst& inst : block.insts) {
    if (inst.kind != sir::InstKind::Drop && sir::may_suspend(module, function, inst)) return true;
  }
  return false;
}

// The blocks reachable from the targets of `start` or, with `stop`, without passing through it.
static std::vector<bool> reachable(const sir::Function& function, std::vector<BlockId> pending,
                                   BlockId stop) {
  std::vector<bool> seen(function.blocks.size());
  while (!pending.empty()) {
    BlockId block = pending.back();
    pending.pop_back();
    if (block == stop || seen[block.index]) continue;
    seen[block.index] = true;
    for (BlockId next : successors(function.blocks[block])) pending.push_back(next);
  }
  return seen;
}

static bool is_in_loop(const sir::Function& function, BlockId block) {
  return reachable(function, successors(function.blocks[block]), BlockId())[block.index];
}

// What is written before the frame is made lies on the stack and is copied into the frame then.
// That is wrong for a place whose address is kept.
static bool can_run_without_frame(const sir::Block& block) {
  for (const sir::Inst& inst : block.insts) {
    bool keeps_address = inst.kind == sir::InstKind::Ref ||
                         inst.kind == sir::InstKind::ScopeEnter ||
                         inst.kind == sir::InstKind::WithinEnter || sir::makes_window(inst);
    if (keeps_address) return false;
  }
  return true;
}

// ---- early exits -------------------------------------------------------------------------------

// So many instructions may be copied to every call.
static constexpr size_t kShort = 12;

// Whether it does nothing but compute: nobody can tell when it runs, or in which task.
static bool only_computes(sir::Module& module, const sir::Function& function,
                          const sir::Inst& inst) {
  using sir::InstKind;
  if (sir::may_unwind(module, function, inst)) return false;
  if (inst.kind == InstKind::Builtin) {
    return types::builtin_effects(inst.builtin) == types::BuiltinEffects::Pure;
  }
  bool is_number = inst.kind == InstKind::Unary || inst.kind == InstKind::Binary ||
                   inst.kind == InstKind::Convert;
  sir::Effects effects = sir::inst_row(inst.kind).effects;
  return is_number || effects == sir::Effects::Pure || effects == sir::Effects::Ends;
}

static void note_locals(const sir::Place& place, std::vector<bool>& noted) {
  if (!place.valid()) return;
  noted[place.local.index] = true;
  for (const sir::Projection& step : place.path) {
    if (step.local.valid()) noted[step.local.index] = true;
  }
}

// The locals that blocks mention; `return` mentions local 0.
static std::vector<bool> locals_of(const sir::Function& function, const std::vector<bool>& blocks) {
  std::vector<bool> noted(function.locals.size());
  for (BlockId block : function.blocks.ids()) {
    if (!blocks[block.index]) continue;
    for (const sir::Inst& inst : function.blocks[block].insts) {
      note_locals(inst.dest, noted);
      for (const sir::Operand& operand : inst.operands) note_locals(operand.place, noted);
      if (inst.kind == sir::InstKind::Return) noted[0] = true;
    }
  }
  return noted;
}

static bool find_early_exit(sir::Module& module, const sir::Function& function, BlockId begin,
                            const std::vector<bool>& before) {
  std::vector<bool> after = locals_of(function, reachable(function, {begin}, BlockId()));
  size_t count = 0;
  for (BlockId id : function.blocks.ids()) {
    if (!before[id.index]) continue;
    const sir::Block& block = function.blocks[id];
    count += block.insts.size();
    if (count > kShort || is_in_loop(function, id)) return false;
    bool leads_on = reachable(function, {id}, BlockId())[begin.index];
    for (const sir::Inst& inst : block.insts) {
      if (!only_computes(module, function, inst)) return false;
      if (!leads_on) continue;
      if (inst.dest.valid() && after[inst.dest.local.index]) return false;
      for (const sir::Operand& operand : inst.operands) {
        if (operand.kind == sir::Operand::Kind::Move) return false;
      }
    }
  }
  return true;
}

FramePlan plan_frame(sir::Module& module, const sir::Function& function) {
  Dominators dominators(function);
  FramePlan plan;
  for (BlockId block : function.blocks.ids()) {
    if (!dominators.is_reached(block)) continue;
    if (!may_suspend(module, function, function.blocks[block])) continue;
    plan.begin = plan.needs_frame ? dominators.common(plan.begin, block) : block;
    plan.needs_frame = true;
  }
  if (!plan.needs_frame) return plan;
  while (plan.begin.index != 0 && is_in_loop(function, plan.begin)) {
    plan.begin = dominators.idom(plan.begin);
  }
  if (plan.begin.index == 0) {
    plan.begin = BlockId();
    return plan;
  }
  std::vector<bool> before = reachable(function, {BlockId(0)}, plan.begin);
  for (BlockId block : function.blocks.ids()) {
    if (before[block.index] && !can_run_without_frame(function.blocks[block])) {
      plan.begin = BlockId();
      return plan;
    }
  }
  plan.has_early_exit = find_early_exit(module, function, plan.begin, before);
  return plan;
}

}  // namespace skein::codegen
