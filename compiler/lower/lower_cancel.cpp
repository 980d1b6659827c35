// Blocks about being cancelled: `within`, `shield`.
#include "compiler/lower/steps.h"
#include "compiler/lower/walk.h"
#include "compiler/support/check.h"

namespace skein::lower {

// ---- shield --------------------------------------------------------------------------------

LocalId enter_shield(Body& body, Span span) {
  LocalId before = body.new_temp(body.program.types.int_(), span);
  Inst inst;
  inst.kind = InstKind::ShieldEnter;
  inst.span = span;
  inst.dest = before;
  body.emit(std::move(inst));
  body.add_cleanup({.kind = Cleanup::Kind::ShieldExit, .local = before, .span = span});
  return before;
}

void lower_shield(Body& body, const ast::Shield* node, const Place& dest) {
  size_t outer = body.mark();
  enter_shield(body, node->span);
  enter_task_scope(body, node->span, true);
  lower_block(body, node->body, dest);
  body.leave(outer, node->span, dest.is_local() ? dest.local : LocalId());
  body.task_scopes.pop_back();
}

// ---- within --------------------------------------------------------------------------------

// `err(Timeout)` or `err(Stopped)`.
static void give_late(Body& body, TypeId type, const Place& dest, Span span) {
  LocalId late = body.new_temp(type, span);
  Inst inst;
  inst.kind = InstKind::Aggregate;
  inst.span = span;
  inst.dest = late;
  body.emit(std::move(inst));
  emit_variant(body, 1, {Operand::move(late)}, dest, span);
}

// The duration, or the channel that a token is, which outlives the block.
static Operand lower_limit(Body& body, const ast::Expr* limit) {
  TypeId type = body.program.fact(limit).type;
  if (body.unit.kind(type) != TypeKind::Struct) return lower_value(body, limit);
  return Operand::borrow(field_of(lower_to_temp(body, limit), 0));
}

// The value counts if the body and its tasks ended in time.
static void give_in_time(Body& body, LocalId scope, LocalId value, const Place& dest, BlockId late,
                         BlockId join, Span span) {
  LocalId is_late = body.new_bool(span);
  Inst leave;
  leave.kind = InstKind::WithinLeave;
  leave.span = span;
  leave.dest = is_late;
  leave.operands = {Operand::mut(scope)};
  body.emit(std::move(leave));
  BlockId drops = body.new_block();
  BlockId in_time = body.new_block();
  body.branch(Operand::copy(is_late), drops, in_time, span);
  body.begin(drops);
  if (value.valid()) body.drop(value, span);
  body.jump(late, span);
  body.begin(in_time);
  Operand result = value.valid() ? body.taken_from(value)
                                 : Operand::unit(body.program.types.unit());
  emit_variant(body, 0, {std::move(result)}, dest, span);
  body.jump(join, span);
}

void lower_within(Body& body, const ast::Within* node, const Place& dest) {
  Span span = node->span;
  TypeId type = body.program.fact(node).type;
  TypeId value_type = body.program.types.arg(type);
  TypeKind kind = body.unit.kind(value_type);
  size_t outer = body.mark();
  Operand limit = lower_limit(body, node->limit);
  LocalId scope = body.new_temp(body.program.types.plain(TypeKind::Scope), span);
  LocalId value;
  if (kind != TypeKind::Unit && kind != TypeKind::Never) value = body.new_temp(value_type, span);

  size_t around = body.mark();
  Cleanup inside = body.enter_catch(Cleanup::Kind::Timeout, scope, span);
  body.emit(InstKind::WithinEnter, {Operand::mut(scope), std::move(limit)}, span);
  size_t within = body.mark();
  body.add_cleanup(
      {.kind = Cleanup::Kind::ScopeExit, .local = scope, .is_block = true, .span = span});
  body.task_scopes.push_back(scope);
  lower_block(body, node->body, value.valid() ? Place(value) : Place());
  body.leave(within, span, value);
  body.task_scopes.pop_back();
  body.forget(around);
  BlockId late = body.new_block();
  BlockId join = body.new_block();
  give_in_time(body, scope, value, dest, late, join, span);
  // A block that is left by unwinding is left there.
  body.begin(inside.caught);
  body.jump(late, span);
  body.begin(late);
  give_late(body, body.program.types.arg(type, 1), dest, span);
  body.jump(join, span);
  body.begin(join);
  body.leave_catch(inside, span);
  body.leave(outer, span, dest.is_local() ? dest.local : LocalId());
}

}  // namespace skein::lower
