// Follows references and windows to the places they stand for.
#include "compiler/passes/references.h"

#include <algorithm>

namespace skein::passes {

using sir::Inst;
using sir::LocalId;
using sir::Operand;
using sir::Place;
using sir::Projection;

bool makes_reference(const Inst& inst) {
  return sir::sets_reference(inst) || sir::makes_window(inst);
}

// Of what a call gives, only that it is inside what the call was lent.
static const Operand& source_of(const Inst& inst) {
  if (!inst.gives_place) return inst.operands[0];
  auto is_lent = [](const Operand& operand) { return operand.kind == Operand::Kind::Mut; };
  return *std::find_if(inst.operands.begin(), inst.operands.end(), is_lent);
}

static std::vector<Place> others_lent(const Inst& inst, const Operand& first) {
  std::vector<Place> places;
  if (!inst.gives_place) return places;
  for (const Operand& operand : inst.operands) {
    if (operand.kind == Operand::Kind::Mut && &operand != &first) places.push_back(operand.place);
  }
  return places;
}

References::References(const sir::Function& function)
    : targets_(function.locals.size()), set_counts_(function.locals.size()) {
  for (const sir::Block& block : function.blocks) {
    for (const Inst& inst : block.insts) {
      if (!makes_reference(inst)) continue;
      uint32_t local = inst.dest.local.index;
      const Operand& source = source_of(inst);
      bool is_exclusive = source.kind == Operand::Kind::Mut;
      if (++set_counts_[local] == 1) {
        all_.push_back(inst.dest.local);
        targets_[local] = {source.place, inst.span, is_exclusive, inst.gives_place};
        targets_[local].others = others_lent(inst, source);
      } else {
        Target& target = targets_[local];
        target.is_exclusive |= is_exclusive;
        target.is_somewhere_inside |= inst.gives_place;
        target.others.push_back(source.place);
        for (Place& other : others_lent(inst, source)) target.others.push_back(std::move(other));
      }
    }
  }
  // Those with names come first, so that reports speak of them.
  std::stable_partition(all_.begin(), all_.end(), [&](LocalId reference) {
    return function.locals[reference].name.valid();
  });
}

Place References::resolve(Place place) const {
  for (size_t steps = 0; steps < all_.size(); ++steps) {
    uint32_t local = place.local.index;
    if (set_counts_[local] != 1) break;
    Place behind = targets_[local].place;
    if (!targets_[local].is_somewhere_inside) {
      behind.path.insert(behind.path.end(), place.path.begin(), place.path.end());
    }
    place = std::move(behind);
  }
  return place;
}

// No reference is made of itself: glue that goes along a chain does so, and is made later.
std::vector<Place> References::all_behind(const Place& place) const {
  std::vector<Place> all = {place};
  for (size_t i = 0; i < all.size(); ++i) {
    Place at = all[i];
    if (set_counts_[at.local.index] == 0) continue;
    const Target& target = targets_[at.local.index];
    auto add = [&](Place behind) {
      if (!target.is_somewhere_inside) {
        behind.path.insert(behind.path.end(), at.path.begin(), at.path.end());
      }
      if (std::find(all.begin(), all.end(), behind) == all.end()) all.push_back(std::move(behind));
    };
    add(target.place);
    for (const Place& other : target.others) add(other);
  }
  std::erase_if(all, [&](const Place& at) { return set_counts_[at.local.index] > 0; });
  return all;
}

bool References::may_meet(const Place& a, const Place& b) const {
  std::vector<Place> others = all_behind(b);
  for (const Place& place : all_behind(a)) {
    for (const Place& other : others) {
      if (may_overlap(place, other)) return true;
    }
  }
  return false;
}

bool may_overlap(const Place& a, const Place& b) {
  if (a.local != b.local) return false;
  size_t common = std::min(a.path.size(), b.path.size());
  for (size_t i = 0; i < common; ++i) {
    const Projection& x = a.path[i];
    const Projection& y = b.path[i];
    if (x.kind == Projection::Kind::Index || y.kind == Projection::Kind::Index) continue;
    if (x != y) return false;
  }
  return true;
}

}  // namespace skein::passes
