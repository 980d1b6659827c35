// The parts of check_ownership, and what they share: names of places as the user wrote them, and
// where a value went that is not there any more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>

#include "compiler/sir/flow.h"
#include "compiler/sir/move_paths.h"
#include "compiler/sir/sir.h"
#include "compiler/support/diagnostics.h"

namespace skein::passes {

// Changes the variables of patterns that stand for parts which are used again into references.
void lend_parts(const sir::Module& module, sir::Function& function);
// Where each `let` that gets its value later is declared.
using LetsSetLater = std::unordered_set<uint32_t>;
// Values that are unset, moved away, or moved from where they cannot be; tasks not consumed once.
void check_moves(sir::Module& module, const sir::Function& function, const LetsSetLater& lets,
                 DiagnosticSink& sink);
// Overlapping accesses, one of them exclusive.
void check_accesses(sir::Module& module, const sir::Function& function, DiagnosticSink& sink);
// Uses of places while they are lent to a task.
void check_loans(sir::Module& module, const sir::Function& function, DiagnosticSink& sink);
// Exclusive accesses that a generator holds while it stops.
void check_yields(sir::Module& module, const sir::Function& function, DiagnosticSink& sink);
// Copies of what cannot be copied, through calls of generic functions too.
void check_copies(sir::Module& module, DiagnosticSink& sink);

// `p.x`, `xs[…]`; the value of a temporary is called `value`.
std::string place_name(sir::Module& module, const sir::Function& function,
                       const sir::Place& place);
// Whether it is a task in a variable, which has to be consumed exactly once.
bool is_task_variable(const sir::Module& module, const sir::Function& function,
                      sir::LocalId local);

// An instruction of a function.
struct InstPlace {
  sir::BlockId block;
  size_t index = 0;
};

// The nearest instruction before `use` that moved the value away that `path` had; nothing if the
// value was never there.
std::optional<InstPlace> find_move(const sir::Flow& flow, const sir::MovePaths& paths,
                                   sir::PathId path, InstPlace use);

}  // namespace skein::passes
