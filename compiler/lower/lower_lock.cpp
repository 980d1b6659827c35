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

static void take_locks(Body& body, const ast::Lock* node, const std::vector<LocalId>& handles,
                       bool is_taken) {
  if (!is_taken) {
    body.builtin(Builtin::LockAcquire, {}, operands_of(body, node, handles), Place(), node->span);
  }
  body.add_cleanup({.kind = Cleanup::Kind::Unlock,
                    .locked = operands_of(body, node, handles),
                    .span = node->span});
  // Rule 36: cancellation waits until the locks are given back.
  enter_shield(body, node->span);
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
  if (!is_shared) take_locks(body, node, handles, is_taken);
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

}  // namespace skein::lower
