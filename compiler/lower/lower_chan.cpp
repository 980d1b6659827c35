// Channels: `ch <- v` and `<-ch` are calls.
#include "compiler/lower/steps.h"

namespace skein::lower {

void lower_send(Body& body, const ast::Send* node) {
  const types::CallFact& call = *body.program.call_of(node);
  std::vector<Operand> operands = lower_args(
      body, {CallArg(node->channel, ParamMode::Borrow), CallArg(node->value, ParamMode::Own)});
  emit_call(body, call.callee, call.type_args, std::move(operands), body.program.types.unit(),
            Place(), node->span);
}

void lower_receive(Body& body, const ast::Receive* node, const Place& dest) {
  const types::CallFact& call = *body.program.call_of(node);
  std::vector<Operand> operands =
      lower_args(body, {CallArg(node->channel, ParamMode::Borrow)});
  emit_call(body, call.callee, call.type_args, std::move(operands), body.program.fact(node).type,
            dest, node->span);
}

LocalId emit_is_some(Body& body, const Place& option, Span span) {
  LocalId tag = emit_tag(body, option, span);
  LocalId is_some = body.new_bool(span);
  body.binary(sir::BinaryOp::Eq, Operand::copy(tag), body.const_int(1), is_some, span);
  return is_some;
}

void lower_let_ok(Body& body, const ast::LetStmt* node) {
  LocalId received = body.new_temp(body.program.type_of(node->init), node->init->span);
  size_t statement = body.mark();
  lower_into(body, node->init, received);
  body.leave(statement, node->span, received);
  body.own(received, node->init->span);
  LocalId is_some = emit_is_some(body, received, node->span);
  lower_irrefutable(body, node->pattern, received);
  lower_irrefutable(body, node->ok, is_some);
}

}  // namespace skein::lower
