// What the references and windows of a function stand for.
#pragma once

#include <vector>

#include "compiler/sir/sir.h"

namespace skein::passes {

class References {
 public:
  explicit References(const sir::Function& function);

  // What one stands for, where that is one place.
  struct Target {
    sir::Place place;
    Span span;
    bool is_exclusive = false;
    // It is a part of the place, and which one only the callee knows.
    bool is_somewhere_inside = false;
    // Or one of these: what else the call that gave it was lent, what it is set to elsewhere.
    std::vector<sir::Place> others = {};
  };
  const std::vector<sir::LocalId>& all() const { return all_; }
  const Target& target(sir::LocalId reference) const { return targets_[reference.index]; }

  // The place behind references. One that is set at several places stands for itself.
  sir::Place resolve(sir::Place place) const;
  // Whether two places may have something in common, whatever they stand for.
  bool may_meet(const sir::Place& a, const sir::Place& b) const;
  // All places that the place may be or be inside.
  std::vector<sir::Place> all_behind(const sir::Place& place) const;

 private:
  std::vector<sir::LocalId> all_;
  std::vector<Target> targets_;
  std::vector<uint32_t> set_counts_;
};

// Whether an instruction makes a local stand for a place.
bool makes_reference(const sir::Inst& inst);

// Whether two places, references resolved, may have something in common: two elements may be the
// same one.
bool may_overlap(const sir::Place& a, const sir::Place& b);

}  // namespace skein::passes
