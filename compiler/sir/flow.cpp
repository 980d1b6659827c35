// Everything here walks with explicit stacks and work lists: a function may have a hundred
// thousand blocks in a row.
#include "compiler/sir/flow.h"

#include <algorithm>
#include <queue>

#include "compiler/support/check.h"

namespace skein::sir {

Flow::Flow(const Function& function) : function_(function) {
  uint32_t count = 0;
  for (const Block& block : function.blocks) {
    first_insts_.push_back(count);
    count += static_cast<uint32_t>(block.insts.size());
  }
  first_insts_.push_back(count);
  find_successors();
  find_predecessors();
  find_order();
}

void Flow::find_successors() {
  // The block that last listed each successor, so that none is listed twice.
  std::vector<BlockId> listed_by(function_.blocks.size());
  for (BlockId id : function_.blocks.ids()) {
    successors_.starts.push_back(static_cast<uint32_t>(successors_.ids.size()));
    auto add = [&](BlockId to) {
      if (!to.valid() || listed_by[to.index] == id) return;
      listed_by[to.index] = id;
      successors_.ids.push_back(to);
    };
    const Block& block = function_.blocks[id];
    for (BlockId target : block.insts.back().targets) add(target);
    for (const Inst& inst : block.insts) add(inst.unwind);
  }
  successors_.starts.push_back(static_cast<uint32_t>(successors_.ids.size()));
}

void Flow::find_predecessors() {
  std::vector<uint32_t>& starts = predecessors_.starts;
  starts.assign(function_.blocks.size() + 1, 0);
  for (BlockId to : successors_.ids) ++starts[to.index + 1];
  for (size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
  predecessors_.ids.resize(successors_.ids.size());
  std::vector<uint32_t> next(starts.begin(), starts.end() - 1);
  for (BlockId from : function_.blocks.ids()) {
    for (BlockId to : successors(from)) predecessors_.ids[next[to.index]++] = from;
  }
}

void Flow::find_order() {
  struct Visit {
    BlockId block;
    size_t next;
  };
  std::vector<bool> seen(function_.blocks.size());
  std::vector<Visit> stack = {{BlockId(0), 0}};
  seen[0] = true;
  while (!stack.empty()) {
    Visit& visit = stack.back();
    std::span<const BlockId> to = successors(visit.block);
    if (visit.next == to.size()) {
      order_.push_back(visit.block);
      stack.pop_back();
      continue;
    }
    BlockId next = to[visit.next++];
    if (seen[next.index]) continue;
    seen[next.index] = true;
    stack.push_back({next, 0});
  }
  std::reverse(order_.begin(), order_.end());
  positions_.assign(function_.blocks.size(), UINT32_MAX);
  for (uint32_t i = 0; i < order_.size(); ++i) positions_[order_[i].index] = i;
}

// The first word whose index is not less.
size_t BitSet::find(uint32_t index) const {
  auto found = std::lower_bound(words_.begin(), words_.end(), index,
                                [](const Word& word, uint32_t i) { return word.index < i; });
  return static_cast<size_t>(found - words_.begin());
}

bool BitSet::test(uint32_t bit) const {
  size_t at = find(bit / 64);
  return at < words_.size() && words_[at].index == bit / 64 &&
         ((words_[at].bits >> (bit % 64)) & 1) != 0;
}

void BitSet::set(uint32_t bit, bool value) {
  size_t at = find(bit / 64);
  uint64_t mask = uint64_t{1} << (bit % 64);
  bool is_there = at < words_.size() && words_[at].index == bit / 64;
  if (value && is_there) {
    words_[at].bits |= mask;
  } else if (value) {
    words_.insert(words_.begin() + static_cast<ptrdiff_t>(at), Word{bit / 64, mask});
  } else if (is_there) {
    words_[at].bits &= ~mask;
    if (words_[at].bits == 0) words_.erase(words_.begin() + static_cast<ptrdiff_t>(at));
  }
}

bool BitSet::unite(const BitSet& other) {
  if (other.words_.empty()) return false;
  // Most joins find nothing new.
  bool is_changed = false;
  size_t at = 0;
  for (const Word& word : other.words_) {
    while (at < words_.size() && words_[at].index < word.index) ++at;
    bool is_there = at < words_.size() && words_[at].index == word.index;
    if (!is_there || (word.bits & ~words_[at].bits) != 0) {
      is_changed = true;
      break;
    }
  }
  if (!is_changed) return false;
  std::vector<Word> merged;
  merged.reserve(words_.size() + other.words_.size());
  size_t a = 0;
  size_t b = 0;
  while (a < words_.size() || b < other.words_.size()) {
    bool takes_a = b == other.words_.size() ||
                   (a < words_.size() && words_[a].index <= other.words_[b].index);
    bool takes_b = a == words_.size() ||
                   (b < other.words_.size() && other.words_[b].index <= words_[a].index);
    Word word = takes_a ? words_[a] : other.words_[b];
    if (takes_a && takes_b) word.bits |= other.words_[b].bits;
    merged.push_back(word);
    a += takes_a;
    b += takes_b;
  }
  words_ = std::move(merged);
  return true;
}

bool BitSet::intersect(const BitSet& other) {
  bool is_changed = false;
  size_t kept = 0;
  size_t b = 0;
  for (const Word& word : words_) {
    while (b < other.words_.size() && other.words_[b].index < word.index) ++b;
    bool is_there = b < other.words_.size() && other.words_[b].index == word.index;
    uint64_t bits = is_there ? word.bits & other.words_[b].bits : 0;
    is_changed |= bits != word.bits;
    if (bits != 0) words_[kept++] = Word{word.index, bits};
  }
  words_.resize(kept);
  return is_changed;
}

void Changes::add(uint32_t inst, Moment moment, uint32_t bit, bool value) {
  uint32_t slot = inst * 2 + static_cast<uint32_t>(moment);
  SKEIN_CHECK(starts_.size() <= slot + 1, "changes are added in order");
  starts_.resize(slot + 1, static_cast<uint32_t>(changes_.size()));
  changes_.push_back({bit, value});
}

void Changes::finish(uint32_t inst_count) {
  starts_.resize(size_t{inst_count} * 2 + 1, static_cast<uint32_t>(changes_.size()));
}

void apply(std::span<const Change> changes, BitSet& state) {
  for (const Change& change : changes) state.set(change.bit, change.value);
}

// The state of one run of solve().
class Solver {
 public:
  Solver(const Flow& flow, const Changes& changes, Meet meet)
      : flow_(flow), changes_(changes), meet_(meet), is_queued_(flow.order().size()) {
    size_t blocks = flow.function().blocks.size();
    solution_.begin.resize(blocks);
    is_known_.resize(blocks);
  }

  Solution forward(const BitSet& boundary) {
    flow_into(BlockId(0), boundary);
    while (!queue_.empty()) {
      BlockId block = flow_.order()[dequeue()];
      BitSet state = solution_.begin[block.index];
      const std::vector<Inst>& insts = flow_.function().blocks[block].insts;
      for (size_t i = 0; i < insts.size(); ++i) {
        uint32_t number = flow_.inst_number(block, i);
        apply(changes_.at(number, Moment::Takes), state);
        if (insts[i].unwind.valid()) flow_into(insts[i].unwind, state);
        apply(changes_.at(number, Moment::Gives), state);
      }
      for (BlockId target : insts.back().targets) flow_into(target, state);
    }
    return std::move(solution_);
  }

  Solution backward(const BitSet& boundary) {
    solution_.end.resize(solution_.begin.size());
    last_ = static_cast<uint32_t>(flow_.order().size()) - 1;
    for (uint32_t i = 0; i <= last_; ++i) enqueue(i);
    while (!queue_.empty()) {
      BlockId block = flow_.order()[last_ - dequeue()];
      const std::vector<Inst>& insts = flow_.function().blocks[block].insts;
      // Facts only grow (or, for intersections, only shrink), so the old ones can be joined to.
      BitSet& end = solution_.end[block.index];
      bool is_known = insts.back().targets.empty();
      if (is_known) end = boundary;
      for (BlockId target : insts.back().targets) join_begin(target, end, is_known);
      BitSet state = end;
      for (size_t i = insts.size(); i-- > 0;) {
        uint32_t number = flow_.inst_number(block, i);
        apply(changes_.at(number, Moment::Gives), state);
        if (insts[i].unwind.valid()) join_begin(insts[i].unwind, state, is_known);
        apply(changes_.at(number, Moment::Takes), state);
      }
      finish_backward(block, std::move(state), is_known);
    }
    return std::move(solution_);
  }

 private:
  bool join(BitSet& into, const BitSet& from) const {
    return meet_ == Meet::Union ? into.unite(from) : into.intersect(from);
  }

  void flow_into(BlockId block, const BitSet& state) {
    BitSet& begin = solution_.begin[block.index];
    bool is_first = !is_known_[block.index];
    is_known_[block.index] = true;
    if (is_first) begin = state;
    if (is_first || join(begin, state)) enqueue(flow_.position(block));
  }

  // Joins what holds at the beginning of `block` into `state`; a block not looked at yet, further
  // on in a loop, says nothing.
  void join_begin(BlockId block, BitSet& state, bool& is_state_known) const {
    if (!is_known_[block.index]) return;
    if (is_state_known || meet_ == Meet::Union) {
      join(state, solution_.begin[block.index]);
    } else {
      state = solution_.begin[block.index];
    }
    is_state_known = true;
  }

  void finish_backward(BlockId block, BitSet state, bool is_known) {
    // An endless loop has no way out; its facts come from its own instructions.
    bool is_new = !is_known_[block.index];
    if (!is_new && state == solution_.begin[block.index]) return;
    is_known_[block.index] = is_known || meet_ == Meet::Union;
    solution_.begin[block.index] = std::move(state);
    for (BlockId from : flow_.predecessors(block)) {
      if (flow_.is_reachable(from)) enqueue(last_ - flow_.position(from));
    }
  }

  // The queue holds places in the order blocks are best looked at: a block whose predecessors have
  // changed waits until they all have been looked at, loops aside.
  void enqueue(uint32_t position) {
    if (is_queued_[position]) return;
    is_queued_[position] = true;
    queue_.push(position);
  }

  uint32_t dequeue() {
    uint32_t position = queue_.top();
    queue_.pop();
    is_queued_[position] = false;
    return position;
  }

  const Flow& flow_;
  const Changes& changes_;
  Meet meet_;
  Solution solution_;
  // Blocks whose beginning has facts.
  std::vector<bool> is_known_;
  std::vector<bool> is_queued_;
  uint32_t last_ = 0;
  std::priority_queue<uint32_t, std::vector<uint32_t>, std::greater<uint32_t>> queue_;
};

Solution solve(const Flow& flow, const Changes& changes, Direction direction, Meet meet,
               const BitSet& boundary) {
  Solver solver(flow, changes, meet);
  return direction == Direction::Forward ? solver.forward(boundary) : solver.backward(boundary);
}

Liveness::Liveness(const Flow& flow, Drops drops) : flow_(flow), drops_(drops) {
  find_sources();
  const Function& function = flow.function();
  for (BlockId block : function.blocks.ids()) {
    const std::vector<Inst>& insts = function.blocks[block].insts;
    for (size_t i = 0; i < insts.size(); ++i) add_uses(flow.inst_number(block, i), insts[i]);
  }
  changes_.finish(flow.inst_count());
  live_ = solve(flow, changes_, Direction::Backward, Meet::Union, BitSet());
}

// Whether it makes a closure that stands for the variables it captures.
static bool captures_places(const Inst& inst) {
  if (inst.kind != InstKind::Aggregate) return false;
  return std::any_of(inst.operands.begin(), inst.operands.end(), [](const Operand& operand) {
    return operand.kind == Operand::Kind::Mut || operand.kind == Operand::Kind::Borrow;
  });
}

// Follows references to references. A local may be set at several places, so each has a set.
void Liveness::find_sources() {
  const Function& function = flow_.function();
  sources_.resize(function.locals.size());
  std::vector<LocalId> roots;
  bool is_changed = true;
  while (is_changed) {
    is_changed = false;
    for (const Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        if (!inst.dest.valid() || !inst.dest.is_local() || inst.operands.empty()) continue;
        const Local& dest = function.locals[inst.dest.local];
        bool stands_for_place =
            sets_reference(inst) || dest.is_borrow || captures_places(inst) ||
            makes_window(inst);
        if (!stands_for_place) continue;
        std::vector<LocalId>& into = sources_[inst.dest.local.index];
        // The other operands of a window are numbers.
        size_t count = makes_window(inst) ? 1 : inst.operands.size();
        for (size_t i = 0; i < count; ++i) {
          const Operand& operand = inst.operands[i];
          if (!operand.is_place()) continue;
          // A place that a call gives is inside what it may change.
          if (inst.gives_place && operand.kind != Operand::Kind::Mut) continue;
          roots = sources_[operand.place.local.index];
          roots.push_back(operand.place.local);
          for (LocalId root : roots) {
            bool is_known = std::find(into.begin(), into.end(), root) != into.end();
            if (root == inst.dest.local || is_known) continue;
            into.push_back(root);
            is_changed = true;
          }
        }
      }
    }
  }
}

void Liveness::add_uses(uint32_t inst, const Inst& what) {
  auto use = [&](LocalId local) {
    changes_.add(inst, Moment::Takes, local.index, true);
    for (LocalId source : sources_[local.index]) {
      changes_.add(inst, Moment::Takes, source.index, true);
    }
  };
  bool counts = what.kind != InstKind::Drop || drops_ == Drops::AreUses;
  for (const Operand& operand : what.operands) {
    if (counts && operand.is_place()) for_each_local(operand.place, use);
  }
  // Not what it stands for, where it is a place: nothing comes between that and the caller.
  if (what.kind == InstKind::Return) changes_.add(inst, Moment::Takes, 0, true);
  if (!what.dest.valid() || what.kind == InstKind::Expire) return;
  const Local& dest = flow_.function().locals[what.dest.local];
  // Setting a local ends the life of what it held; setting what a reference stands for, or a part
  // of a local, uses it.
  bool sets_whole = what.dest.is_local() && (!dest.is_ref || sets_reference(what));
  if (!sets_whole) for_each_local(what.dest, use);
  if (sets_whole || marks_life(what)) changes_.add(inst, Moment::Gives, what.dest.local.index, false);
}

void Liveness::step_back(BlockId block, size_t index, BitSet& live) const {
  const Inst& inst = flow_.function().blocks[block].insts[index];
  uint32_t number = flow_.inst_number(block, index);
  apply(changes_.at(number, Moment::Gives), live);
  if (inst.unwind.valid()) live.unite(at_begin(inst.unwind));
  apply(changes_.at(number, Moment::Takes), live);
}

}  // namespace skein::sir
