// Windows: parts of arrays that are lent as they are (language rule 5).
//
// A window has no place in the types of the source; a variable of type `[T]` may be one here. What
// must not be done with it is asked when the function is compiled for windows (passes/windows.h).
#include "compiler/lower/patterns.h"
#include "compiler/lower/steps.h"
#include "compiler/support/check.h"

namespace skein::lower {

static TypeId window_of(Body& body, TypeId element) {
  return body.program.types.make(TypeKind::Window, {element});
}

bool is_array_slice(Body& body, const ast::Expr* expr) {
  if (expr->kind != ast::ExprKind::Slice) return false;
  const types::ExprFact& fact = body.program.fact(expr);
  TypeKind kind = body.unit.kind(body.program.type_of(expr->as<ast::Slice>()->receiver));
  return fact.type == body.program.type_of(expr) &&
         (kind == TypeKind::Array || kind == TypeKind::FixedArray);
}

// A bound, with the value it has now.
static std::optional<Operand> lower_bound(Body& body, const ast::Expr* bound) {
  if (bound == nullptr) return std::nullopt;
  if (std::optional<Operand> constant = constant_of(body, bound)) return constant;
  return Operand::copy(lower_to_temp(body, bound));
}

PendingWindow lower_pending_window(Body& body, const ast::Slice* node) {
  PendingWindow window;
  window.span = node->span;
  window.array = lower_pending_place(body, node->receiver);
  const ast::Range* range = node->range;
  window.low = lower_bound(body, range->low);
  window.high = lower_bound(body, range->high);
  if (range->inclusive && range->high != nullptr) {
    LocalId end = body.new_temp(body.program.types.int_(), node->span);
    body.binary(sir::BinaryOp::Add, std::move(*window.high), body.const_int(1), end, node->span);
    window.high = Operand::copy(end);
  }
  return window;
}

void unshare_array(Body& body, const Place& array, Span span) {
  TypeId type = body.type_of(array);
  bool may_be_shared = body.unit.kind(type) == TypeKind::Array && !body.unit.is_move_only(type);
  if (may_be_shared) body.emit(InstKind::Unshare, {Operand::mut(array)}, span);
}

LocalId emit_length(Body& body, const Place& array, Span span) {
  const types::Type& type = body.program.types.get(body.type_of(array));
  LocalId length = body.new_temp(body.program.types.int_(), span);
  if (type.kind == TypeKind::FixedArray) {
    body.assign(length, body.const_int(static_cast<int64_t>(type.length)), span);
  } else {
    body.builtin(Builtin::ArrayLen, {type.args[0]}, {Operand::borrow(array)}, length, span);
  }
  return length;
}

LocalId emit_window(Body& body, const PendingWindow& pending, bool writes) {
  Place array = writes ? write_place(body, pending.array) : read_place(body, pending.array);
  if (writes) unshare_array(body, array, pending.span);
  Operand low = pending.low ? *pending.low : body.const_int(0);
  Operand high = pending.high ? *pending.high
                              : Operand::copy(emit_length(body, array, pending.span));
  TypeId element = body.program.types.arg(body.type_of(array));
  LocalId window = body.new_temp(window_of(body, element), pending.span);
  body.builtin(Builtin::ArrayWindow, {element},
               {writes ? Operand::mut(array) : Operand::borrow(array), std::move(low),
                std::move(high)},
               window, pending.span);
  return window;
}

LocalId emit_whole_window(Body& body, const Place& array, bool writes, Span span) {
  TypeId type = body.type_of(array);
  TypeId element = body.program.types.arg(type);
  LocalId window = body.new_temp(window_of(body, element), span);
  Operand length = body.const_int(static_cast<int64_t>(body.program.types.get(type).length));
  body.builtin(Builtin::ArrayWindow, {element},
               {writes ? Operand::mut(array) : Operand::borrow(array), body.const_int(0),
                std::move(length)},
               window, span);
  return window;
}

Place enter_array(Body& body, const ast::Expr* array) {
  if (is_array_slice(body, array)) {
    return emit_window(body, lower_pending_window(body, array->as<ast::Slice>()), true);
  }
  Place place = write_place(body, lower_pending_place(body, array));
  unshare_array(body, place, array->span);
  return place;
}

const types::CallFact* call_of_builtin(Body& body, const ast::Expr* expr, Builtin builtin) {
  if (expr == nullptr) return nullptr;
  if (expr->kind != ast::ExprKind::MethodCall && expr->kind != ast::ExprKind::Call) return nullptr;
  const types::CallFact* call = body.program.call_of(expr);
  if (call == nullptr || !call->callee.valid()) return nullptr;
  return body.program.fns[call->callee].builtin == builtin ? call : nullptr;
}

void lower_split(Body& body, const ast::LetStmt* node, const types::CallFact& call) {
  Span span = node->init->span;
  TypeId element = body.program.types.arg(body.program.type_of(call.args[0]));
  TypeId half = window_of(body, element);
  // The halves live as long as the variables that stand for them.
  LocalId halves = body.new_temp(body.program.types.make(TypeKind::Tuple, {half, half}), span);
  size_t statement = body.mark();
  Operand at = lower_value(body, call.args[1]);
  Place array = enter_array(body, call.args[0]);
  body.builtin(Builtin::ArraySplitMut, {element}, {Operand::mut(array), std::move(at)}, halves,
               span);
  body.leave(statement, node->span);
  std::span<ast::Pattern* const> parts = node->pattern->as<ast::TuplePattern>()->elements;
  for (uint32_t i = 0; i < parts.size(); ++i) {
    VarId var = body.program.fact(parts[i]).var;
    if (!var.valid()) continue;
    LocalId part = body.new_ref(half, body.program.vars[var].name, parts[i]->span);
    emit_ref(body, part, Operand::mut(field_of(halves, i)), parts[i]->span);
    body.bind(var, part);
  }
}

LocalId emit_chunk_end(Body& body, LocalId start, LocalId size, LocalId length, Span span) {
  LocalId end = body.new_temp(body.program.types.int_(), span);
  LocalId left = body.new_temp(body.program.types.int_(), span);
  LocalId is_last = body.new_bool(span);
  BlockId last = body.new_block();
  BlockId inner = body.new_block();
  BlockId join = body.new_block();
  body.binary(sir::BinaryOp::WrapSub, Operand::copy(length), Operand::copy(start), left, span);
  body.binary(sir::BinaryOp::Lt, Operand::copy(left), Operand::copy(size), is_last, span);
  body.branch(Operand::copy(is_last), last, inner, span);
  body.begin(last);
  body.assign(end, Operand::copy(length), span);
  body.jump(join, span);
  body.begin(inner);
  body.binary(sir::BinaryOp::WrapAdd, Operand::copy(start), Operand::copy(size), end, span);
  body.jump(join, span);
  body.begin(join);
  return end;
}

LoopTarget begin_chunks(Body& body, const ast::For* node, const types::CallFact& call) {
  Span span = node->iterable->span;
  TypeId element = body.program.types.arg(body.program.type_of(call.args[0]));
  LocalId size = body.new_temp(body.program.types.int_(), span);
  lower_into(body, call.args[1], size);
  Place array = enter_array(body, call.args[0]);
  LocalId held = body.new_ref(body.type_of(array), Symbol(), span);
  emit_ref(body, held, Operand::mut(array), span);
  LocalId length = emit_length(body, held, span);
  // A size of 0 would never get anywhere: it is a division by zero.
  LocalId count = body.new_temp(body.program.types.int_(), span);
  body.binary(sir::BinaryOp::Div, Operand::copy(length), Operand::copy(size), count, span);
  LocalId start = body.new_int(0, span);
  VarId var = body.program.fact(node->pattern).var;
  LocalId chunk = body.new_temp(window_of(body, element), node->pattern->span);
  body.fn.locals[chunk].name = body.program.vars[var].name;
  body.fn.locals[chunk].kind = sir::LocalKind::Var;
  body.bind(var, chunk);

  CountedRounds rounds = begin_rounds(body, start, length, span);
  LocalId end = emit_chunk_end(body, start, size, length, span);
  LocalId from = body.new_temp(body.program.types.int_(), span);
  body.assign(from, Operand::copy(start), span);
  body.assign(start, Operand::copy(end), span);
  body.builtin(Builtin::ArrayWindow, {element},
               {Operand::mut(held), Operand::copy(from), Operand::copy(end)}, chunk, span);
  return {.label = node->label.name,
          .break_block = rounds.done,
          .continue_block = rounds.head,
          .outer_mark = body.mark(),
          .iteration_mark = body.mark(),
          .result = Place()};
}

}  // namespace skein::lower
