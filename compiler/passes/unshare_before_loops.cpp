// Makes an array that a loop writes in each round the loop's own before it begins, and takes the test for other owners
// out of the loop.
//
//   bb1: …                                       bb1: …
//     jump bb2                                     unshare mut %1
//   bb2:                                           jump bb2
//     …                                          bb2:
//     unshare mut %1                      to       …
//     %1[%7] = assign copy %8                      %1[%7] = assign copy %8
//     branch copy %6, bb2, bb3                     branch copy %6, bb2, bb3
//
// LLVM cannot do it: for it the call that copies the array may do anything, so that nothing is known of the array in
// the next round, and a loop with a call in it is not vectorised. An array that nobody else owns stays so while the loop
// looks at nothing but its elements and its length.
//
// A loop that turns out to have no round copies a shared array for nothing. One that writes in some rounds only is left
// as it is.
#include <algorithm>

#include "compiler/passes/passes.h"
#include "compiler/sir/flow.h"

namespace skein::passes {

using sir::Block;
using sir::BlockId;
using sir::Function;
using sir::Inst;
using sir::InstKind;
using sir::LocalId;
using sir::Operand;
using sir::Place;
using sir::Projection;

// Of one loop; more are not looked at, which bounds the time.
static constexpr size_t kMostArrays = 8;

// The blocks that are on each way to a block.
class Dominators {
 public:
  explicit Dominators(const sir::Flow& flow) : above_(flow.order().size(), 0) {
    std::vector<bool> is_known(above_.size());
    is_known[0] = true;
    for (bool changed = true; changed;) {
      changed = false;
      for (uint32_t at = 1; at < above_.size(); ++at) {
        uint32_t found = UINT32_MAX;
        for (BlockId before : flow.predecessors(flow.order()[at])) {
          uint32_t position = flow.position(before);
          if (position == UINT32_MAX || !is_known[position]) continue;
          found = found == UINT32_MAX ? position : common(found, position);
        }
        changed |= !is_known[at] || above_[at] != found;
        is_known[at] = true;
        above_[at] = found;
      }
    }
  }

  bool dominates(uint32_t a, uint32_t b) const {
    while (b > a) b = above_[b];
    return a == b;
  }
  uint32_t common(uint32_t a, uint32_t b) const {
    while (a != b) (a > b ? a : b) = above_[a > b ? a : b];
    return a;
  }
  uint32_t above(uint32_t block) const { return above_[block]; }

 private:
  std::vector<uint32_t> above_;  // all by their positions in the order
};

struct Loop {
  BlockId head;
  std::vector<BlockId> blocks;
  // Those that run in each round.
  std::vector<BlockId> always;
  // Those that lead to the head from outside.
  std::vector<BlockId> entries;
};

// Whether `place` is an element of `array`, or a part of one.
static bool is_in(const Place& place, const Place& array) {
  return place.local == array.local && place.path.size() > array.path.size() &&
         std::equal(array.path.begin(), array.path.end(), place.path.begin()) &&
         place.path[array.path.size()].kind == Projection::Kind::Index;
}

// Whether the two are different fields, or fields of them.
static bool are_apart(const Place& a, const Place& b) {
  if (a.local != b.local) return true;
  size_t shorter = std::min(a.path.size(), b.path.size());
  for (size_t i = 0; i < shorter; ++i) {
    if (a.path[i] == b.path[i]) continue;
    return a.path[i].kind == Projection::Kind::Field && b.path[i].kind == Projection::Kind::Field;
  }
  return false;
}

static bool looks_at_length(const Inst& inst) {
  return inst.kind == InstKind::CheckIndex ||
         (inst.kind == InstKind::Builtin && inst.builtin == types::Builtin::ArrayLen);
}

// After it nothing stands for what it was lent.
static bool lets_go(const Inst& inst) {
  switch (inst.kind) {
    case InstKind::Assign:
    case InstKind::Builtin:
    case InstKind::CallValue:
    case InstKind::CheckIndex:
    case InstKind::Drop:
    case InstKind::Unshare:
      return true;
    case InstKind::Call:
      return !inst.gives_place;
    default:
      return false;
  }
}

class LoopUnsharer {
 public:
  LoopUnsharer(sir::Module& module, Function& function) : module_(module), function_(function) {}

