// Asked twice: of generic functions, whether they need their types to be copyable at all; and of
// concrete ones, which copies cost a count for nothing.
#include "compiler/passes/last_use.h"

namespace skein::passes {

using sir::Inst;
using sir::LocalId;
using sir::Operand;
using sir::Projection;

// Elements have no state of their own, a box cannot be left without content, and a value with a
// `drop` method stays whole.
static bool is_movable_part(sir::Module& module, const sir::Function& function,
                            const sir::Place& place, Parts parts) {
  const types::Program& program = *module.program;
  sir::Place whole = place.local;
  for (const Projection& step : place.path) {
    if (step.kind == Projection::Kind::Index) return false;
    if (step.kind == Projection::Kind::Variant && parts == Parts::Fields) return false;
    const types::Type& type = module.types().get(sir::place_type(module, function, whole));
    if (type.kind == types::TypeKind::Struct) {
      const types::StructDecl& decl = program.structs[types::StructId(type.decl)];
      if (decl.drop_fn.valid() || decl.fields[step.index].is_boxed) return false;
    }
    if (type.kind == types::TypeKind::Enum) {
      const types::EnumDecl& decl = program.enums[types::EnumId(type.decl)];
      const types::VariantDecl& variant = decl.variants[step.variant];
      if (decl.drop_fn.valid() || variant.fields[step.index].is_boxed) return false;
    }
    whole.path.push_back(step);
  }
  return true;
}

static size_t count_of(const Inst& inst, LocalId local) {
  size_t count = 0;
  auto look_at = [&](LocalId named) { count += named == local; };
  for (const Operand& operand : inst.operands) {
    if (operand.is_place()) sir::for_each_local(operand.place, look_at);
  }
  if (inst.dest.valid()) sir::for_each_local(inst.dest, look_at);
  return count;
}

bool is_last_use(sir::Module& module, const sir::Function& function, const sir::Liveness& live,
                 const Inst& inst, const Operand& operand, const sir::BitSet& live_after,
                 Parts parts) {
  if (operand.kind != Operand::Kind::Copy) return false;
  LocalId local = operand.place.local;
  if (!sir::owns_value(function.locals[local]) || live_after.test(local.index)) return false;
  if (inst.unwind.valid() && live.at_begin(inst.unwind).test(local.index)) return false;
  // A closure or reference beside it may stand for the local.
  for (const Operand& other : inst.operands) {
    if (!other.is_place()) continue;
    for (LocalId source : live.sources(other.place.local)) {
      if (source == local) return false;
    }
  }
  return count_of(inst, local) == 1 && is_movable_part(module, function, operand.place, parts);
}

}  // namespace skein::passes
