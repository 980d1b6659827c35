// Which places have a value where.
//
// A move may take a part: a field of a struct, the payload of a variant. So what has a value is
// not asked of locals but of paths: the local, and the parts of it that some instruction moves or
// sets on their own. They form a tree. The bit of a path says whether the place has a value, its
// own children left out:
//
//     let p = (t, u)          p        has a value, and so have p.0, p.1
//     await p.0               p.0      has none any more; the bit of p stays
//
// Elements of arrays are no paths: nothing says statically which one an index means.
#pragma once

#include <vector>

#include "compiler/sir/flow.h"
#include "compiler/sir/sir.h"

namespace skein::sir {

SKEIN_ID(PathId);

struct MovePath {
  Place place;
  PathId parent;
  PathId first_child;
  PathId next_sibling;
};

class MovePaths {
 public:
  // Paths for the locals that are tracked, and for their parts where a place is moved, dropped or
  // set.
  MovePaths(const Function& function, const std::vector<bool>& is_tracked);

  const MovePath& operator[](PathId id) const { return paths_[id.index]; }
  size_t size() const { return paths_.size(); }
  PathId of_local(LocalId local) const { return locals_[local.index]; }

  struct Found {
    PathId path;              // the place's path, or the innermost around it; invalid: not tracked
    bool is_exact = false;    // the path is the place's own
    bool in_element = false;  // the place is in an element of an array
  };
  Found find(const Place& place) const;

  // Calls `visit` for the path and all inside it.
  template <class Visit>
  void for_each_inside(PathId path, Visit&& visit) const {
    visit(path);
    PathId at = paths_[path.index].first_child;
    while (at.valid()) {
      visit(at);
      at = next_inside(at, path);
    }
  }

 private:
  PathId add(const Place& place);
  PathId find_child(PathId parent, const Projection& step) const;
  // The next path in a walk of the tree under `root`.
  PathId next_inside(PathId at, PathId root) const;

  std::vector<MovePath> paths_;
  std::vector<PathId> locals_;
};

// Where paths have values: on some way to a place in the function, and on every way.
class InitStates {
 public:
  InitStates(const Flow& flow, const MovePaths& paths);

  // At the beginning of a block.
  const BitSet& maybe(BlockId block) const { return maybe_.begin[block.index]; }
  const BitSet& surely(BlockId block) const { return surely_.begin[block.index]; }
  // What instruction number `inst` changes, for walking through a block.
  const Changes& changes() const { return changes_; }

 private:
  void add_changes(uint32_t inst, const Inst& what, const MovePaths& paths);

  Changes changes_;
  Solution maybe_;
  Solution surely_;
};

}  // namespace skein::sir
