// `lock`: the locks are taken all at once, in one order for the whole program, and given back on each
// way out. In the block a name is a reference to what its lock protects.
#include "compiler/lower/steps.h"
#include "compiler/support/check.h"

namespace skein::lower {

// What a handle protects is the one element behind it.
static Place content_of(Body& body, LocalId handle, Span span) {
  Projection step;
  step.kind = Projection::Kind::Index;
  step.local = body.new_int(0, span);
  Place content = handle;
  content.path.push_back(step);
  return content;
}

// A lock that is only looked at is taken for reading, which for a Mutex is no different.
static std::vector<Operand> operands_of(Body& body, const ast::Lock* node,
                                        const std::vector<LocalId>& handles) {
  std::vector<Operand> operands;
  for (size_t i = 0; i < handles.size(); ++i) {
    bool is_shared = !node->places[i].is_mut && body.unit.kind(body.type_of(handles[i])) ==
                                                    TypeKind::RwLock;
    operands.push_back(Operand::borrow(handles[i]));
    operands.push_back(body.const_bool(is_shared));
  }
  return operands;
}

// Gives what the shield put away.
static LocalId take_locks(Body& body, const ast::Lock* node, const std::vector<LocalId>& handles,
                          bool is_taken) {
  if (!is_taken) {
    body.builtin(Builtin::LockAcquire, {}, operands_of(body, node, handles), Place(), node->span);
  }
  body.add_cleanup({.kind = Cleanup::Kind::Unlock,
                    .locked = operands_of(body, node, handles),
                    .span = node->span});
  // Rule 36: cancellation waits until the locks are given back.
  return enter_shield(body, node->span);
}

// The handle of the block is where its value is; waiting is about another one to the same lock.
static void hold(Body& body, VarId var, LocalId lock, LocalId shield, Span span) {
  LocalId handle = body.new_temp(body.type_of(lock), span);
  body.assign(handle, Operand::copy(lock), span);
  body.own(handle, span);
  body.held[var] = {handle, shield};
}

void lower_lock(Body& body, const ast::Lock* node, const Place& dest) {
  const std::vector<VarId>& vars = body.program.locked.at(node->id.index);
  size_t outer = body.mark();
  std::vector<LocalId> handles;
  bool is_taken = false;
  for (const ast::LockedPlace& place : node->places) {
    const types::CallFact* taken = call_of_builtin(body, place.place, Builtin::LockTaken);
    const ast::Expr* lock = taken != nullptr ? taken->args[0] : place.place;
    is_taken = taken != nullptr;
    LocalId handle = body.new_temp(body.program.type_of(lock), lock->span);
    lower_into(body, lock, handle);
    body.own(handle, lock->span);
    handles.push_back(handle);
  }
  bool is_shared = body.unit.kind(body.type_of(handles[0])) == TypeKind::Shared;
  LocalId shield;
  if (!is_shared) shield = take_locks(body, node, handles, is_taken);
  for (size_t i = 0; i < handles.size(); ++i) {
    bool is_waited = body.program.vars[vars[i]].is_waited;
    if (is_waited) hold(body, vars[i], handles[i], shield, node->span);
  }
  for (size_t i = 0; i < handles.size(); ++i) {
    const types::VarDecl& decl = body.program.vars[vars[i]];
    LocalId ref = body.new_ref(decl.type, decl.name, decl.span);
    Place content = content_of(body, handles[i], decl.span);
    emit_ref(body, ref, decl.is_place ? Operand::mut(content) : Operand::borrow(content), decl.span);
    body.bind(vars[i], ref);
  }
  lower_block(body, node->body, dest);
  body.leave(outer, node->span, dest.valid() ? dest.local : LocalId());
}

// `cv.wait(mut g)` becomes `wait_with` the lock, whatever stands for it. It can be cancelled, though a
// `lock` block cannot: its shield is put away meanwhile.
void lower_condvar_wait(Body& body, const types::CallFact& call, Span span) {
  const ast::Expr* guard = call.args[1];
  Place condvar = lower_to_place(body, call.args[0]);
  TypeId unit = body.program.types.unit();
  types::FnId wait = body.program.core.condvar_wait;
  if (types::is_guard(body.program, body.program.type_of(guard))) {
    Place lock = field_of(lower_to_place(body, guard), 0);
    LocalId nothing = body.new_temp(unit, span);
    return emit_call(body, wait, {body.type_of(lock), unit},
                     {Operand::borrow(condvar), Operand::mut(lock), Operand::mut(nothing)}, unit,
                     Place(), span);
  }
  const VarId* var = std::get_if<VarId>(&body.program.fact(guard).name);
  SKEIN_CHECK(var != nullptr && body.held.contains(*var), "a Condvar waits with what is no lock");
  Body::Held held = body.held.at(*var);
  body.emit(InstKind::ShieldExit, {Operand::copy(held.shield)}, span);
  LocalId value = body.local_of(*var);
  emit_call(body, wait, {body.type_of(held.handle), body.type_of(value)},
            {Operand::borrow(condvar), Operand::mut(held.handle), Operand::mut(value)}, unit,
            Place(), span);
  Inst shield;
  shield.kind = InstKind::ShieldEnter;
  shield.span = span;
  shield.dest = held.shield;
  body.emit(std::move(shield));
}

}  // namespace skein::lower
