// The passes in their order.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "compiler/sir/sir.h"
#include "compiler/sir/verify.h"
#include "compiler/support/diagnostics.h"

namespace skein::passes {

struct Pass {
  std::string_view name;
  void (*run)(sir::Module& module, DiagnosticSink& sink);
  // What has to be true of the module afterwards.
  sir::VerifyStage stage;
  // It reports, or sets what the verifier does not look at: what was true before is true after.
  bool keeps_code = false;
};

// All passes in the order they run, each once; for `--dump-after` and its suggestions.
std::span<const Pass> all_passes();
// Null if there is none of that name.
const Pass* find_pass(std::string_view name);

// Called with the module as each pass has left it.
using AfterPass = std::function<void(std::string_view pass, const sir::Module& module)>;

// Runs all passes; stops after one that reported errors. check_ownership,
// specialize and evaluate_constants do.
void run_passes(sir::Module& module, DiagnosticSink& sink, const AfterPass& after = {});

}  // namespace skein::passes
