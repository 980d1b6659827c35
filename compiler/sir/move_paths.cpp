// Builds the tree of paths, and lists for the solver what each instruction does to them.
#include "compiler/sir/move_paths.h"

namespace skein::sir {

MovePaths::MovePaths(const Function& function, const std::vector<bool>& is_tracked)
    : locals_(function.locals.size()) {
  for (LocalId local : function.locals.ids()) {
    if (!is_tracked[local.index]) continue;
    locals_[local.index] = PathId(static_cast<uint32_t>(paths_.size()));
    paths_.push_back({.place = local, .parent = {}, .first_child = {}, .next_sibling = {}});
  }
  for (const Block& block : function.blocks) {
    for (const Inst& inst : block.insts) {
      for (const Operand& operand : inst.operands) {
        if (operand.kind == Operand::Kind::Move) add(operand.place);
      }
      if (inst.dest.valid()) add(inst.dest);
    }
  }
}

PathId MovePaths::find_child(PathId parent, const Projection& step) const {
  PathId child = paths_[parent.index].first_child;
  while (child.valid() && paths_[child.index].place.path.back() != step) {
    child = paths_[child.index].next_sibling;
  }
  return child;
}

PathId MovePaths::add(const Place& place) {
  PathId at = locals_[place.local.index];
  if (!at.valid()) return at;
  Place part = place.local;
  for (const Projection& step : place.path) {
    if (step.kind == Projection::Kind::Index) return at;
    part.path.push_back(step);
    PathId child = find_child(at, step);
    if (!child.valid()) {
      child = PathId(static_cast<uint32_t>(paths_.size()));
      paths_.push_back({.place = part,
                        .parent = at,
                        .first_child = {},
                        .next_sibling = paths_[at.index].first_child});
      paths_[at.index].first_child = child;
    }
    at = child;
  }
  return at;
}

MovePaths::Found MovePaths::find(const Place& place) const {
  Found found;
  found.path = locals_[place.local.index];
  if (!found.path.valid()) return found;
  found.is_exact = true;
  for (const Projection& step : place.path) {
    if (step.kind == Projection::Kind::Index) {
      found.in_element = true;
      found.is_exact = false;
      break;
    }
    if (!found.is_exact) continue;
    PathId child = find_child(found.path, step);
    if (child.valid()) {
      found.path = child;
    } else {
      found.is_exact = false;
    }
  }
  return found;
}

PathId MovePaths::next_inside(PathId at, PathId root) const {
  if (paths_[at.index].first_child.valid()) return paths_[at.index].first_child;
  while (at != root) {
    if (paths_[at.index].next_sibling.valid()) return paths_[at.index].next_sibling;
    at = paths_[at.index].parent;
  }
  return PathId();
}

InitStates::InitStates(const Flow& flow, const MovePaths& paths) {
  const Function& function = flow.function();
  BitSet at_entry;
  for (uint32_t i = 0; i < function.param_count; ++i) {
    PathId path = paths.of_local(function.param(i));
    if (!path.valid()) continue;
    paths.for_each_inside(path, [&](PathId inside) { at_entry.set(inside.index); });
  }
  for (BlockId block : function.blocks.ids()) {
    const std::vector<Inst>& insts = function.blocks[block].insts;
    for (size_t i = 0; i < insts.size(); ++i) {
      add_changes(flow.inst_number(block, i), insts[i], paths);
    }
  }
  changes_.finish(flow.inst_count());
  maybe_ = solve(flow, changes_, Direction::Forward, Meet::Union, at_entry);
  surely_ = solve(flow, changes_, Direction::Forward, Meet::Intersection, at_entry);
}

void InitStates::add_changes(uint32_t inst, const Inst& what, const MovePaths& paths) {
  auto change = [&](const Place& place, Moment moment, bool value) {
    MovePaths::Found found = paths.find(place);
    if (!found.path.valid() || !found.is_exact) return;
    paths.for_each_inside(found.path, [&](PathId inside) {
      changes_.add(inst, moment, inside.index, value);
    });
  };
  for (const Operand& operand : what.operands) {
    if (operand.kind == Operand::Kind::Move) change(operand.place, Moment::Takes, false);
  }
  if (!what.dest.valid() || what.kind == InstKind::Expire) return;
  change(what.dest, Moment::Gives, !marks_life(what));
}

}  // namespace skein::sir
