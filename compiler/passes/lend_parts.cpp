// Lets the variables of a pattern stand for parts that are used again (language rule 10).
//
// lower moves parts that cannot be copied out of a value that the function owns into the variables
// of a pattern. That is right where the value is not used again:
//
//     match slot.item { file => close(file) … }       file = move slot.item
//
// Where it is, and the variable is only looked at, the part stays where it is:
//
//     if let file = slot.item { println(file.fd) }    file = ref slot.item
//     close(slot)
//
// What is moved on from the variable stays a move: the report then stands at the later use.
#include <algorithm>
#include <vector>

#include "compiler/passes/ownership.h"

namespace skein::passes {

using sir::BitSet;
using sir::BlockId;
using sir::Function;
using sir::Inst;
using sir::InstKind;
using sir::LocalId;
using sir::Moment;
using sir::MovePaths;
using sir::Operand;
using sir::PathId;
using sir::Place;

class PartLender {
 public:
  PartLender(const sir::Module& module, Function& function)
      : module_(module), function_(function), is_candidate_(function.locals.size()),
        is_lent_(function.locals.size()) {}

  // True if a variable was changed; then there may be more to change.
  bool run() {
    std::vector<bool> roots = find_candidates();
    if (std::find(roots.begin(), roots.end(), true) == roots.end()) return false;
    find_later_uses(roots);
    if (std::find(is_lent_.begin(), is_lent_.end(), true) == is_lent_.end()) return false;
    lend();
    return true;
  }

 private:
  // Lowering gives the move the place of the variable in its pattern; no other variable has that.
  bool takes_a_part(const Inst& inst) const {
    if (inst.kind != InstKind::Assign || !inst.dest.is_local()) return false;
    const Operand& part = inst.operands[0];
    const sir::Local& variable = function_.locals[inst.dest.local];
    return part.kind == Operand::Kind::Move && variable.kind == sir::LocalKind::Var &&
           variable.span == inst.span &&
           types::traits_of(*module_.program, variable.type).is_move_only;
  }

  // Variables that are set by patterns alone, and never moved from but by patterns. The answer are
  // the locals whose parts they take.
  std::vector<bool> find_candidates() {
    std::vector<bool> is_unfit(function_.locals.size());
    for (const sir::Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        bool is_life = sir::marks_life(inst);
        if (is_life || inst.kind == InstKind::Drop) continue;
        for (const Operand& operand : inst.operands) {
          bool leaves = operand.kind == Operand::Kind::Mut ||
                        (operand.kind == Operand::Kind::Move && !takes_a_part(inst));
          if (operand.is_place() && leaves) is_unfit[operand.place.local.index] = true;
        }
        if (!inst.dest.valid()) continue;
        std::vector<bool>& set = takes_a_part(inst) ? is_candidate_ : is_unfit;
        set[inst.dest.local.index] = true;
      }
    }
    // Whoever has a part that must be moved cannot be looked at only.
    bool is_changed = true;
    while (is_changed) {
      is_changed = false;
      for_each_part([&](const Inst& inst) {
        uint32_t whole = inst.operands[0].place.local.index;
        if (!is_unfit[inst.dest.local.index] || is_unfit[whole]) return;
        is_unfit[whole] = true;
        is_changed = true;
      });
    }
    for (LocalId id : function_.locals.ids()) {
      if (is_unfit[id.index]) is_candidate_[id.index] = false;
    }
    std::vector<bool> roots(function_.locals.size());
    for_each_part([&](const Inst& inst) {
      if (is_candidate_[inst.dest.local.index]) roots[inst.operands[0].place.local.index] = true;
    });
    return roots;
  }

  template <class Visit>
  void for_each_part(Visit&& visit) {
    for (sir::Block& block : function_.blocks) {
      for (Inst& inst : block.insts) {
        if (takes_a_part(inst)) visit(inst);
      }
    }
  }

  // Marks the candidates whose parts are missing somewhere.
  void find_later_uses(const std::vector<bool>& roots) {
    sir::Flow flow(function_);
    MovePaths paths(function_, roots);
    sir::InitStates states(flow, paths);
    for (BlockId block : flow.order()) {
      BitSet surely = states.surely(block);
      const std::vector<Inst>& insts = function_.blocks[block].insts;
      for (size_t i = 0; i < insts.size(); ++i) {
        if (insts[i].kind != InstKind::Drop) {
          for (const Operand& operand : insts[i].operands) {
            if (operand.is_place()) check_use(flow, paths, surely, operand.place, {block, i});
          }
        }
        for (Moment moment : {Moment::Takes, Moment::Gives}) {
          sir::apply(states.changes().at(flow.inst_number(block, i), moment), surely);
        }
      }
    }
  }

  void check_use(const sir::Flow& flow, const MovePaths& paths, const BitSet& surely,
                 const Place& place, InstPlace use) {
    MovePaths::Found found = paths.find(place);
    if (!found.path.valid()) return;
    auto check = [&](PathId path) {
      if (surely.test(path.index)) return;
      std::optional<InstPlace> moved = find_move(flow, paths, path, use);
      if (!moved) return;
      const Inst& first = function_.blocks[moved->block].insts[moved->index];
      bool is_candidate = takes_a_part(first) && is_candidate_[first.dest.local.index];
      if (is_candidate) is_lent_[first.dest.local.index] = true;
    };
    if (found.is_exact) {
      paths.for_each_inside(found.path, check);
    } else {
      check(found.path);
    }
  }

  void lend() {
    // Nothing is moved out of what is lent.
    bool is_changed = true;
    while (is_changed) {
      is_changed = false;
      for_each_part([&](const Inst& inst) {
        uint32_t part = inst.dest.local.index;
        if (!is_lent_[inst.operands[0].place.local.index] || is_lent_[part]) return;
        is_lent_[part] = true;
        is_changed = true;
      });
    }
    for_each_part([&](Inst& inst) {
      if (!is_lent_[inst.dest.local.index]) return;
      inst.kind = InstKind::Ref;
      inst.operands[0].kind = Operand::Kind::Borrow;
    });
    for (LocalId id : function_.locals.ids()) {
      if (is_lent_[id.index]) function_.locals[id].is_ref = true;
    }
    // A reference does not own what it stands for.
    for (sir::Block& block : function_.blocks) {
      std::erase_if(block.insts, [&](const Inst& inst) {
        if (inst.kind == InstKind::Drop) return bool{is_lent_[inst.operands[0].place.local.index]};
        bool is_life = sir::marks_life(inst);
        return is_life && is_lent_[inst.dest.local.index];
      });
    }
  }

  const sir::Module& module_;
  Function& function_;
  // By local.
  std::vector<bool> is_candidate_;
  std::vector<bool> is_lent_;
};

void lend_parts(const sir::Module& module, Function& function) {
  while (PartLender(module, function).run()) {
  }
}

}  // namespace skein::passes
