// Sets places that others see before what was in them is dropped (language rule 7).
//
// For `place = value` lower writes `drop place` and then the assignment. If the drop panics a variable
// of this function has no value, which its clean-up knows. A `mut` parameter or an element of an array
// has to have one all the same, since whoever owns it drops it:
//
//     drop move %1.0               %3 = assign move %1.0
//     %1.0 = assign move %2        %1.0 = assign move %2
//                                  drop move %3
#include "compiler/passes/passes.h"
#include "compiler/passes/writer.h"

namespace skein::passes {

using sir::Projection;

// Whether moves do not tell if the place has a value.
static bool is_seen_by_others(const sir::Function& function, const Place& place) {
  if (!sir::owns_value(function.locals[place.local])) return true;
  for (const Projection& step : place.path) {
    if (step.kind == Projection::Kind::Index) return true;
  }
  return false;
}

static bool sets_after_drop(sir::Module& module, const sir::Function& function, const Inst& drop,
                            const Inst& next) {
  bool is_pair = drop.kind == InstKind::Drop && drop.operands.size() == 1 &&
                 next.kind == InstKind::Assign && next.dest == drop.operands[0].place;
  return is_pair && is_seen_by_others(function, next.dest) &&
         sir::drop_may_panic(module, sir::place_type(module, function, next.dest));
}

void set_before_drop(sir::Module& module) {
  for (FunctionId id : module.functions.ids()) {
    Writer writer(module, id);
    for (BlockId block : writer.function.blocks.ids()) {
      std::vector<Inst> insts = std::move(writer.function.blocks[block].insts);
      writer.function.blocks[block].insts.clear();
      writer.begin(block);
      for (size_t i = 0; i < insts.size(); ++i) {
        Inst& inst = insts[i];
        bool is_swapped = i + 1 < insts.size() &&
                          sets_after_drop(module, writer.function, inst, insts[i + 1]);
        if (is_swapped) {
          writer.span = inst.span;
          Place place = inst.operands[0].place;
          LocalId old = writer.new_temp(sir::place_type(module, writer.function, place));
          writer.assign(old, Operand::move(place));
          writer.emit(std::move(insts[i + 1]));
          inst.operands = {Operand::move(old)};
          ++i;
        }
        writer.emit(std::move(inst));
      }
    }
  }
}

}  // namespace skein::passes
