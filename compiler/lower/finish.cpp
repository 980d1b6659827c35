// Tidies the blocks of a lowered function, so that what people and passes read has no leftovers:
// blocks that nothing reaches are gone, a block that only jumps is skipped, and a block with one
// way in is joined to the one before it. Blocks stand in the order in which they run, clean-up
// blocks behind the others.
#include <algorithm>
#include <utility>

#include "compiler/lower/body.h"
#include "compiler/support/check.h"

namespace skein::lower {

// All ways on from an instruction.
static std::vector<BlockId*> edges_of(Inst& inst) {
  std::vector<BlockId*> edges;
  for (BlockId& target : inst.targets) edges.push_back(&target);
  if (inst.unwind.valid()) edges.push_back(&inst.unwind);
  return edges;
}

// Where control ends up that goes to `block`.
static BlockId skip_jumps(const sir::Function& fn, BlockId block) {
  // A loop of nothing but jumps has no end.
  for (size_t steps = 0; steps < fn.blocks.size(); ++steps) {
    const std::vector<Inst>& insts = fn.blocks[block].insts;
    if (insts.size() != 1 || insts[0].kind != InstKind::Jump) return block;
    block = insts[0].targets[0];
  }
  return block;
}

static std::vector<BlockId> blocks_in_order(sir::Function& fn) {
  std::vector<bool> seen(fn.blocks.size());
  std::vector<BlockId> finished;
  // A block and how many of its successors were visited.
  std::vector<std::pair<BlockId, size_t>> path;
  auto successors = [&](BlockId block) {
    SKEIN_CHECK(!fn.blocks[block].insts.empty() && sir::ends_block(fn.blocks[block].insts.back()),
                "a block that is reached does not end");
    std::vector<BlockId> all;
    for (Inst& inst : fn.blocks[block].insts) {
      if (inst.unwind.valid()) all.push_back(inst.unwind);
    }
    // Visited last comes first in the order, so the first target does.
    const std::vector<BlockId>& targets = fn.blocks[block].insts.back().targets;
    all.insert(all.end(), targets.rbegin(), targets.rend());
    return all;
  };
  std::vector<std::vector<BlockId>> open;
  seen[0] = true;
  path.push_back({BlockId(0), 0});
  open.push_back(successors(BlockId(0)));
  while (!path.empty()) {
    auto& [block, next] = path.back();
    if (next == open.back().size()) {
      finished.push_back(block);
      path.pop_back();
      open.pop_back();
      continue;
    }
    BlockId successor = open.back()[next++];
    if (seen[successor.index]) continue;
    seen[successor.index] = true;
    path.push_back({successor, 0});
    open.push_back(successors(successor));
  }
  std::reverse(finished.begin(), finished.end());
  std::stable_partition(finished.begin(), finished.end(),
                        [&](BlockId block) { return !fn.blocks[block].is_cleanup; });
  return finished;
}

static void keep_blocks(sir::Function& fn, const std::vector<BlockId>& order) {
  std::vector<BlockId> new_ids(fn.blocks.size());
  for (size_t i = 0; i < order.size(); ++i) {
    new_ids[order[i].index] = BlockId(static_cast<uint32_t>(i));
  }
  Store<BlockId, sir::Block> kept;
  for (BlockId block : order) kept.add(std::move(fn.blocks[block]));
  for (sir::Block& block : kept) {
    for (Inst& inst : block.insts) {
      for (BlockId* edge : edges_of(inst)) *edge = new_ids[edge->index];
    }
  }
  fn.blocks = std::move(kept);
}

static void join_blocks(sir::Function& fn, const std::vector<BlockId>& order) {
  std::vector<uint32_t> ways_in(fn.blocks.size());
  ways_in[0] = 1;
  for (BlockId block : order) {
    for (Inst& inst : fn.blocks[block].insts) {
      for (BlockId* edge : edges_of(inst)) ++ways_in[edge->index];
    }
  }
  std::vector<bool> is_joined(fn.blocks.size());
  for (BlockId id : order) {
    if (is_joined[id.index]) continue;
    std::vector<Inst>& insts = fn.blocks[id].insts;
    while (insts.back().kind == InstKind::Jump) {
      BlockId next = insts.back().targets[0];
      if (next == id || ways_in[next.index] != 1) break;
      if (fn.blocks[next].is_cleanup != fn.blocks[id].is_cleanup) break;
      is_joined[next.index] = true;
      insts.pop_back();
      std::vector<Inst>& more = fn.blocks[next].insts;
      insts.insert(insts.end(), std::make_move_iterator(more.begin()),
                   std::make_move_iterator(more.end()));
    }
  }
}

void Body::finish() {
  SKEIN_CHECK(!is_open(), "the last block of a function does not end");
  for (sir::Block& block : fn.blocks) {
    for (Inst& inst : block.insts) {
      for (BlockId* edge : edges_of(inst)) *edge = skip_jumps(fn, *edge);
    }
  }
  join_blocks(fn, blocks_in_order(fn));
  keep_blocks(fn, blocks_in_order(fn));
}

}  // namespace skein::lower
