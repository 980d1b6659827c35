// Loops over several things side by side (types::WalkPart), and the parts of a `par for`.
#pragma once

#include <vector>

#include "compiler/lower/body.h"

namespace skein::lower {

// One thing that a loop goes over, entered: its first number, or a window of its elements.
struct Walked {
  const types::WalkPart* part = nullptr;
  LocalId base;     // Counter: invalid
  LocalId size;     // Chunks: of one
  LocalId count;    // how many rounds it has; invalid: any number
};

// Evaluates all of it and begins the accesses; `count` is the number of rounds.
std::vector<Walked> enter_walk(Body& body, const std::vector<types::WalkPart>& parts,
                               LocalId count, Span span);
// What rounds `from` to `to` go over, as a thing of its own.
Walked part_of(Body& body, const Walked& whole, LocalId from, LocalId to);
// The rounds, with the patterns bound in each.
void lower_walk(Body& body, const std::vector<Walked>& walk, LocalId count, const ast::Block* block,
                Symbol label, Span span);

// `for (i, mut x) in xs.enumerate()` and its like.
void lower_for_walk(Body& body, const ast::For* node);

// The body of the function that runs a part of a `par for`: `params` say from where to where.
void lower_part(Body& body, const ast::ParFor* node, const types::ClosureDecl& closure,
                LocalId environment, const std::vector<LocalId>& params);

}  // namespace skein::lower
