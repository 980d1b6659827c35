// Reports closures that may suspend, given to functions of the library that hold something of the
// thread while they call them (language rules 17, 41).
//
// With a thread local in hand the task would go on on another thread, with a part of the first one's
// value; with a lock taken by blocking, plain code would have to wait. Such a function says so by
// `must_be_plain()`.
#include "compiler/passes/passes.h"
#include "compiler/passes/suspend_chain.h"

namespace skein::passes {

using sir::Function;
using sir::InstKind;

static bool must_be_plain(const Function& function) {
  for (const sir::Block& block : function.blocks) {
    for (const sir::Inst& inst : block.insts) {
      bool says_so = inst.kind == InstKind::Builtin &&
                     inst.builtin == types::Builtin::MustBePlain;
      if (says_so) return true;
    }
  }
  return false;
}

static void report(sir::Module& module, const sir::Inst& call, DiagnosticSink& sink) {
  Report report = sink.report(call.span, D::ClosureWaits,
                              {module.functions[call.callee].display_name});
  report.mark("it is called here while something of this thread is held");
  std::vector<SuspendStep> steps = suspend_chain(module, call.callee);
  if (!steps.empty()) report.label(steps.back().span, steps.back().words);
  report.help("take what is needed out of the closure, and wait behind it");
}

void check_plain_closures(sir::Module& module, DiagnosticSink& sink) {
  std::vector<bool> is_wrong;
  for (const Function& function : module.functions) {
    is_wrong.push_back(function.suspends == sir::Suspends::Yes && must_be_plain(function));
  }
  for (const Function& function : module.functions) {
    for (const sir::Block& block : function.blocks) {
      for (const sir::Inst& inst : block.insts) {
        if (inst.kind == InstKind::Call && is_wrong[inst.callee.index]) report(module, inst, sink);
      }
    }
  }
}

}  // namespace skein::passes
