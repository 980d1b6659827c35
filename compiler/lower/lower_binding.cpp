// The variables that a pattern binds: whether each is a copy of its part of the subject, has it moved
// there, or stands for it where it is.
#include <algorithm>

#include "compiler/lower/patterns.h"
#include "compiler/lower/steps.h"

namespace skein::lower {

BindingWay binding_way(Body& body, const PatternBinding& binding, bool has_guard) {
  if (body.program.vars[binding.var].is_place) return BindingWay::Mut;
  if (binding.is_rest) return BindingWay::Copy;
  const Place& place = binding.place;
  TypeId type = body.type_of(place);
  bool is_owned = sir::owns_value(body.fn.locals[place.local]);
  bool has_index = std::any_of(place.path.begin(), place.path.end(), [](const Projection& step) {
    return step.kind == Projection::Kind::Index;
  });
  if (body.unit.is_move_only(type)) {
    return is_owned && !has_index && !has_guard ? BindingWay::Move : BindingWay::Borrow;
  }
  if (has_guard) return BindingWay::Copy;
  return body.taken_from(place).kind == Operand::Kind::Move ? BindingWay::Move : BindingWay::Copy;
}

void unshare_way(Body& body, const Place& part, Span span) {
  Place place = part.local;
  for (const Projection& step : part.path) {
    if (is_named_element(body, step)) unshare_array(body, place, span);
    place.path.push_back(step);
    if (sir::is_boxed(body.module, body.fn, place)) body.emit(InstKind::Unshare, {Operand::mut(place)}, span);
  }
}

// `..rest` is an array of its own.
static void emit_rest(Body& body, const PatternBinding& binding, LocalId local) {
  LocalId end = emit_length(body, binding.place, binding.span);
  body.binary(sir::BinaryOp::WrapSub, Operand::copy(end),
              body.const_int(static_cast<int64_t>(binding.after)), end, binding.span);
  body.builtin(Builtin::ArraySlice, {body.program.types.arg(body.type_of(binding.place))},
               {Operand::borrow(binding.place),
                body.const_int(static_cast<int64_t>(binding.before)), Operand::copy(end)},
               local, binding.span);
}

LocalId emit_binding(Body& body, const PatternBinding& binding, LocalId local, bool has_guard) {
  const types::VarDecl& decl = body.program.vars[binding.var];
  BindingWay way = binding_way(body, binding, has_guard);
  if (way == BindingWay::Borrow || way == BindingWay::Mut) {
    // Of a rest it is a window, not the array that the source speaks of.
    if (!local.valid()) local = body.new_ref(body.type_of(binding.place), decl.name, decl.span);
    if (way == BindingWay::Mut) unshare_way(body, binding.place, binding.span);
    emit_ref(body, local,
             way == BindingWay::Mut ? Operand::mut(binding.place) : Operand::borrow(binding.place),
             binding.span);
    return local;
  }
  if (!local.valid()) local = body.new_var(binding.var);
  Inst live;
  live.kind = InstKind::Live;
  live.span = binding.span;
  live.dest = local;
  body.emit(std::move(live));
  if (binding.is_rest) {
    emit_rest(body, binding, local);
    return local;
  }
  body.assign(local,
              way == BindingWay::Move ? Operand::move(binding.place) : Operand::copy(binding.place),
              binding.span);
  return local;
}

}  // namespace skein::lower
