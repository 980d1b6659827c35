// Copies parts of values in boxes that others may share.
//
// lower moves parts out of a temporary, which nobody can use again, and does not know yet whether the
// types can be copied:
//
//     match last() { Cons(Pair { key, … }) => key }       %2 = move %1.v1.0.0
//
// Where they can, the box may have other owners, who still need what is in it. A box whose content moves
// as a whole sees to that itself; a part of it is copied. The rest dies with the temporary.
#include "compiler/passes/passes.h"

namespace skein::passes {

using sir::Operand;
using sir::Place;
using sir::Projection;

static bool is_in_shared_box(sir::Module& module, const sir::Function& function,
                             const Place& place) {
  Place around = place.local;
  for (const Projection& step : place.path) {
    bool is_part = around.path.size() > 0 && sir::is_boxed(module, function, around);
    if (is_part) {
      types::TypeId content = sir::place_type(module, function, around);
      if (!types::traits_of(*module.program, content).is_move_only) return true;
    }
    around.path.push_back(step);
  }
  return false;
}

void copy_from_boxes(sir::Module& module) {
  for (sir::FunctionId id : module.functions.ids()) {
    sir::Function& function = module.functions[id];
    for (sir::Block& block : function.blocks) {
      for (sir::Inst& inst : block.insts) {
        if (inst.kind == sir::InstKind::Drop) continue;
        for (Operand& operand : inst.operands) {
          bool moves_part = operand.kind == Operand::Kind::Move && operand.place.path.size() > 1;
          if (moves_part && is_in_shared_box(module, function, operand.place)) {
            operand.kind = Operand::Kind::Copy;
          }
        }
      }
    }
  }
}

}  // namespace skein::passes
