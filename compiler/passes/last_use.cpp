// Asked twice: of generic functions, whether they need their types to be copyable at all; and of
// concrete ones, which copies cost a count for nothing.
#include "compiler/passes/last_use.h"

#include <algorithm>
#include <span>

namespace skein::passes {

using sir::Inst;
using sir::LocalId;
using sir::Operand;
using sir::Projection;

// Elements have no state of their own, a box cannot be left without content, and a value with a
// `drop` method stays whole.
bool LastUses::is_movable_part(const sir::Place& place) const {
  const types::Program& program = *module_.program;
  sir::Place whole = place.local;
  for (const Projection& step : place.path) {
    if (step.kind == Projection::Kind::Index) return false;
    if (step.kind == Projection::Kind::Variant && parts_ == Parts::Fields) return false;
    const types::Type& type = module_.types().get(sir::place_type(module_, function_, whole));
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

static bool is_before(LocalId a, LocalId b) { return a.index < b.index; }

void LastUses::look_at(const Inst& inst) {
  if (inst_ == &inst) return;
  inst_ = &inst;
  names_.clear();
  sources_.clear();
  auto add = [&](LocalId local) { names_.push_back(local); };
  for (const Operand& operand : inst.operands) {
    if (!operand.is_place()) continue;
    sir::for_each_local(operand.place, add);
    std::span<const LocalId> sources = live_.sources(operand.place.local);
    sources_.insert(sources_.end(), sources.begin(), sources.end());
  }
  if (inst.dest.valid()) sir::for_each_local(inst.dest, add);
  std::sort(names_.begin(), names_.end(), is_before);
  std::sort(sources_.begin(), sources_.end(), is_before);
}

bool LastUses::is_last_use(const Inst& inst, const Operand& operand,
                           const sir::BitSet& live_after) {
  if (operand.kind != Operand::Kind::Copy) return false;
  LocalId local = operand.place.local;
  if (!sir::owns_value(function_.locals[local]) || live_after.test(local.index)) return false;
  if (inst.unwind.valid() && live_.at_begin(inst.unwind).test(local.index)) return false;
  look_at(inst);
  // A closure or reference beside it may stand for the local.
  if (std::binary_search(sources_.begin(), sources_.end(), local, is_before)) return false;
  auto [first, end] = std::equal_range(names_.begin(), names_.end(), local, is_before);
  return end - first == 1 && is_movable_part(operand.place);
}

}  // namespace skein::passes
