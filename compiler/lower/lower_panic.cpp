// Panics on purpose: `panic`, `assert` and their kin.
#include "compiler/lower/steps.h"
#include "compiler/support/check.h"

namespace skein::lower {

void emit_panic_kind(Body& body, std::string words, Span span) {
  Inst inst;
  inst.kind = InstKind::PanicKind;
  inst.span = span;
  inst.text = std::move(words);
  body.emit(std::move(inst));
}

static void append_text(Body& body, LocalId text, std::string more, Span span) {
  body.builtin(Builtin::StrAppend, {}, {Operand::mut(text), body.const_str(std::move(more))},
               Place(), span);
}

// A fresh text to build a message in, owned by the current scope.
static LocalId new_text(Body& body, std::string start, Span span) {
  LocalId text = body.new_temp(body.program.types.str(), span);
  body.assign(text, body.const_str(std::move(start)), span);
  body.own(text, span);
  return text;
}

static void append_side(Body& body, LocalId text, std::string label, TypeId type,
                        const Operand& value, Span span) {
  append_text(body, text, "\n" + label + ": ", span);
  emit_show(body, type, value, text, "?", span);
}

// The condition of an assert, and what its message can show of it.
struct Asserted {
  const ast::Compare* compare = nullptr;   // null: no comparison with sides to show
  TypeId type;
  std::vector<Operand> sides;
};

// What is shown must still be there when the assert fails, and must be showable.
static bool shows_sides(Body& body, const ast::Expr* condition) {
  const ast::Compare* compare = condition->try_as<ast::Compare>();
  if (compare == nullptr || body.program.call_of(compare) != nullptr) return false;
  TypeId type = body.program.type_of(compare->left);
  return !body.unit.has_task(type) && body.unit.kind(type) != TypeKind::Fn;
}

static Asserted lower_asserted(Body& body, const ast::Expr* condition, BlockId holds,
                               BlockId fails) {
  Asserted asserted;
  if (!shows_sides(body, condition)) {
    lower_branch(body, condition, holds, fails);
    return asserted;
  }
  const ast::Compare* compare = condition->as<ast::Compare>();
  asserted.compare = compare;
  asserted.type = body.program.type_of(compare->left);
  asserted.sides = lower_args(body, {CallArg(compare->left, ParamMode::Borrow),
                                     CallArg(compare->right, ParamMode::Borrow)});
  LocalId answer = body.new_bool(condition->span);
  emit_compare(body, compare->op, asserted.type, asserted.sides[0], asserted.sides[1], answer,
               condition->span);
  body.branch(Operand::copy(answer), holds, fails, condition->span);
  return asserted;
}

static void lower_assert(Body& body, const types::CallFact& call, Span span) {
  const ast::Expr* condition = call.args[0];
  const ast::Expr* why = call.args[1];
  BlockId holds = body.new_block();
  BlockId fails = body.new_block();
  Asserted asserted = lower_asserted(body, condition, holds, fails);

  body.begin(fails);
  size_t outer = body.mark();
  std::string source(body.program.sources.text(condition->span));
  LocalId text = new_text(body, "assertion failed: " + (why == nullptr ? source : ""), span);
  if (why != nullptr) {
    body.builtin(Builtin::StrAppend, {}, {Operand::mut(text), lower_borrowed(body, why)}, Place(),
                 why->span);
    append_text(body, text, "\n" + source, span);
  }
  if (asserted.compare != nullptr) {
    append_side(body, text, "left", asserted.type, asserted.sides[0], span);
    append_side(body, text, "right", asserted.type, asserted.sides[1], span);
  }
  body.emit(InstKind::Panic, {Operand::borrow(text)}, span);
  body.forget(outer);
  body.begin(holds);
}

void lower_panic_call(Body& body, Builtin builtin, const types::CallFact& call, Span span) {
  switch (builtin) {
    case Builtin::Panic:
      return body.emit(InstKind::Panic, {lower_borrowed(body, call.args[0])}, span);
    case Builtin::Unreachable:
      return emit_panic_kind(body, "unreachable", span);
    case Builtin::Todo:
      return emit_panic_kind(body, "todo", span);
    case Builtin::Assert:
      return lower_assert(body, call, span);
    default:
      SKEIN_UNREACHABLE("a builtin that does not panic by itself");
  }
}

// ---- panics that are taken -------------------------------------------------------------------

void lower_catch(Body& body, const ast::Catch* node, const Place& dest) {
  Span span = node->span;
  TypeId type = body.program.fact(node).type;
  TypeId value_type = body.program.types.arg(type);
  TypeId panic_type = body.program.types.arg(type, 1);
  TypeKind kind = body.unit.kind(value_type);
  bool gives_value = kind != TypeKind::Unit && kind != TypeKind::Never;
  size_t outer = body.mark();
  LocalId payload = body.new_temp(body.program.types.plain(TypeKind::Uint), span);
  LocalId value;
  if (gives_value) value = body.new_temp(value_type, span);
  LocalId panic = body.new_temp(panic_type, span);

  size_t around = body.mark();
  Cleanup inside = body.enter_catch(Cleanup::Kind::Catch, payload, span);
  lower_block(body, node->body, gives_value ? Place(value) : Place());
  body.forget(around);
  body.leave_catch(inside, span);
  BlockId join = body.new_block();
  Operand result = gives_value ? body.taken_from(value)
                               : Operand::unit(body.program.types.unit());
  emit_variant(body, 0, {std::move(result)}, dest, span);
  body.jump(join, span);

  if (inside.is_in_cleanup) body.enter_caught();
  body.begin(inside.caught);
  body.leave_catch(inside, span);
  emit_call(body, body.program.core.panic_take, {}, {Operand::copy(payload)}, panic_type, panic,
            span);
  emit_variant(body, 1, {Operand::move(panic)}, dest, span);
  body.jump(join, span);
  body.begin(join);
  body.leave(outer, span, dest.is_local() ? dest.local : LocalId());
}

// The task is waited for where it is, by `Task.outcome`. A variable of the function's own gives it
// up; an element is left spent.
void lower_join(Body& body, const types::CallFact& call, TypeId type, const Place& dest,
                Span span) {
  const ast::Expr* task = call.args[0];
  LocalId taken;
  Place place;
  if (is_place(body, task)) {
    place = write_place(body, lower_pending_place(body, task));
    if (place.is_local() && sir::owns_value(body.fn.locals[place.local])) {
      taken = body.new_temp(body.type_of(place), span);
      body.assign(taken, Operand::move(place), span);
      body.own(taken, span);
    }
  } else {
    taken = lower_to_temp(body, task);
  }
  if (taken.valid()) place = taken;
  emit_call(body, body.program.core.task_outcome, call.type_args, {Operand::mut(place)}, type,
            dest, span);
  // Nothing is left to wait for; but this is where the task is consumed.
  if (taken.valid()) body.emit(InstKind::Settle, {Operand::move(taken)}, span);
}

}  // namespace skein::lower
