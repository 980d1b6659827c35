// Reports exclusive accesses that a generator would hold while it stops (language rule 20).
//
// Nobody knows when it goes on, or whether it does. Places that are only looked at, as the names of
// patterns do, are in the generator's own values, which nobody else can change.
#include "compiler/passes/ownership.h"

namespace skein::passes {

using sir::BlockId;
using sir::Function;
using sir::Inst;
using sir::InstKind;
using sir::LocalId;
using sir::Operand;

// Whether the local stands for a place that is written through it.
static bool is_exclusive(const Function& function, LocalId local) {
  if (!function.locals[local].is_ref) return false;
  for (const sir::Block& block : function.blocks) {
    for (const Inst& inst : block.insts) {
      bool sets = inst.kind == InstKind::Ref && inst.dest.local == local;
      if (sets && inst.operands[0].kind == Operand::Kind::Mut) return true;
    }
  }
  return false;
}

// The place that is held at the end of a block; one with a name says most. Invalid: none is.
static LocalId held_place(const Function& function, const sir::BitSet& live) {
  LocalId held;
  for (LocalId local : function.locals.ids()) {
    if (!live.test(local.index) || !is_exclusive(function, local)) continue;
    if (function.locals[local].name.valid()) return local;
    if (!held.valid()) held = local;
  }
  return held;
}

void check_yields(sir::Module& module, const Function& function, DiagnosticSink& sink) {
  if (function.kind != sir::FunctionKind::Generator) return;
  sir::Flow flow(function);
  sir::Liveness live(flow);
  for (BlockId block : flow.order()) {
    const Inst& end = function.blocks[block].insts.back();
    if (end.kind != InstKind::YieldValue) continue;
    LocalId held = held_place(function, live.at_end(block));
    if (!held.valid()) continue;
    sink.report(end.span, D::YieldHolds, {place_name(module, function, held)})
        .mark("the generator stops here")
        .label(function.locals[held].span, "the place is entered here")
        .help("go over a copy, or over indices: `for i in 0..xs.len() { … xs[i] … }`");
  }
}

}  // namespace skein::passes
