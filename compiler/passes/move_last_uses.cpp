// Takes away the counting that reading variables as values brought.
//
// lower reads a variable as `copy x`, which counts, and drops every variable at the end of its
// scope. Two things make most of that needless:
//
//   A copy that is only looked at, while the original stays as it is, borrows:
//       x = assign copy xs[i] … drop x         x = assign borrow xs[i]
//   A copy of what is not used again takes it:
//       y = assign copy x … drop x             y = assign move x … drop x (place_drops removes it)
//
// Only counted values are concerned. Those with a `drop` method or a task inside are never copied,
// and so keep the place where they die. Runs before place_drops, which finds out what the drops
// that were here for the old copies still have to do.
#include <algorithm>

#include "compiler/passes/last_use.h"
#include "compiler/passes/passes.h"
#include "compiler/sir/flow.h"

namespace skein::passes {

using sir::BitSet;
using sir::BlockId;
using sir::Function;
using sir::Inst;
using sir::InstKind;
using sir::LocalId;
using sir::Operand;

static bool contains(const std::vector<LocalId>& set, LocalId local) {
  return std::find(set.begin(), set.end(), local) != set.end();
}

// Where an instruction stands.
struct Position {
  BlockId block;
  uint32_t index;
};

// Finds the copies that can be borrows, one variable after the other.
class BorrowFinder {
 public:
  BorrowFinder(sir::Module& module, Function& function)
      : module_(module), function_(function), flow_(function),
        live_(flow_, sir::Drops::AreNone), uses_(function.locals.size()),
        aliases_(function.locals.size()), roots_(function.locals.size()),
        is_fit_(function.locals.size(), true), set_count_(function.locals.size()),
        has_borrowers_(function.locals.size()), seen_in_(function.blocks.size()) {}

  void run() {
    for (LocalId local : function_.locals.ids()) scan_local(local);
    for (BlockId block : flow_.order()) scan_block(block);
    bool is_changed = false;
    for (BlockId block : flow_.order()) {
      std::vector<Inst>& insts = function_.blocks[block].insts;
      for (uint32_t i = 0; i < insts.size(); ++i) {
        if (is_candidate(insts[i]) && stays_untouched(insts[i], {block, i})) {
          borrow(insts[i]);
          is_changed = true;
        }
      }
    }
    if (is_changed) remove_drops();
  }

 private:
  // Looking further than this for a single count is not worth it.
  static constexpr size_t kMaxSteps = 4000;

  void scan_local(LocalId local) {
    std::span<const LocalId> sources = live_.sources(local);
    roots_[local.index].assign(sources.begin(), sources.end());
    for (LocalId source : sources) aliases_[source.index].push_back(local);
    const sir::Local& what = function_.locals[local];
    bool is_variable = what.kind == sir::LocalKind::Var || what.kind == sir::LocalKind::Temp;
    if (!is_variable || !sir::owns_value(what)) is_fit_[local.index] = false;
  }

  // A variable that is set once, and then only looked at and copied, is fit to be a borrow.
  void scan_block(BlockId block) {
    const std::vector<Inst>& insts = function_.blocks[block].insts;
    for (uint32_t i = 0; i < insts.size(); ++i) {
      const Inst& inst = insts[i];
      if (inst.kind == InstKind::Drop) continue;
      for (const Operand& operand : inst.operands) {
        if (!operand.is_place()) continue;
        sir::for_each_local(operand.place, [&](LocalId local) {
          uses_[local.index].push_back({block, i});
        });
        bool is_changed = operand.kind == Operand::Kind::Mut && !is_in_cell(operand.place);
        bool is_given_away = operand.kind == Operand::Kind::Move;
        if (is_changed || is_given_away) is_fit_[operand.place.local.index] = false;
      }
      bool is_life = sir::marks_life(inst);
      if (!inst.dest.valid() || is_life) continue;
      if (!inst.dest.is_local() || ++set_count_[inst.dest.local.index] > 1) {
        is_fit_[inst.dest.local.index] = false;
      }
    }
  }

  // What a lock protects can change while the handle stays what it is.
  bool is_in_cell(const sir::Place& place) const {
    return !place.is_local() &&
           types::is_cell(module_.types().kind(function_.locals[place.local].type));
  }

  bool is_candidate(const Inst& inst) const {
    if (inst.kind != InstKind::Assign || !inst.dest.is_local()) return false;
    if (inst.operands[0].kind != Operand::Kind::Copy) return false;
    LocalId dest = inst.dest.local;
    return is_fit_[dest.index] && !has_borrowers_[dest.index] &&
           sir::needs_drop(module_, function_.locals[dest].type);
  }

  // Whether nothing writes, moves or ends the original as long as the variable is used.
  bool stays_untouched(const Inst& inst, Position set_at) {
    LocalId variable = inst.dest.local;
    originals_ = roots_[inst.operands[0].place.local.index];
    originals_.push_back(inst.operands[0].place.local);
    steps_ = 0;
    ++round_;
    std::vector<BlockId> pending;
    if (!check_range(variable, set_at.block, set_at.index + 1, pending)) return false;
    while (!pending.empty()) {
      BlockId block = pending.back();
      pending.pop_back();
      if (!check_range(variable, block, 0, pending)) return false;
    }
    return true;
  }

