// Options and results: `??`, `!`, `?` and `?.`, and what enums have in common with them.
#include "compiler/lower/steps.h"
#include "compiler/lower/walk.h"
#include "compiler/support/check.h"

namespace skein::lower {

static constexpr uint32_t kNone = 0;
static constexpr uint32_t kSome = 1;
static constexpr uint32_t kOk = 0;
static constexpr uint32_t kErr = 1;

Place field_of(Place place, uint32_t index) {
  Projection step;
  step.index = index;
  place.path.push_back(step);
  return place;
}

Place payload_of(Place place, uint32_t variant, uint32_t index) {
  Projection step;
  step.kind = Projection::Kind::Variant;
  step.variant = variant;
  step.index = index;
  place.path.push_back(step);
  return place;
}

LocalId emit_tag(Body& body, const Place& place, Span span) {
  LocalId tag = body.new_temp(body.program.types.int_(), span);
  Inst inst;
  inst.kind = InstKind::Tag;
  inst.span = span;
  inst.dest = tag;
  inst.operands = {Operand::borrow(place)};
  body.emit(std::move(inst));
  return tag;
}

void emit_variant(Body& body, uint32_t variant, std::vector<Operand> fields, const Place& dest,
                  Span span) {
  Inst inst;
  inst.kind = InstKind::Variant;
  inst.span = span;
  inst.dest = dest;
  inst.index = variant;
  inst.operands = std::move(fields);
  body.emit(std::move(inst));
}

// Goes to the first block if `place` is of `variant`, else to the second.
struct VariantTest {
  BlockId is;
  BlockId is_not;
};
static VariantTest emit_variant_test(Body& body, const Place& place, uint32_t variant, Span span) {
  LocalId tag = emit_tag(body, place, span);
  VariantTest test = {.is = body.new_block(), .is_not = body.new_block()};
  Inst inst;
  inst.kind = InstKind::Switch;
  inst.span = span;
  inst.operands = {Operand::copy(tag)};
  inst.cases = {variant};
  inst.targets = {test.is, test.is_not};
  body.emit(std::move(inst));
  return test;
}

void lower_coalesce(Body& body, const ast::Coalesce* node, const Place& dest) {
  TypeId left_type = body.program.type_of(node->left);
  bool stays_option = body.program.fact(node).type == left_type;
  Place left = lower_to_place(body, node->left);
  VariantTest test = emit_variant_test(body, left, kSome, node->span);
  BlockId join = body.new_block();
  body.begin(test.is);
  body.assign(dest, body.taken_from(stays_option ? left : payload_of(left, kSome)), node->span);
  body.jump(join, node->span);
  body.begin(test.is_not);
  size_t outer = body.mark();
  lower_into(body, node->right, dest);
  body.leave(outer, node->right->span, dest.local);
  body.jump(join, node->span);
  body.begin(join);
}

// Panics with the error in it.
static void emit_error_panic(Body& body, const Place& error, Span span) {
  TypeId type = body.type_of(error);
  LocalId message = body.new_temp(body.program.types.str(), span);
  body.assign(message, body.const_str(""), span);
  body.own(message, span);
  emit_show(body, type, body.borrow_of(error), message, "", span);
  body.emit(InstKind::Panic, {Operand::borrow(message)}, span);
}

Place enter_payload(Body& body, const Place& option, Span span) {
  VariantTest test = emit_variant_test(body, option, kSome, span);
  body.begin(test.is_not);
  emit_panic_kind(body, "none", span);
  body.begin(test.is);
  return payload_of(option, kSome);
}

void lower_unwrap(Body& body, const ast::Unwrap* node, const Place& dest) {
  Place operand = lower_to_place(body, node->operand);
  bool is_option = body.unit.kind(body.program.type_of(node->operand)) == TypeKind::Option;
  uint32_t good = is_option ? kSome : kOk;
  VariantTest test = emit_variant_test(body, operand, good, node->span);
  body.begin(test.is_not);
  size_t outer = body.mark();
  if (is_option) {
    emit_panic_kind(body, "none", node->span);
  } else {
    emit_error_panic(body, payload_of(operand, kErr), node->span);
  }
  body.forget(outer);
  body.begin(test.is);
  if (dest.valid()) body.assign(dest, body.taken_from(payload_of(operand, good)), node->span);
}

// What makes an error that `node` passes on one of the function's own; null: it is one.
static const types::CallFact* conversion_of(Body& body, const ast::Expr* node) {
  if (node->kind == ast::ExprKind::Try) return body.program.call_of(node);
  auto found = body.program.chain_conversions.find(node->id.index);
  return found == body.program.chain_conversions.end() ? nullptr
                                                       : &body.program.calls[found->second];
}

// The error of `operand`, made one of the function's own by `From` where `node` says so.
static Operand lower_error(Body& body, const ast::Expr* node, const Place& operand) {
  Operand error = body.taken_from(payload_of(operand, kErr));
  const types::CallFact* call = conversion_of(body, node);
  if (call == nullptr) return error;
  TypeId type = body.program.types.arg(body.fn.return_type(), 1);
  LocalId converted = body.new_temp(type, node->span);
  emit_call(body, call->callee, call->type_args, {std::move(error)}, type, converted, node->span);
  body.own(converted, node->span);
  return body.taken_from(converted);
}

// Leaves the function with `none`, or with the error of `operand`.
static void emit_try_exit(Body& body, const ast::Expr* node, const Place& operand,
                          bool is_option) {
  Span span = node->span;
  LocalId result = body.fn.return_local();
  std::vector<Operand> fields;
  size_t outer = body.mark();
  if (!is_option) fields.push_back(lower_error(body, node, operand));
  emit_variant(body, is_option ? kNone : kErr, std::move(fields), result, span);
  body.cancel_scopes(span);
  body.exit(0, span, result);
  body.emit(InstKind::Return, {}, span);
  body.forget(outer);
}

void lower_try(Body& body, const ast::Try* node, const Place& dest) {
  Place operand = lower_to_place(body, node->operand);
  bool is_option = body.unit.kind(body.program.type_of(node->operand)) == TypeKind::Option;
  uint32_t good = is_option ? kSome : kOk;
  VariantTest test = emit_variant_test(body, operand, good, node->span);
  body.begin(test.is_not);
  emit_try_exit(body, node, operand, is_option);
  body.begin(test.is);
  if (dest.valid()) body.assign(dest, body.taken_from(payload_of(operand, good)), node->span);
}

// ---- `?.` ----------------------------------------------------------------------------------

// Evaluates `node`, a field access or method call, on the payload at `receiver`.
static void lower_link(Body& body, const ast::Expr* node, const Place& receiver, TypeId type,
                       const Place& dest) {
  if (node->kind == ast::ExprKind::Field) {
    Place field = field_of(receiver, body.program.fact(node).field);
    return body.assign(dest, body.taken_from(field), node->span);
  }
  if (const ast::TupleIndex* element = node->try_as<ast::TupleIndex>()) {
    Place field = field_of(receiver, element->index);
    return body.assign(dest, body.taken_from(field), node->span);
  }
  const types::CallFact* call = body.program.call_of(node);
  std::vector<CallArg> args = args_of_call(body, *call);
  args[0].expr = nullptr;
  args[0].place = receiver;
  emit_call(body, call->callee, call->type_args, lower_args(body, args), type, dest, node->span);
}

// The type of the link itself, before it becomes an option.
static TypeId link_type(Body& body, const ast::Expr* node, const Place& receiver) {
  if (node->kind == ast::ExprKind::Field) {
    return body.type_of(field_of(receiver, body.program.fact(node).field));
  }
  if (const ast::TupleIndex* element = node->try_as<ast::TupleIndex>()) {
    return body.type_of(field_of(receiver, element->index));
  }
  const types::CallFact* call = body.program.call_of(node);
  return body.program.types.substitute(body.program.fns[call->callee].result, call->type_args);
}

// `e?.f` on a result is `(e?).f`.
static void lower_try_link(Body& body, const ast::Expr* node, const Place& receiver,
                           const Place& dest) {
  VariantTest test = emit_variant_test(body, receiver, kOk, node->span);
  body.begin(test.is_not);
  emit_try_exit(body, node, receiver, false);
  body.begin(test.is);
  lower_link(body, node, payload_of(receiver, kOk), body.program.fact(node).type, dest);
}

// The option that `?.` looks into. It is asked for its variant before the arguments of the call are
// evaluated, so those must not change it.
static Place lower_chained(Body& body, const ast::Expr* node, const ast::Expr* receiver) {
  const types::CallFact* call_of_node = body.program.call_of(node);
  bool changes_it = node->kind == ast::ExprKind::MethodCall && call_of_node != nullptr &&
                    call_of_node->callee.valid() &&
                    body.program.fns[call_of_node->callee].params[0].mode == ParamMode::Mut;
  if (changes_it && is_place(body, receiver)) {
    return write_place(body, lower_pending_place(body, receiver));
  }
  VarId root = root_variable(body.program, receiver);
  if (const ast::MethodCall* call = node->try_as<ast::MethodCall>(); call && root.valid()) {
    for (const ast::Arg& arg : call->args) {
      if (changes_variable(body.program, arg.value, root)) return lower_to_temp(body, receiver);
    }
  }
  return lower_to_place(body, receiver);
}

void lower_chain(Body& body, const ast::Expr* node, const ast::Expr* receiver_expr,
                 const Place& dest) {
  Place receiver = lower_chained(body, node, receiver_expr);
  if (body.unit.kind(body.type_of(receiver)) == TypeKind::Result) {
    return lower_try_link(body, node, receiver, dest);
  }
  Span span = node->span;
  Place payload = payload_of(receiver, kSome);
  TypeId type = link_type(body, node, payload);
  VariantTest test = emit_variant_test(body, receiver, kSome, span);
  BlockId join = body.new_block();
  body.begin(test.is);
  size_t outer = body.mark();
  if (!dest.valid() || type == body.program.fact(node).type) {
    lower_link(body, node, payload, type, dest);
  } else {
    LocalId value = body.new_temp(type, span);
    lower_link(body, node, payload, type, value);
    body.own(value, span);
    emit_variant(body, kSome, {body.taken_from(value)}, dest, span);
  }
  body.leave(outer, span, dest.local);
  body.jump(join, span);
  body.begin(test.is_not);
  if (dest.valid()) emit_variant(body, kNone, {}, dest, span);
  body.jump(join, span);
  body.begin(join);
}

}  // namespace skein::lower
