// `for` over what has a method `next`:
//
//   it = iter_start(value)
//   head:  value = iter_next(mut it); to done if it is none
//          the body; to head
//
// Which methods these two builtins are is found by passes/specialize. A channel needs none: what it gives
// next is received from its handle, without a call that would wait in a frame of its own.
#include "compiler/lower/lower_iter.h"

#include "compiler/support/check.h"

namespace skein::lower {

// The variable that the loop binds, or a temporary for its pattern to take apart.
static void bind_item(Body& body, const ast::For* node, const Place& payload) {
  const ast::BindingPattern* binding = node->pattern->try_as<ast::BindingPattern>();
  VarId var = binding != nullptr ? body.program.fact(node->pattern).var : VarId();
  Span span = node->pattern->span;
  LocalId item = var.valid() ? body.new_var(var) : body.new_temp(body.type_of(payload), span);
  if (var.valid()) body.start_life(item, span);
  body.assign(item, body.taken_from(payload), span);
  body.own(item, span);
  if (!var.valid()) lower_irrefutable(body, node->pattern, item);
}

static bool is_channel(Body& body, TypeId type) {
  TypeKind kind = body.unit.kind(type);
  return kind == TypeKind::Chan || kind == TypeKind::Receiver;
}

// What the loop asks again and again.
static LocalId lower_source(Body& body, const ast::For* node, TypeId source, TypeId iterator) {
  Span span = node->iterable->span;
  Operand value = lower_value(body, node->iterable);
  LocalId it = body.new_temp(is_channel(body, source) ? source : iterator, span);
  if (is_channel(body, source)) {
    body.assign(it, std::move(value), span);
  } else {
    body.builtin(Builtin::IterStart, {source, iterator}, {std::move(value)}, it, span);
  }
  body.own(it, span);
  return it;
}

LoopTarget lower_iterator_head(Body& body, const ast::For* node) {
  const types::CallFact& call = *body.program.call_of(node);
  TypeId source = call.type_args[0];
  TypeId iterator = call.type_args[1];
  TypeId item = call.type_args[2];
  Span span = node->iterable->span;
  LocalId it = lower_source(body, node, source, iterator);
  BlockId head = body.new_block();
  BlockId round = body.new_block();
  BlockId finish = body.new_block();
  BlockId done = body.new_block();
  body.jump(head, span);
  body.begin(head);
  size_t outer = body.mark();
  LocalId next = body.new_temp(body.program.types.make(TypeKind::Option, {item}), span);
  if (is_channel(body, source)) {
    body.builtin(Builtin::ChanNext, {item}, {Operand::borrow(it)}, next, span);
  } else {
    body.builtin(Builtin::IterNext, {iterator, item}, {Operand::mut(it)}, next, span);
  }
  body.own(next, span);
  LocalId tag = emit_tag(body, next, span);
  LocalId goes_on = body.new_bool(span);
  body.binary(sir::BinaryOp::Eq, Operand::copy(tag), body.const_int(1), goes_on, span);
  body.branch(Operand::copy(goes_on), round, finish, span);
  body.begin(finish);
  body.exit(outer, span);
  body.jump(done, span);
  body.begin(round);
  bind_item(body, node, payload_of(next, 1));
  return {.label = node->label.name,
          .break_block = done,
          .continue_block = head,
          .outer_mark = outer,
          .iteration_mark = outer,
          .result = Place()};
}

}  // namespace skein::lower