  void run() {
    if (!has_unshare()) return;
    find_lent();
    sir::Flow flow(function_);
    // Inner loops first: what they do before they begin may be done before the outer one.
    for (const Loop& loop : loops_of(flow)) unshare_before(loop);
  }

 private:
  bool has_unshare() const {
    for (const Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.kind == InstKind::Unshare) return true;
      }
    }
    return false;
  }

  // What is lent to a task or a closure may be looked at where its name is not, and what a reference stands for
  // where the reference is.
  void find_lent() {
    is_lent_.assign(function_.locals.size(), false);
    behind_.assign(function_.locals.size(), LocalId());
    for (const Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.kind == InstKind::Ref) note_reference(inst);
        if (inst.kind == InstKind::Ref || lets_go(inst)) continue;
        for (const Operand& operand : inst.operands) {
          bool is_use = operand.kind == Operand::Kind::Mut || operand.kind == Operand::Kind::Borrow;
          if (is_use) is_lent_[operand.place.local.index] = true;
        }
      }
    }
  }

  void note_reference(const Inst& inst) {
    const Place& whole = inst.operands[0].place;
    bool is_element = std::any_of(whole.path.begin(), whole.path.end(), [](const Projection& step) {
      return step.kind == Projection::Kind::Index;
    });
    if (is_element) return;
    // In what a closure has captured, which can be moved.
    if (!inst.dest.is_local() || !function_.locals[inst.dest.local].is_ref) {
      is_lent_[whole.local.index] = true;
      return;
    }
    LocalId& behind = behind_[inst.dest.local.index];
    if (behind.valid() && behind != whole.local) is_lent_[behind.index] = is_lent_[whole.local.index] = true;
    behind = whole.local;
  }

  // Whether a place, named by a reference, may be the array or hold it.
  bool stands_for(LocalId local, const Place& array) const {
    if (local == array.local) return false;
    // A reference to a reference is made where the other is known: a circle is no way on.
    for (size_t steps = 0; behind_[local.index].valid() && steps < behind_.size(); ++steps) {
      local = behind_[local.index];
      if (local == array.local) return true;
    }
    return false;
  }

  std::vector<Loop> loops_of(const sir::Flow& flow) const;

  bool is_candidate(const Place& array) const {
    const sir::Local& local = function_.locals[array.local];
    // A `mut` parameter is reached by its own name alone.
    bool may_be_another = local.is_ref && local.kind != sir::LocalKind::Param;
    if (may_be_another || local.is_borrow || local.is_kept) return false;
    if (is_lent_[array.local.index]) return false;
    bool is_plain = std::all_of(array.path.begin(), array.path.end(), [](const Projection& step) {
      return step.kind == Projection::Kind::Field;
    });
    return is_plain && !goes_through_box(array) &&
           module_.program->types.kind(sir::place_type(module_, function_, array)) ==
               types::TypeKind::Array;
  }

  bool goes_through_box(const Place& place) const {
    Place whole(place.local);
    for (const Projection& step : place.path) {
      const types::Type& type =
          module_.program->types.get(sir::place_type(module_, function_, whole));
      if (type.kind == types::TypeKind::Struct &&
          module_.program->structs[types::StructId(type.decl)].fields[step.index].is_boxed) {
        return true;
      }
      whole.path.push_back(step);
    }
    return false;
  }

  // The arrays that each round makes its own.
  std::vector<Inst> candidates(const Loop& loop) const {
    std::vector<Inst> found;
    for (BlockId block : loop.always) {
      for (const Inst& inst : function_.blocks[block].insts) {
        if (inst.kind != InstKind::Unshare || found.size() == kMostArrays) continue;
        const Place& array = inst.operands[0].place;
        bool is_known = std::any_of(found.begin(), found.end(), [&](const Inst& known) {
          return known.operands[0].place == array;
        });
        if (!is_known && is_candidate(array)) found.push_back(inst);
      }
    }
    return found;
  }

  // Whether the array may get another owner in the loop, or be another array.
  bool may_change(const Inst& inst, const Place& array) const {
    auto is_harmless = [&](const Place& place) {
      return is_in(place, array) ||
             (are_apart(place, array) && !stands_for(place.local, array));
    };
    if (inst.dest.valid() && !is_harmless(inst.dest)) return true;
    bool is_look = looks_at_length(inst) || inst.kind == InstKind::Unshare;
    for (const Operand& operand : inst.operands) {
      if (!operand.is_place() || is_harmless(operand.place)) continue;
      if (!is_look || operand.place != array) return true;
    }
    return false;
  }

  bool stays_own(const Loop& loop, const Place& array) const {
    return std::none_of(loop.blocks.begin(), loop.blocks.end(), [&](BlockId block) {
      const std::vector<Inst>& insts = function_.blocks[block].insts;
      return std::any_of(insts.begin(), insts.end(),
                         [&](const Inst& inst) { return may_change(inst, array); });
    });
  }

  void unshare_before(const Loop& loop) {
    std::vector<Inst> before = candidates(loop);
    std::erase_if(before, [&](const Inst& inst) {
      return !stays_own(loop, inst.operands[0].place);
    });
    if (before.empty()) return;
    for (BlockId block : loop.blocks) {
      std::erase_if(function_.blocks[block].insts, [&](const Inst& inst) {
        return inst.kind == InstKind::Unshare &&
               std::any_of(before.begin(), before.end(), [&](const Inst& known) {
                 return known.operands[0].place == inst.operands[0].place;
               });
      });
    }
    std::vector<Inst>& insts = function_.blocks[loop.entries[0]].insts;
    insts.insert(insts.end() - 1, before.begin(), before.end());
  }

  sir::Module& module_;
  Function& function_;
  // By local; of a reference, whose whole it stands for.
  std::vector<bool> is_lent_;
  std::vector<LocalId> behind_;
};

