// Follows references and windows to the places they stand for.
#include "compiler/passes/references.h"

#include <algorithm>

namespace skein::passes {

using sir::Inst;
using sir::LocalId;
using sir::Operand;
using sir::Place;
using sir::Projection;

bool sets_reference(const Inst& inst) {
  return inst.kind == sir::InstKind::Ref || sir::makes_window(inst);
}

References::References(const sir::Function& function)
    : targets_(function.locals.size()), set_counts_(function.locals.size()) {
  for (const sir::Block& block : function.blocks) {
    for (const Inst& inst : block.insts) {
      if (!sets_reference(inst)) continue;
      uint32_t local = inst.dest.local.index;
      bool is_exclusive = inst.operands[0].kind == Operand::Kind::Mut;
      if (++set_counts_[local] == 1) {
        all_.push_back(inst.dest.local);
        targets_[local] = {inst.operands[0].place, is_exclusive};
      } else {
        targets_[local].is_exclusive |= is_exclusive;
      }
    }
  }
}

Place References::resolve(Place place) const {
  for (size_t steps = 0; steps < all_.size(); ++steps) {
    uint32_t local = place.local.index;
    if (set_counts_[local] != 1) break;
    Place behind = targets_[local].place;
    behind.path.insert(behind.path.end(), place.path.begin(), place.path.end());
    place = std::move(behind);
  }
  return place;
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
