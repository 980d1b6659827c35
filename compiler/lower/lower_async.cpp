// `async` blocks and their policies.
//
//   async { … }           a scope; its value is the block's
//   async(max: n) { … }   its `spawn`s wait while n tasks run
//   async(race) { … }     each `spawn` is awaited by a task of its own, which offers the value: the
//                         first puts it into a slot and ends the block
//   async(settle) { … }   the tasks are put into an array, and joined at the end
#include "compiler/lower/steps.h"
#include "compiler/support/check.h"

namespace skein::lower {

static void bind_scope(Body& body, const ast::Async* node, LocalId scope) {
  const VarId* var = std::get_if<VarId>(&body.program.fact(node).name);
  if (node->scope.valid() && var != nullptr) body.bind(*var, scope);
}

static LocalId lower_most(Body& body, const ast::Async* node) {
  if (node->max == nullptr) return LocalId();
  LocalId most = body.new_temp(body.program.types.int_(), node->max->span);
  body.assign(most, lower_value(body, node->max), node->max->span);
  return most;
}

static void note_contest(Body& body, Body::Contest contest) {
  bool is_special = contest.most.valid() || contest.slot.valid() || contest.tasks.valid();
  if (is_special) body.contests[body.task_scopes.back().index] = contest;
}

static void lower_all(Body& body, const ast::Async* node, const Place& dest) {
  size_t outer = body.mark();
  LocalId most = lower_most(body, node);
  enter_task_scope(body, node->span, true);
  note_contest(body, {.most = most, .slot = {}, .tasks = {}});
  bind_scope(body, node, body.task_scopes.back());
  lower_block(body, node->body, dest);
  body.leave(outer, node->span, dest.valid() ? dest.local : LocalId());
  body.task_scopes.pop_back();
}

// ---- settle --------------------------------------------------------------------------------

static void lower_settle(Body& body, const ast::Async* node, const Place& dest) {
  Span span = node->span;
  TypeId outcomes = body.program.fact(node).type;
  TypeId value = body.program.types.arg(body.program.types.arg(outcomes));
  TypeId task = body.program.types.make(TypeKind::Task, {value});
  size_t outer = body.mark();
  LocalId most = lower_most(body, node);
  enter_task_scope(body, span, true);
  LocalId tasks = body.new_temp(body.program.types.make(TypeKind::Array, {task}), span);
  Inst empty;
  empty.kind = InstKind::Array;
  empty.span = span;
  empty.dest = tasks;
  body.emit(std::move(empty));
  body.own(tasks, span);
  note_contest(body, {.most = most, .slot = {}, .tasks = tasks});
  bind_scope(body, node, body.task_scopes.back());
  lower_block(body, node->body, Place());
  if (body.is_open()) {
    LocalId found = dest.is_local() ? dest.local : body.new_temp(outcomes, span);
    emit_call(body, body.program.core.task_outcomes, {value}, {Operand::move(tasks)}, outcomes,
              found, span);
    body.leave(outer, span, found);
    if (!dest.is_local()) {
      body.own(found, span);
      if (dest.valid()) body.assign(dest, Operand::move(found), span);
    }
  } else {
    body.forget(outer);
  }
  body.task_scopes.pop_back();
}

// ---- race ----------------------------------------------------------------------------------

static void take_winner(Body& body, LocalId slot, const Place& dest, Span span) {
  LocalId tag = emit_tag(body, slot, span);
  LocalId has_winner = body.new_bool(span);
  body.binary(sir::BinaryOp::Eq, Operand::copy(tag), body.const_int(1), has_winner, span);
  BlockId won = body.new_block();
  BlockId nobody = body.new_block();
  body.branch(Operand::copy(has_winner), won, nobody, span);
  body.begin(nobody);
  body.emit(InstKind::Panic, {body.const_str("a race of no tasks has no winner")}, span);
  body.begin(won);
  if (dest.valid()) body.assign(dest, body.taken_from(payload_of(slot, 1)), span);
}

static void lower_race(Body& body, const ast::Async* node, const Place& dest) {
  Span span = node->span;
  TypeId value = body.program.fact(node).type;
  size_t outer = body.mark();
  LocalId most = lower_most(body, node);
  LocalId slot = body.new_temp(body.program.types.make(TypeKind::Option, {value}), span);
  LocalId scope = body.new_temp(body.program.types.plain(TypeKind::Scope), span);
  emit_variant(body, 0, {}, slot, span);
  body.own(slot, span);

  size_t around = body.mark();
  Cleanup inside = body.enter_catch(Cleanup::Kind::Win, scope, span);
  body.emit(InstKind::ScopeEnter, {Operand::mut(scope)}, span);
  size_t within = body.mark();
  body.add_cleanup(
      {.kind = Cleanup::Kind::ScopeExit, .local = scope, .is_block = true, .span = span});
  body.task_scopes.push_back(scope);
  note_contest(body, {.most = most, .slot = slot, .tasks = {}});
  bind_scope(body, node, scope);
  lower_block(body, node->body, Place());
  body.leave(within, span);
  body.task_scopes.pop_back();
  body.forget(around);
  BlockId join = body.new_block();
  body.emit(InstKind::ScopeLeave, {Operand::mut(scope)}, span);
  body.jump(join, span);
  // A block that is left by unwinding is left there.
  body.begin(inside.caught);
  body.jump(join, span);
  body.begin(join);
  body.leave_catch(inside, span);
  take_winner(body, slot, dest, span);
  body.leave(outer, span, dest.is_local() ? dest.local : LocalId());
}

void lower_async(Body& body, const ast::Async* node, const Place& dest) {
  switch (node->policy) {
    case ast::Async::Policy::All:
      return lower_all(body, node, dest);
    case ast::Async::Policy::Race:
      return lower_race(body, node, dest);
    case ast::Async::Policy::Settle:
      return lower_settle(body, node, dest);
  }
  SKEIN_UNREACHABLE("an unknown policy");
}

}  // namespace skein::lower
