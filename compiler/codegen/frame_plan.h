// Where a suspending function makes its frame.
//
// Paths that cannot suspend should not pay for a frame: `if n < 2 { return n }` returns before
// coro.begin. The frame is made at the nearest block that dominates every block which may suspend,
// moved out of loops. Blocks that can be reached both before and after that point are emitted
// twice; SIR is not in SSA form, so a copy needs nothing but other jumps.
//
// Where what comes before is short and leaves nothing behind but a decision, it can stand apart from the
// rest (early_exit.cpp).
#pragma once

#include <optional>

#include "compiler/sir/sir.h"

namespace skein::codegen {

struct FramePlan {
  // Nothing reachable suspends: the function needs no frame at all.
  bool needs_frame = false;
  // The frame is made on the way into this block; invalid: before everything else.
  sir::BlockId begin;
  // What comes before the frame can be a function of its own.
  bool has_early_exit = false;
};

FramePlan plan_frame(sir::Module& module, const sir::Function& function);

// The blocks an instruction can go on to: its targets, then its clean-up.
std::vector<sir::BlockId> successors(const sir::Block& block);

}  // namespace skein::codegen
