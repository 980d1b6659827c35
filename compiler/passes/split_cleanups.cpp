// Gives each way out the clean-up that it needs.
//
// Instructions in one scope share their clean-up blocks, which drop all that the scope holds. But
// what was moved away needs no drop any more, so the same block is reached with a value and
// without:
//
//     %b = call f() unwind bb1        bb1 cleanup: drop a; resume_unwind
//     %c = await move a unwind bb1
//
// Left alone, place_drops would decide that by a flag, set and tested at run time. Here the second
// one goes past the drop at once. Where a drop in the middle of a chain is not needed the blocks up
// to there are copied. Only chains of plain drops are looked at, and only their first few drops: a
// value that is moved away is mostly among the latest.
#include <map>
#include <utility>

#include "compiler/passes/passes.h"
#include "compiler/sir/move_paths.h"

namespace skein::passes {

using sir::BitSet;
using sir::Block;
using sir::BlockId;
using sir::Function;
using sir::Inst;
using sir::InstKind;
using sir::LocalId;
using sir::Moment;
using sir::MovePaths;

class CleanupSplitter {
 public:
  explicit CleanupSplitter(Function& function)
      : function_(function), flow_(function), paths_(function, find_dropped()),
        states_(flow_, paths_) {}

  void run() {
    for (BlockId block : flow_.order()) {
      if (!function_.blocks[block].is_cleanup) split_from(block);
    }
  }

 private:
  // Drops of a chain that are looked at, and copies made of one block.
  static constexpr size_t kMaxDrops = 16;
  static constexpr size_t kMaxCopies = 8;

  // Which of the first drops from a block on have nothing to drop.
  using Needless = std::vector<bool>;

  std::vector<bool> find_dropped() const {
    std::vector<bool> is_dropped(function_.locals.size());
    for (const Block& block : function_.blocks) {
      if (!block.is_cleanup) continue;
      for (const Inst& inst : block.insts) {
        if (inst.kind != InstKind::Drop) continue;
        LocalId local = inst.operands[0].place.local;
        if (sir::owns_value(function_.locals[local])) is_dropped[local.index] = true;
      }
    }
    return is_dropped;
  }

  void split_from(BlockId block) {
    BitSet maybe = states_.maybe(block);
    std::vector<Inst>& insts = function_.blocks[block].insts;
    for (size_t i = 0; i < insts.size(); ++i) {
      uint32_t number = flow_.inst_number(block, i);
      sir::apply(states_.changes().at(number, Moment::Takes), maybe);
      if (insts[i].unwind.valid()) insts[i].unwind = way_out(insts[i].unwind, maybe);
      sir::apply(states_.changes().at(number, Moment::Gives), maybe);
    }
  }

  static bool is_plain(const Block& block) {
    for (const Inst& inst : block.insts) {
      bool is_known = inst.kind == InstKind::Drop || inst.kind == InstKind::Dead ||
                      inst.kind == InstKind::Jump || inst.kind == InstKind::ResumeUnwind;
      if (!is_known) return false;
    }
    return true;
  }

  bool is_needless(const Inst& drop, const BitSet& maybe) const {
    MovePaths::Found found = paths_.find(drop.operands[0].place);
    if (!found.path.valid() || !found.is_exact) return false;
    bool has_value = false;
    paths_.for_each_inside(found.path,
                           [&](sir::PathId path) { has_value |= maybe.test(path.index); });
    return !has_value;
  }

  BlockId way_out(BlockId target, const BitSet& maybe) {
    Needless needless;
    BlockId at = target;
    while (needless.size() < kMaxDrops && is_plain(function_.blocks[at])) {
      for (const Inst& inst : function_.blocks[at].insts) {
        if (inst.kind == InstKind::Drop) needless.push_back(is_needless(inst, maybe));
      }
      const Inst& end = function_.blocks[at].insts.back();
      if (end.kind != InstKind::Jump) break;
      at = end.targets[0];
    }
    // What comes behind the last needless drop stays shared.
    while (!needless.empty() && !needless.back()) needless.pop_back();
    return needless.empty() ? target : copy_without(target, needless);
  }

  // The chain from `block` on without the needless drops.
  BlockId copy_without(BlockId block, const Needless& needless) {
    BlockId first;
    BlockId last;
    size_t at = 0;
    while (at < needless.size()) {
      Needless rest(needless.begin() + static_cast<ptrdiff_t>(at), needless.end());
      auto [known, is_new] = copies_.emplace(std::pair(block.index, rest), BlockId());
      if (is_new && ++copy_counts_[block.index] > kMaxCopies) {
        copies_.erase(known);
        break;
      }
      size_t drops = 0;
      if (is_new) known->second = copy_block(block, rest, drops);
      link(first, last, known->second);
      if (!is_new) return first;
      at += drops;
      last = known->second;
      const Inst& end = function_.blocks[block].insts.back();
      if (end.kind != InstKind::Jump) return first;
      block = end.targets[0];
    }
    link(first, last, block);
    return first;
  }

  // Makes `block` the one after `last`, or the first.
  void link(BlockId& first, BlockId last, BlockId block) {
    if (!first.valid()) {
      first = block;
    } else {
      function_.blocks[last].insts.back().targets[0] = block;
    }
  }

  BlockId copy_block(BlockId block, const Needless& needless, size_t& drops) {
    Block copy;
    copy.is_cleanup = true;
    copy.depth = function_.blocks[block].depth;
    for (const Inst& inst : function_.blocks[block].insts) {
      bool is_drop = inst.kind == InstKind::Drop;
      bool is_left_out = is_drop && drops < needless.size() && needless[drops];
      drops += is_drop;
      if (!is_left_out) copy.insts.push_back(inst);
    }
    return function_.blocks.add(std::move(copy));
  }

  Function& function_;
  sir::Flow flow_;
  MovePaths paths_;
  sir::InitStates states_;
  std::map<std::pair<uint32_t, Needless>, BlockId> copies_;
  std::map<uint32_t, size_t> copy_counts_;
};

static bool has_cleanup(const Function& function) {
  for (const Block& block : function.blocks) {
    if (block.is_cleanup) return true;
  }
  return false;
}

void split_cleanups(sir::Module& module) {
  for (Function& function : module.functions) {
    if (has_cleanup(function)) CleanupSplitter(function).run();
  }
}

}  // namespace skein::passes
