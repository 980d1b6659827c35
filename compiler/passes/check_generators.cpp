// Reports generators that may suspend while they are dropped (language rule 20).
//
// One that is dropped half-way runs its `defer`s and drops there, and a drop cannot wait: it also
// happens in plain code.
#include "compiler/passes/passes.h"

namespace skein::passes {

using sir::Function;

void check_generators(sir::Module& module, DiagnosticSink& sink) {
  for (const Function& function : module.functions) {
    if (!function.let_go.valid()) continue;
    const Function& let_go = module.functions[function.let_go];
    if (let_go.suspends != sir::Suspends::Yes) continue;
    Report report = sink.report(let_go.suspends_at, D::GeneratorWaits, {function.display_name});
    report.mark("it may wait here, when it is dropped at a `yield`")
        .label(function.span, "the generator")
        .help("let its `defer`s do what waits for nobody");
  }
}

}  // namespace skein::passes
