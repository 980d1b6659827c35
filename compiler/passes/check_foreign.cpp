// Reports functions that C calls and that may suspend (language rule 19).
//
// C has one stack, and what waits on it blocks its thread: the worker with all its tasks. So a
// function that is given to C, or has a name for it, is plain.
#include "compiler/passes/passes.h"

namespace skein::passes {

using sir::Function;

static void report(const Function& function, DiagnosticSink& sink) {
  Report report = sink.report(function.span, D::ForeignSuspends, {function.display_name});
  report.mark("C calls this");
  if (function.suspends_at.valid()) report.label(function.suspends_at, "it may wait here");
  report.help("let it note what is to be done, and do that when C has returned");
}

void check_foreign(sir::Module& module, DiagnosticSink& sink) {
  std::vector<bool> is_known(module.functions.size());
  auto check = [&](sir::FunctionId id) {
    const Function& function = module.functions[id];
    if (is_known[id.index] || function.suspends != sir::Suspends::Yes) return;
    is_known[id.index] = true;
    report(function, sink);
  };
  for (sir::FunctionId id : module.functions.ids()) {
    if (!module.functions[id].c_name.empty()) check(id);
    for (const sir::Block& block : module.functions[id].blocks) {
      for (const sir::Inst& inst : block.insts) {
        if (inst.kind == sir::InstKind::CFunction) check(inst.callee);
      }
    }
  }
}

}  // namespace skein::passes
