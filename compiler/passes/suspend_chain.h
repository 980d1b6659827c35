// Why a function can suspend: the calls that lead from it to what waits.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/sir/sir.h"

namespace skein::passes {

// One place on the way, and what happens there: "`f` calls `g`", and at last "awaits a task".
struct SuspendStep {
  Span span;
  std::string words;
};

// The shortest way from the function to something that waits. Empty: it cannot suspend. To be asked
// after infer_suspend.
std::vector<SuspendStep> suspend_chain(sir::Module& module, sir::FunctionId from);

// A function, and why it can suspend; no steps where it cannot.
struct SuspendAnswer {
  std::string name;
  Span span;
  std::vector<SuspendStep> chain;
};

// The functions of that name: `fib`, `Point.len`, `shapes.circle.area`; one of generics for each set
// of types it is used with.
std::vector<SuspendAnswer> explain_suspends(sir::Module& module, std::string_view name);

}  // namespace skein::passes