// Backward from the ends of its rounds to the head. `heads` has for each block the loop that was
// found last around it.
static void add_blocks(const sir::Flow& flow, Loop& loop, std::vector<BlockId> latches,
                       std::vector<BlockId>& heads) {
  heads[loop.head.index] = loop.head;
  loop.blocks = {loop.head};
  std::vector<BlockId> open = std::move(latches);
  while (!open.empty()) {
    BlockId block = open.back();
    open.pop_back();
    if (!flow.is_reachable(block) || heads[block.index] == loop.head) continue;
    heads[block.index] = loop.head;
    loop.blocks.push_back(block);
    for (BlockId before : flow.predecessors(block)) open.push_back(before);
  }
  for (BlockId before : flow.predecessors(loop.head)) {
    bool is_entry = flow.is_reachable(before) && heads[before.index] != loop.head;
    if (is_entry) loop.entries.push_back(before);
  }
}

std::vector<Loop> LoopUnsharer::loops_of(const sir::Flow& flow) const {
  Dominators dominators(flow);
  std::vector<BlockId> heads(function_.blocks.size());
  std::vector<Loop> loops;
  for (uint32_t at = static_cast<uint32_t>(flow.order().size()); at-- > 0;) {
    Loop loop;
    loop.head = flow.order()[at];
    std::vector<BlockId> latches;
    uint32_t end = UINT32_MAX;
    for (BlockId before : flow.predecessors(loop.head)) {
      uint32_t position = flow.position(before);
      if (position == UINT32_MAX || !dominators.dominates(at, position)) continue;
      latches.push_back(before);
      end = end == UINT32_MAX ? position : dominators.common(end, position);
    }
    if (latches.empty()) continue;
    for (; end != at; end = dominators.above(end)) loop.always.push_back(flow.order()[end]);
    loop.always.push_back(loop.head);
    add_blocks(flow, loop, std::move(latches), heads);
    // It is entered from one block, which leads nowhere else.
    bool is_entered = loop.entries.size() == 1 && at > 0 &&
                      function_.blocks[loop.entries[0]].insts.back().kind == InstKind::Jump;
    if (is_entered) loops.push_back(std::move(loop));
  }
  return loops;
}

void unshare_before_loops(sir::Module& module) {
  for (Function& function : module.functions) LoopUnsharer(module, function).run();
}

}  // namespace skein::passes
