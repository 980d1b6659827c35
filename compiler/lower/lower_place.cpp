// Places: variables, fields and elements, read and written.
//
// Lowering a place has two halves. The first evaluates what is inside it, the indices; the second
// begins the access, which checks the indices and, before a write, gives every array on the way a
// buffer of its own. Between the two the other operands are evaluated, so that none of them runs
// inside the access: in `xs[i] = f()` the call comes before the check of `i`.
#include "compiler/lower/steps.h"
#include "compiler/lower/walk.h"
#include "compiler/support/check.h"

namespace skein::lower {

using ast::ExprKind;

bool has_place_form(Body& body, const ast::Expr* expr) {
  switch (expr->kind) {
    case ExprKind::Name:
      return std::holds_alternative<VarId>(body.program.fact(expr).name);
    case ExprKind::Field:
      return !expr->as<ast::Field>()->optional && body.program.fact(expr).field != UINT32_MAX;
    case ExprKind::TupleIndex:
      return !expr->as<ast::TupleIndex>()->optional;
    case ExprKind::Index:
      // Else it is a call of `at`, or of `at_mut`.
      return body.program.call_of(expr) == nullptr || call_of_place(body, expr) != nullptr;
    case ExprKind::Call:
    case ExprKind::MethodCall:
      return call_of_place(body, expr) != nullptr;
    default:
      return false;
  }
}

bool is_read_at_once(Body& body, const ast::Expr* expr) {
  if (body.unit.is_move_only(body.program.type_of(expr))) return false;
  while (call_of_place(body, expr) == nullptr) {
    if (const ast::Field* field = expr->try_as<ast::Field>()) {
      expr = field->receiver;
    } else if (const ast::TupleIndex* part = expr->try_as<ast::TupleIndex>()) {
      expr = part->receiver;
    } else if (const ast::Index* element = expr->try_as<ast::Index>()) {
      expr = element->receiver;
    } else {
      return false;
    }
  }
  return true;
}

// The local whose value is the index, from now until the access. A variable that cannot change
// serves itself.
static LocalId lower_index(Body& body, const ast::Expr* index) {
  if (is_place(body, index) && index->kind == ExprKind::Name) {
    VarId var = std::get<VarId>(body.program.fact(index).name);
    LocalId local = body.local_of(var);
    if (!body.program.vars[var].is_mutable && !body.fn.locals[local].is_ref) return local;
  }
  LocalId temp = body.new_temp(body.program.type_of(index), index->span);
  lower_into(body, index, temp);
  return temp;
}

// `x!` where x is an option and a place. What is read of it is a value, so it is no place by itself.
static bool is_payload(Body& body, const ast::Expr* expr) {
  const ast::Unwrap* unwrap = expr->try_as<ast::Unwrap>();
  if (unwrap == nullptr) return false;
  if (body.unit.kind(body.program.type_of(unwrap->operand)) != TypeKind::Option) return false;
  return has_place_form(body, unwrap->operand) || is_payload(body, unwrap->operand);
}

// From the lock in a guard to what it protects, the one element behind it.
static void enter_cell(Body& body, PendingPlace& pending, const PendingPlace::Step& lock) {
  PendingPlace::Step step;
  step.span = lock.span;
  step.projection.kind = Projection::Kind::Index;
  step.projection.local = body.new_int(0, lock.span);
  step.container = body.program.fields(lock.container)[0];
  pending.steps.push_back(step);
}

PendingPlace lower_pending_place(Body& body, const ast::Expr* expr) {
  if (is_payload(body, expr)) {
    const ast::Expr* option = expr->as<ast::Unwrap>()->operand;
    PendingPlace pending = lower_pending_place(body, option);
    PendingPlace::Step step;
    step.span = expr->span;
    step.container = body.program.type_of(option);
    step.unwraps = true;
    pending.steps.push_back(step);
    return pending;
  }
  if (!has_place_form(body, expr)) {
    PendingPlace pending;
    pending.root = lower_to_temp(body, expr);
    return pending;
  }
  if (expr->kind == ExprKind::Name) {
    PendingPlace pending;
    pending.root = body.local_of(std::get<VarId>(body.program.fact(expr).name));
    return pending;
  }
  const ast::Expr* receiver = nullptr;
  PendingPlace::Step step;
  step.span = expr->span;
  if (const types::CallFact* call = call_of_place(body, expr)) {
    step.call = lower_pending_call(body, expr, *call);
    PendingPlace pending;
    pending.steps.push_back(std::move(step));
    return pending;
  }
  bool is_guarded = false;
  if (const ast::Field* field = expr->try_as<ast::Field>()) {
    receiver = field->receiver;
    step.projection.index = body.program.fact(expr).field;
    is_guarded = body.program.interner.text(field->name.name) == "value" &&
                 types::is_guard(body.program, body.program.type_of(receiver));
  } else if (const ast::TupleIndex* element = expr->try_as<ast::TupleIndex>()) {
    receiver = element->receiver;
    step.projection.index = element->index;
  } else {
    receiver = expr->as<ast::Index>()->receiver;
    step.projection.kind = Projection::Kind::Index;
  }
  PendingPlace pending = lower_pending_place(body, receiver);
  step.container = body.program.type_of(receiver);
  if (const ast::Index* element = expr->try_as<ast::Index>()) {
    if (is_map(body, step.container)) {
      add_map_step(body, element, pending);
      return pending;
    }
    step.projection.local = lower_index(body, element->args[0].value);
  }
  pending.steps.push_back(step);
  if (is_guarded) enter_cell(body, pending, step);
  return pending;
}

enum class Access : uint8_t { Reads, Changes, Sets };

static Place access_place(Body& body, const PendingPlace& pending, Access access) {
  bool writes = access != Access::Reads;
  Place place = pending.root;
  for (const PendingPlace::Step& step : pending.steps) {
    if (step.call) {
      place = enter_call(body, *step.call);
      continue;
    }
    if (step.key) {
      place = enter_map(body, place, step, writes);
      continue;
    }
    if (step.unwraps) {
      place = enter_payload(body, place, step.span);
      continue;
    }
    TypeKind container = body.unit.kind(step.container);
    bool is_cell = container == TypeKind::Mutex || container == TypeKind::RwLock;
    if (step.projection.kind == Projection::Kind::Index && !is_cell) {
      body.emit(InstKind::CheckIndex,
                {Operand::borrow(place), Operand::copy(step.projection.local)}, step.span);
      // A buffer of move-only elements never has a second owner.
      bool may_be_shared = body.unit.kind(step.container) == TypeKind::Array &&
                           !body.unit.is_move_only(step.container);
      if (writes && may_be_shared) {
        body.emit(InstKind::Unshare, {Operand::mut(place)}, step.span);
      }
    }
    place.path.push_back(step.projection);
    // What is set gets a box of its own.
    bool gets_box = access == Access::Sets && &step == &pending.steps.back();
    if (writes && !gets_box && sir::is_boxed(body.module, body.fn, place)) {
      body.emit(InstKind::Unshare, {Operand::mut(place)}, step.span);
    }
  }
  return place;
}

Place read_place(Body& body, const PendingPlace& pending) {
  return access_place(body, pending, Access::Reads);
}

Place write_place(Body& body, const PendingPlace& pending) {
  return access_place(body, pending, Access::Changes);
}

void emit_ref(Body& body, LocalId dest, Operand place, Span span) {
  Inst inst;
  inst.kind = InstKind::Ref;
  inst.span = span;
  inst.dest = dest;
  inst.operands = {std::move(place)};
  body.emit(std::move(inst));
}

// ---- assignment ----------------------------------------------------------------------------

static void emit_store(Body& body, const Place& place, Operand value, Span span) {
  if (body.unit.needs_drop(body.type_of(place))) body.drop(place, span);
  body.assign(place, std::move(value), span);
}

void store_at(Body& body, const PendingPlace& pending, Operand value, Span span) {
  if (pending.steps.empty() || !pending.steps.back().key) {
    Place place = access_place(body, pending, Access::Sets);
    return emit_store(body, place, std::move(value), span);
  }
  PendingPlace map = pending;
  map.steps.pop_back();
  insert_into_map(body, write_place(body, map), pending.steps.back(), std::move(value));
}

// The value as an operand that does not mention `pending` any more: what is stored was complete
// before the access began.
static Operand lower_stored(Body& body, const ast::Expr* value) {
  if (std::optional<Operand> constant = constant_of(body, value)) return *constant;
  return body.taken_from(lower_to_temp(body, value));
}

static void lower_simple_assign(Body& body, const ast::Assign* node) {
  TypeId type = body.program.type_of(node->place);
  PendingPlace pending = lower_pending_place(body, node->place);
  // A number goes where it belongs at once: it is written by the last instruction of its
  // expression.
  if (pending.steps.empty() && body.unit.is_scalar(type)) {
    return lower_into(body, node->value, pending.root);
  }
  Operand value = lower_stored(body, node->value);
  store_at(body, pending, std::move(value), node->span);
}

// `(a, b) = (b, a)`: all values first, then all places.
static void lower_tuple_assign(Body& body, const ast::Assign* node, const ast::Tuple* places) {
  std::vector<PendingPlace> pending;
  for (const ast::Expr* place : places->elements) {
    bool is_ignored = place->kind == ExprKind::Underscore;
    pending.push_back(is_ignored ? PendingPlace() : lower_pending_place(body, place));
  }
  LocalId values = lower_to_temp(body, node->value);
  for (uint32_t i = 0; i < pending.size(); ++i) {
    if (places->elements[i]->kind == ExprKind::Underscore) continue;
    Operand value = body.taken_from(field_of(values, i));
    store_at(body, pending[i], std::move(value), node->span);
  }
}

// `a += b` where the operator is a function of the library.
static void lower_call_assign(Body& body, const ast::Assign* node, const types::CallFact& call) {
  TypeId type = body.program.type_of(node->place);
  PendingPlace pending = lower_pending_place(body, node->place);
  Operand right = lower_borrowed(body, node->value);
  LocalId result = body.new_temp(type, node->span);
  Place place = write_place(body, pending);
  std::vector<Operand> operands = {body.borrow_of(place), std::move(right)};
  emit_call(body, call.callee, call.type_args, std::move(operands), type, result, node->span);
  body.own(result, node->span);
  emit_store(body, place, body.taken_from(result), node->span);
}

static void lower_compound_assign(Body& body, const ast::Assign* node) {
  if (const types::CallFact* call = body.program.call_of(node)) {
    return lower_call_assign(body, node, *call);
  }
  TypeId type = body.program.type_of(node->place);
  PendingPlace pending = lower_pending_place(body, node->place);
  if (body.unit.kind(type) == TypeKind::Str) {
    // The text added must not be the one that grows.
    bool is_same = root_variable(body.program, node->value) ==
                   root_variable(body.program, node->place);
    Operand added = is_same ? Operand::borrow(lower_to_temp(body, node->value))
                            : lower_borrowed(body, node->value);
    Place place = write_place(body, pending);
    return body.builtin(Builtin::StrAppend, {}, {Operand::mut(place), added}, Place(), node->span);
  }
  Operand right = lower_value(body, node->value);
  Place place = write_place(body, pending);
  emit_binary(body, node->op, type, Operand::copy(place), std::move(right), place, node->span);
}

void lower_assign(Body& body, const ast::Assign* node) {
  if (node->is_compound) return lower_compound_assign(body, node);
  if (node->place->kind == ExprKind::Underscore) return lower_discarded(body, node->value);
  if (const ast::Tuple* places = node->place->try_as<ast::Tuple>()) {
    return lower_tuple_assign(body, node, places);
  }
  lower_simple_assign(body, node);
}

}  // namespace skein::lower
