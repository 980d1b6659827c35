// How control and facts flow through a function: edges, orders, and one dataflow solver.
//
// An instruction with `unwind` leaves its block in the middle, so facts are kept for instructions,
// not blocks. Each instruction changes facts at two moments: when it takes its operands and when
// it gives its result; it unwinds between the two. A pass lists the changes and solve() does the
// rest, forward (what may have happened) or backward (what may still happen).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/sir/sir.h"

namespace skein::sir {

// Edges between the blocks of a function, as it was when this was made. Instructions are numbered
// through: those of bb0 first.
class Flow {
 public:
  explicit Flow(const Function& function);

  const Function& function() const { return function_; }
  // Those the last instruction goes to, and where its instructions unwind to; no block twice.
  std::span<const BlockId> successors(BlockId block) const { return slice(successors_, block); }
  std::span<const BlockId> predecessors(BlockId block) const { return slice(predecessors_, block); }
  // The blocks that can be reached, each before those it leads to, except along loops.
  const std::vector<BlockId>& order() const { return order_; }
  // The place of a block in order(); UINT32_MAX for a block that cannot be reached.
  uint32_t position(BlockId block) const { return positions_[block.index]; }
  bool is_reachable(BlockId block) const { return position(block) != UINT32_MAX; }

  uint32_t first_inst(BlockId block) const { return first_insts_[block.index]; }
  uint32_t inst_number(BlockId block, size_t index) const {
    return first_inst(block) + static_cast<uint32_t>(index);
  }
  uint32_t inst_count() const { return first_insts_.back(); }

 private:
  // Rows of ids, one a block, in one vector.
  struct Rows {
    std::vector<uint32_t> starts;
    std::vector<BlockId> ids;
  };
  static std::span<const BlockId> slice(const Rows& rows, BlockId block) {
    return {rows.ids.data() + rows.starts[block.index],
            rows.ids.data() + rows.starts[block.index + 1]};
  }
  void find_successors();
  void find_predecessors();
  void find_order();

  const Function& function_;
  Rows successors_;
  Rows predecessors_;
  std::vector<BlockId> order_;
  std::vector<uint32_t> positions_;
  std::vector<uint32_t> first_insts_;
};

// A set of numbers that takes memory for its members only: a function has as many locals as
// statements, but few of them are alive at any one place.
class BitSet {
 public:
  bool test(uint32_t bit) const;
  void set(uint32_t bit, bool value = true);
  // Both tell whether this set changed.
  bool unite(const BitSet& other);
  bool intersect(const BitSet& other);
  bool empty() const { return words_.empty(); }
  friend bool operator==(const BitSet&, const BitSet&) = default;

 private:
  // 64 members together; never without a member, and sorted.
  struct Word {
    uint32_t index;
    uint64_t bits;
    friend bool operator==(const Word&, const Word&) = default;
  };
  size_t find(uint32_t index) const;

  std::vector<Word> words_;
};

struct Change {
  uint32_t bit;
  bool value;
};

// When in an instruction a change happens.
enum class Moment : uint8_t { Takes, Gives };

// The changes of all instructions. Added instruction by instruction, in the order of their numbers;
// within one instruction in any order, but takes before gives.
class Changes {
 public:
  void add(uint32_t inst, Moment moment, uint32_t bit, bool value);
  // To be called when all are added.
  void finish(uint32_t inst_count);
  std::span<const Change> at(uint32_t inst, Moment moment) const {
    uint32_t slot = inst * 2 + static_cast<uint32_t>(moment);
    return {changes_.data() + starts_[slot], changes_.data() + starts_[slot + 1]};
  }

 private:
  std::vector<Change> changes_;
  std::vector<uint32_t> starts_;
};

enum class Direction : uint8_t { Forward, Backward };
enum class Meet : uint8_t { Union, Intersection };

// The facts at the beginning of each block, and for backward problems also at its end. Blocks that
// cannot be reached have none.
struct Solution {
  std::vector<BitSet> begin;
  std::vector<BitSet> end;
};

// `boundary`: the facts at the entry (forward) or at every way out of the function (backward).
Solution solve(const Flow& flow, const Changes& changes, Direction direction, Meet meet,
               const BitSet& boundary);

void apply(std::span<const Change> changes, BitSet& state);

// Whether a drop counts as a use of what it drops: it does unless who asks is about to take the
// value away from it.
enum class Drops : uint8_t { AreUses, AreNone };

// Which locals may be read later. A use of a reference or of borrowed bits is also a use of the
// locals they may stand for.
class Liveness {
 public:
  explicit Liveness(const Flow& flow, Drops drops = Drops::AreUses);

  const BitSet& at_begin(BlockId block) const { return live_.begin[block.index]; }
  const BitSet& at_end(BlockId block) const { return live_.end[block.index]; }
  // From the locals live after an instruction to those live before it.
  void step_back(BlockId block, size_t index, BitSet& live) const;

  // The locals that `local`, a reference or borrowed bits, may stand for, itself left out.
  std::span<const LocalId> sources(LocalId local) const { return sources_[local.index]; }

 private:
  void find_sources();
  void add_uses(uint32_t inst, const Inst& what);

  const Flow& flow_;
  Drops drops_;
  Changes changes_;
  Solution live_;
  std::vector<std::vector<LocalId>> sources_;
};

// The local a place is read or written through, and the locals that index it: each gets a call.
template <class Visit>
void for_each_local(const Place& place, Visit&& visit) {
  visit(place.local);
  for (const Projection& step : place.path) {
    if (step.kind == Projection::Kind::Index) visit(step.local);
  }
}

}  // namespace skein::sir
