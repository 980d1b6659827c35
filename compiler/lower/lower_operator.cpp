// Operators. Those on numbers are instructions, those on other types builtins or calls.
#include "compiler/lower/steps.h"
#include "compiler/support/check.h"

namespace skein::lower {

static sir::BinaryOp sir_op(ast::BinaryOp op) {
  switch (op) {
    case ast::BinaryOp::Add:
      return sir::BinaryOp::Add;
    case ast::BinaryOp::Sub:
      return sir::BinaryOp::Sub;
    case ast::BinaryOp::Mul:
      return sir::BinaryOp::Mul;
    case ast::BinaryOp::Div:
      return sir::BinaryOp::Div;
    case ast::BinaryOp::Rem:
      return sir::BinaryOp::Rem;
    case ast::BinaryOp::AddWrap:
      return sir::BinaryOp::WrapAdd;
    case ast::BinaryOp::SubWrap:
      return sir::BinaryOp::WrapSub;
    case ast::BinaryOp::MulWrap:
      return sir::BinaryOp::WrapMul;
    case ast::BinaryOp::BitAnd:
      return sir::BinaryOp::And;
    case ast::BinaryOp::BitOr:
      return sir::BinaryOp::Or;
    case ast::BinaryOp::BitXor:
      return sir::BinaryOp::Xor;
    case ast::BinaryOp::Shl:
      return sir::BinaryOp::Shl;
    case ast::BinaryOp::Shr:
      return sir::BinaryOp::Shr;
  }
  SKEIN_UNREACHABLE("an unknown operator");
}

static sir::BinaryOp sir_op(ast::CompareOp op) {
  switch (op) {
    case ast::CompareOp::Eq:
      return sir::BinaryOp::Eq;
    case ast::CompareOp::Ne:
      return sir::BinaryOp::Ne;
    case ast::CompareOp::Lt:
      return sir::BinaryOp::Lt;
    case ast::CompareOp::Le:
      return sir::BinaryOp::Le;
    case ast::CompareOp::Gt:
      return sir::BinaryOp::Gt;
    case ast::CompareOp::Ge:
      return sir::BinaryOp::Ge;
  }
  SKEIN_UNREACHABLE("an unknown comparison");
}

void lower_unary(Body& body, const ast::Unary* node, const Place& dest) {
  if (body.program.call_of(node) != nullptr) return lower_call(body, node, dest);
  Inst inst;
  inst.kind = InstKind::Unary;
  inst.span = node->span;
  inst.dest = dest;
  bool is_bool = body.unit.kind(body.program.type_of(node->operand)) == TypeKind::Bool;
  inst.unary = node->op == ast::UnaryOp::Neg ? sir::UnaryOp::Neg
               : is_bool                     ? sir::UnaryOp::Not
                                             : sir::UnaryOp::BitNot;
  inst.operands = {lower_value(body, node->operand)};
  body.emit(std::move(inst));
}

static std::vector<CallArg> two_args(const ast::Expr* left, const ast::Expr* right) {
  return {CallArg(left, ParamMode::Borrow), CallArg(right, ParamMode::Borrow)};
}

void emit_binary(Body& body, ast::BinaryOp op, TypeId type, Operand left, Operand right,
                 const Place& dest, Span span) {
  if (body.unit.kind(type) == TypeKind::Str) {
    std::vector<Operand> texts = {std::move(left), std::move(right)};
    return body.builtin(Builtin::StrConcat, {}, std::move(texts), dest, span);
  }
  // Numbers, also those of a generic type: a copy of one counts nothing.
  if (left.is_place()) left.kind = Operand::Kind::Copy;
  if (right.is_place()) right.kind = Operand::Kind::Copy;
  body.binary(sir_op(op), std::move(left), std::move(right), dest, span);
}

void lower_binary(Body& body, const ast::Binary* node, const Place& dest) {
  if (body.program.call_of(node) != nullptr) return lower_call(body, node, dest);
  std::vector<Operand> operands = lower_args(body, two_args(node->left, node->right));
  emit_binary(body, node->op, body.program.type_of(node->left), std::move(operands[0]),
              std::move(operands[1]), dest, node->span);
}

// ---- comparison ----------------------------------------------------------------------------

static bool is_number(Body& body, TypeId type) {
  return body.unit.is_scalar(type) || body.has_bound(type, body.program.core.integer) ||
         body.has_bound(type, body.program.core.real);
}

void emit_compare(Body& body, ast::CompareOp op, TypeId type, Operand left, Operand right,
                  const Place& dest, Span span) {
  if (is_number(body, type)) {
    if (left.is_place()) left.kind = Operand::Kind::Copy;
    if (right.is_place()) right.kind = Operand::Kind::Copy;
    return body.binary(sir_op(op), std::move(left), std::move(right), dest, span);
  }
  std::vector<Operand> operands = {std::move(left), std::move(right)};
  if (op == ast::CompareOp::Eq) {
    return body.builtin(Builtin::Equal, {type}, std::move(operands), dest, span);
  }
  if (op == ast::CompareOp::Ne) {
    LocalId is_equal = body.new_bool(span);
    body.builtin(Builtin::Equal, {type}, std::move(operands), is_equal, span);
    Inst inst;
    inst.kind = InstKind::Unary;
    inst.span = span;
    inst.dest = dest;
    inst.unary = sir::UnaryOp::Not;
    inst.operands = {Operand::copy(is_equal)};
    return body.emit(std::move(inst));
  }
  LocalId order = body.new_temp(body.program.types.int_(), span);
  body.builtin(Builtin::Compare, {type}, std::move(operands), order, span);
  body.binary(sir_op(op), Operand::copy(order), body.const_int(0), dest, span);
}

// `x == none` asks for the variant, whatever `x` may hold.
static bool lower_none_test(Body& body, const ast::Compare* node, const Place& dest) {
  bool is_test = node->op == ast::CompareOp::Eq || node->op == ast::CompareOp::Ne;
  bool left_is_none = node->left->kind == ast::ExprKind::NoneLit;
  bool right_is_none = node->right->kind == ast::ExprKind::NoneLit;
  if (!is_test || left_is_none == right_is_none) return false;
  Place place = lower_to_place(body, left_is_none ? node->right : node->left);
  LocalId tag = emit_tag(body, place, node->span);
  body.binary(sir_op(node->op), Operand::copy(tag), body.const_int(0), dest, node->span);
  return true;
}

void lower_compare(Body& body, const ast::Compare* node, const Place& dest) {
  if (body.program.call_of(node) != nullptr) return lower_call(body, node, dest);
  if (lower_none_test(body, node, dest)) return;
  std::vector<Operand> operands = lower_args(body, two_args(node->left, node->right));
  emit_compare(body, node->op, body.program.type_of(node->left), std::move(operands[0]),
               std::move(operands[1]), dest, node->span);
}

// ---- conditions ----------------------------------------------------------------------------

void lower_logical(Body& body, const ast::Logical* node, const Place& dest) {
  BlockId yes = body.new_block();
  BlockId no = body.new_block();
  BlockId join = body.new_block();
  lower_branch(body, node, yes, no);
  for (bool value : {true, false}) {
    body.begin(value ? yes : no);
    if (dest.valid()) body.assign(dest, body.const_bool(value), node->span);
    body.jump(join, node->span);
  }
  body.begin(join);
}

void lower_branch(Body& body, const ast::Expr* condition, BlockId yes, BlockId no) {
  if (const ast::Logical* node = condition->try_as<ast::Logical>()) {
    BlockId right = body.new_block();
    bool is_and = node->op == ast::LogicalOp::And;
    lower_branch(body, node->left, is_and ? right : yes, is_and ? no : right);
    body.begin(right);
    return lower_branch(body, node->right, yes, no);
  }
  const ast::Unary* unary = condition->try_as<ast::Unary>();
  if (unary != nullptr && unary->op == ast::UnaryOp::Not &&
      body.program.call_of(unary) == nullptr) {
    return lower_branch(body, unary->operand, no, yes);
  }
  size_t outer = body.mark();
  Operand operand = lower_value(body, condition);
  // The temporaries of the condition end before the branch; the answer outlives them.
  if (body.mark() != outer && operand.is_place()) {
    LocalId answer = body.new_bool(condition->span);
    body.assign(answer, std::move(operand), condition->span);
    operand = Operand::copy(answer);
  }
  body.leave(outer, condition->span);
  body.branch(std::move(operand), yes, no, condition->span);
}

}  // namespace skein::lower
