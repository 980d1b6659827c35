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
    bool is_exclusive = false;
  };
  const std::vector<sir::LocalId>& all() const { return all_; }
  const Target& target(sir::LocalId reference) const { return targets_[reference.index]; }

  // The place behind references. One that is set at several places stands for itself.
  sir::Place resolve(sir::Place place) const;

 private:
  std::vector<sir::LocalId> all_;
  std::vector<Target> targets_;
  std::vector<uint32_t> set_counts_;
};

// Whether an instruction makes a local stand for a place.
bool sets_reference(const sir::Inst& inst);

// Whether two places, references resolved, may have something in common: two elements may be the
// same one.
bool may_overlap(const sir::Place& a, const sir::Place& b);

}  // namespace skein::passes