  // Looks at a block from `begin` to the variable's last use in it, or to its end if the variable
  // is used after it; then the blocks after it are due.
  bool check_range(LocalId variable, BlockId block, uint32_t begin, std::vector<BlockId>& pending) {
    const std::vector<Inst>& insts = function_.blocks[block].insts;
    bool goes_on = live_.at_end(block).test(variable.index);
    uint32_t end = goes_on ? static_cast<uint32_t>(insts.size()) : last_use(variable, block) + 1;
    for (uint32_t i = begin; i < end; ++i) {
      if (++steps_ > kMaxSteps || touches_originals(insts[i])) return false;
      if (insts[i].unwind.valid()) enter(variable, insts[i].unwind, pending);
    }
    if (!goes_on) return true;
    for (BlockId target : insts.back().targets) enter(variable, target, pending);
    return true;
  }

  void enter(LocalId variable, BlockId block, std::vector<BlockId>& pending) {
    if (seen_in_[block.index] == round_ || !live_.at_begin(block).test(variable.index)) return;
    seen_in_[block.index] = round_;
    pending.push_back(block);
  }

  // UINT32_MAX, so that one more is 0, if there is none.
  uint32_t last_use(LocalId variable, BlockId block) const {
    uint32_t last = UINT32_MAX;
    auto look_at = [&](LocalId local) {
      for (const Position& use : uses_[local.index]) {
        bool is_later = last == UINT32_MAX || use.index > last;
        if (use.block == block && is_later) last = use.index;
      }
    };
    look_at(variable);
    for (LocalId alias : aliases_[variable.index]) look_at(alias);
    return last;
  }

  bool is_window(const sir::Place& place) const {
    return module_.types().kind(sir::place_type(module_, function_, place)) ==
           types::TypeKind::Window;
  }

  bool is_original(LocalId local) const {
    if (contains(originals_, local)) return true;
    if (!function_.locals[local].is_ref && !is_window(local)) return false;
    for (LocalId source : live_.sources(local)) {
      if (contains(originals_, source)) return true;
    }
    return false;
  }

  bool touches_originals(const Inst& inst) const {
    for (const Operand& operand : inst.operands) {
      bool only_reads = operand.kind != Operand::Kind::Move && operand.kind != Operand::Kind::Mut;
      // Who gets a window may write through it.
      if (operand.is_place() && is_window(operand.place)) only_reads = false;
      if (!only_reads && is_original(operand.place.local)) return true;
    }
    // Setting a reference anew writes nothing.
    return inst.dest.valid() && !sir::sets_reference(inst) && is_original(inst.dest.local);
  }

  void borrow(Inst& inst) {
    LocalId variable = inst.dest.local;
    function_.locals[variable].is_borrow = true;
    inst.operands[0].kind = Operand::Kind::Borrow;
    roots_[variable.index] = originals_;
    for (LocalId original : originals_) has_borrowers_[original.index] = true;
  }

  void remove_drops() {
    for (sir::Block& block : function_.blocks) {
      std::erase_if(block.insts, [&](const Inst& inst) {
        return inst.kind == InstKind::Drop &&
               function_.locals[inst.operands[0].place.local].is_borrow;
      });
    }
  }

  sir::Module& module_;
  Function& function_;
  sir::Flow flow_;
  sir::Liveness live_;
  // By local: where it is used, drops left out; the references that may stand for it.
  std::vector<std::vector<Position>> uses_;
  std::vector<std::vector<LocalId>> aliases_;
  // What a reference may stand for and a borrow looks at.
  std::vector<std::vector<LocalId>> roots_;
  std::vector<bool> is_fit_;
  std::vector<uint32_t> set_count_;
  std::vector<bool> has_borrowers_;
  // The variable being looked at.
  std::vector<LocalId> originals_;
  size_t steps_ = 0;
  uint32_t round_ = 0;
  std::vector<uint32_t> seen_in_;
};

// Turns copies of locals that are not used again into moves.
class MoveFinder {
 public:
  MoveFinder(sir::Module& module, Function& function)
      : module_(module),
        function_(function),
        flow_(function),
        live_(flow_, sir::Drops::AreNone),
        last_uses_(module, function, live_, Parts::Fields) {}

  void run() {
    for (BlockId block : flow_.order()) {
      std::vector<Inst>& insts = function_.blocks[block].insts;
      BitSet live = live_.at_end(block);
      for (size_t i = insts.size(); i-- > 0;) {
        for (Operand& operand : insts[i].operands) {
          if (is_moved(insts[i], operand, live)) operand.kind = Operand::Kind::Move;
        }
        live_.step_back(block, i, live);
      }
    }
  }

 private:
  // Taking the payload of a variant away costs more at the drop than counting it does.
  bool is_moved(const Inst& inst, const Operand& operand, const BitSet& live_after) {
    return last_uses_.is_last_use(inst, operand, live_after) &&
           sir::needs_drop(module_, sir::place_type(module_, function_, operand.place));
  }

  sir::Module& module_;
  Function& function_;
  sir::Flow flow_;
  sir::Liveness live_;
  LastUses last_uses_;
};

void move_last_uses(sir::Module& module) {
  for (Function& function : module.functions) {
    if (function.kind == sir::FunctionKind::Glue) continue;
    BorrowFinder(module, function).run();
    MoveFinder(module, function).run();
  }
}

}  // namespace skein::passes
