// Operators: what stands around operands, from assignment down to postfix.
//
// Binary operators climb by precedence in a loop, so a sum of any length costs no recursion. From
// loose to tight: `||`, `&&`, comparison, `??`, range, `|`, `^`, `&`, shift, sum, product, prefix,
// postfix.
#include "compiler/parse/parser.h"

#include <optional>

namespace skein::parse {

enum class OperatorSort : uint8_t { Logical, Compare, Coalesce, Range, Binary };

struct Parser::Operator {
  TokenKind token;
  OperatorSort sort;
  uint32_t precedence;  // higher binds tighter
  uint8_t op = 0;       // LogicalOp, CompareOp or BinaryOp
};

using ast::BinaryOp;
using ast::CompareOp;
using ast::LogicalOp;

static constexpr uint32_t kLoosest = 1;
static constexpr uint32_t kComparePrecedence = 3;
static constexpr uint32_t kCoalescePrecedence = 4;
static constexpr uint32_t kRangePrecedence = 5;
static constexpr uint32_t kShiftPrecedence = 9;

// Builds the rows of the table.
struct Parser::Operators {
  static constexpr Operator logical(TokenKind token, uint32_t precedence, LogicalOp op) {
    return {token, OperatorSort::Logical, precedence, static_cast<uint8_t>(op)};
  }
  static constexpr Operator compare(TokenKind token, CompareOp op) {
    return {token, OperatorSort::Compare, kComparePrecedence, static_cast<uint8_t>(op)};
  }
  static constexpr Operator binary(TokenKind token, uint32_t precedence, BinaryOp op) {
    return {token, OperatorSort::Binary, precedence, static_cast<uint8_t>(op)};
  }
  static const Operator* find(TokenKind kind);
  static const Operator kTable[];
  static const Operator kShiftRight;
};

const Parser::Operator Parser::Operators::kShiftRight =
    binary(TokenKind::Greater, kShiftPrecedence, BinaryOp::Shr);

const Parser::Operator Parser::Operators::kTable[] = {
    logical(TokenKind::PipePipe, 1, LogicalOp::Or),
    logical(TokenKind::AmpAmp, 2, LogicalOp::And),
    compare(TokenKind::EqEq, CompareOp::Eq),
    compare(TokenKind::BangEq, CompareOp::Ne),
    compare(TokenKind::Less, CompareOp::Lt),
    compare(TokenKind::LessEq, CompareOp::Le),
    compare(TokenKind::Greater, CompareOp::Gt),
    compare(TokenKind::GreaterEq, CompareOp::Ge),
    compare(TokenKind::EqEqEq, CompareOp::Eq),    // reported
    compare(TokenKind::BangEqEq, CompareOp::Ne),  // reported
    {TokenKind::QuestionQuestion, OperatorSort::Coalesce, kCoalescePrecedence},
    {TokenKind::DotDot, OperatorSort::Range, kRangePrecedence},
    {TokenKind::DotDotEq, OperatorSort::Range, kRangePrecedence},
    {TokenKind::DotDotDot, OperatorSort::Range, kRangePrecedence},  // reported
    binary(TokenKind::Pipe, 6, BinaryOp::BitOr),
    binary(TokenKind::Caret, 7, BinaryOp::BitXor),
    binary(TokenKind::Amp, 8, BinaryOp::BitAnd),
    binary(TokenKind::LessLess, kShiftPrecedence, BinaryOp::Shl),
    binary(TokenKind::Plus, 10, BinaryOp::Add),
    binary(TokenKind::Minus, 10, BinaryOp::Sub),
    binary(TokenKind::PlusPercent, 10, BinaryOp::AddWrap),
    binary(TokenKind::MinusPercent, 10, BinaryOp::SubWrap),
    binary(TokenKind::Star, 11, BinaryOp::Mul),
    binary(TokenKind::Slash, 11, BinaryOp::Div),
    binary(TokenKind::Percent, 11, BinaryOp::Rem),
    binary(TokenKind::StarPercent, 11, BinaryOp::MulWrap),
};

const Parser::Operator* Parser::Operators::find(TokenKind kind) {
  for (const Operator& op : kTable) {
    if (op.token == kind) return &op;
  }
  return nullptr;
}

// ---- assignment ----------------------------------------------------------------------------

static std::optional<BinaryOp> compound_operator(TokenKind kind) {
  switch (kind) {
    case TokenKind::PlusEq: return BinaryOp::Add;
    case TokenKind::MinusEq: return BinaryOp::Sub;
    case TokenKind::StarEq: return BinaryOp::Mul;
    case TokenKind::SlashEq: return BinaryOp::Div;
    case TokenKind::PercentEq: return BinaryOp::Rem;
    case TokenKind::PlusPercentEq: return BinaryOp::AddWrap;
    case TokenKind::MinusPercentEq: return BinaryOp::SubWrap;
    case TokenKind::StarPercentEq: return BinaryOp::MulWrap;
    case TokenKind::AmpEq: return BinaryOp::BitAnd;
    case TokenKind::PipeEq: return BinaryOp::BitOr;
    case TokenKind::CaretEq: return BinaryOp::BitXor;
    case TokenKind::LessLessEq: return BinaryOp::Shl;
    case TokenKind::GreaterGreaterEq: return BinaryOp::Shr;
    default: return std::nullopt;
  }
}

// body_expr = expr [ assign_op expr | "<-" expr ] ;
// Where a statement may stand: also bodies of closures and of arms.
ast::Expr* Parser::parse_body_expr() {
  Height height(*this);
  ast::Expr* expr = parse_expr();
  if (panic_) return expr;
  return parse_assignment(expr);
}

ast::Expr* Parser::parse_assignment(ast::Expr* place) {
  std::optional<BinaryOp> compound = compound_operator(kind());
  if (at(TokenKind::LeftArrow)) {
    advance();
    ast::Expr* value = parse_expr();
    ast::Send* send = make_expr<ast::Send>(since(place->span));
    send->channel = place;
    send->value = value;
    return send;
  }
  if (!compound && !at(TokenKind::Eq)) return place;
  Span op_span = token_.span;
  advance();
  ast::Expr* value = parse_expr();
  ast::Assign* assign = make_expr<ast::Assign>(since(place->span));
  assign->is_compound = compound.has_value();
  assign->op = compound.value_or(BinaryOp::Add);
  assign->op_span = op_span;
  assign->place = place;
  assign->value = value;
  return assign;
}

// ---- binary operators ----------------------------------------------------------------------

// expr = binary(1) ;
ast::Expr* Parser::parse_expr() { return parse_binary(kLoosest); }

// Tighter than `&&`, which joins conditions.
ast::Expr* Parser::parse_condition_value() { return parse_binary(kComparePrecedence); }

// binary(n) = operand { OPERATOR_OF_AT_LEAST(n) binary(its precedence + 1) } ;
ast::Expr* Parser::parse_binary(uint32_t least) {
  Height height(*this);
  bool is_open_range = at(TokenKind::DotDot) || at(TokenKind::DotDotEq);
  ast::Expr* left = is_open_range ? parse_range_after(nullptr) : parse_operand();
  while (!panic_) {
    if (at(TokenKind::KwAs)) {
      left = correct_cast(left);
      continue;
    }
    const Operator* op = operator_here();
    if (!op || op->precedence < least) break;
    left = parse_operation(left, *op);
  }
  return left;
}

const Parser::Operator* Parser::operator_here() {
  bool is_shift = at(TokenKind::Greater) && peek(1).kind == TokenKind::Greater &&
                  peek(1).span.begin == token_.span.end;
  if (is_shift) return &Operators::kShiftRight;
  // `and` and `or` stand where only an operator can, so they are never names here.
  bool is_and = at_word("and");
  if (is_and || at_word("or")) {
    complain_foreign(token_.span, text(token_), is_and ? "&&" : "||", is_and ? "&&" : "||");
    return Operators::find(is_and ? TokenKind::AmpAmp : TokenKind::PipePipe);
  }
  // `a && let p = e`: the `&&` joins two conditions of an `if`.
  if (at(TokenKind::AmpAmp) && peek(1).kind == TokenKind::KwLet) return nullptr;
  return Operators::find(kind());
}

ast::Expr* Parser::parse_operation(ast::Expr* left, const Operator& op) {
  if (op.sort == OperatorSort::Range) return parse_range_after(left);
  if (op.sort == OperatorSort::Coalesce) return parse_coalesce_after(left);
  Span op_span = token_.span;
  if (at(TokenKind::EqEqEq)) complain_foreign(op_span, "===", "==", "==");
  if (at(TokenKind::BangEqEq)) complain_foreign(op_span, "!==", "!=", "!=");
  advance();
  if (&op == &Operators::kShiftRight) {
    advance();
    op_span = since(op_span);
  }
  // A line may end behind an operator; behind `>` the lexer could not know that it is one.
  accept(TokenKind::Newline);
  ast::Expr* right = parse_binary(op.precedence + 1);
  Span span = since(left->span);
  switch (op.sort) {
    case OperatorSort::Logical: {
      ast::Logical* node = make_expr<ast::Logical>(span);
      node->op = static_cast<LogicalOp>(op.op);
      node->op_span = op_span;
      node->left = left;
      node->right = right;
      return node;
    }
    case OperatorSort::Compare: {
      if (left->is<ast::Compare>() && !left->in_parens) {
        complain(op_span, D::ComparisonChain)
            .label(left->as<ast::Compare>()->op_span, "the first comparison")
            .help("join two comparisons with `&&`");
      }
      ast::Compare* node = make_expr<ast::Compare>(span);
      node->op = static_cast<CompareOp>(op.op);
      node->op_span = op_span;
      node->left = left;
      node->right = right;
      return node;
    }
    case OperatorSort::Binary:
    case OperatorSort::Range:
    case OperatorSort::Coalesce: break;
  }
  ast::Binary* node = make_expr<ast::Binary>(span);
  node->op = static_cast<BinaryOp>(op.op);
  node->op_span = op_span;
  node->left = left;
  node->right = right;
  return node;
}

// range = [ low ] ( ".." | "..=" ) [ high ] ;
ast::Expr* Parser::parse_range_after(ast::Expr* low) {
  Span begin = low ? low->span : token_.span;
  bool inclusive = at(TokenKind::DotDotEq);
  if (at(TokenKind::DotDotDot)) {
    complain(token_.span, D::ForeignSpelling, {"...", "..=` or `.."})
        .help("`a..b` ends before `b`, `a..=b` with it")
        .fix(token_.span, "..=");
  }
  advance();
  if (at(TokenKind::Less) && touches_previous()) {
    complain_foreign(token_.span, "..<", "..", "");
    advance();
  }
  bool begins_body = at(TokenKind::LeftBrace) && !struct_literals_;
  bool has_high = at_operand() && !begins_body && !at(TokenKind::DotDot) &&
                  !at(TokenKind::DotDotEq);
  ast::Expr* high = has_high ? parse_binary(kRangePrecedence + 1) : nullptr;
  if (inclusive && !high) fail_expected("the end of the range");
  ast::Range* range = make_expr<ast::Range>(since(begin));
  range->low = low;
  range->high = high;
  range->inclusive = inclusive;
  return range;
}

// coalesce = operand "??" coalesce ; to the right, so that `a ?? b ?? 0` needs no parentheses.
ast::Expr* Parser::parse_coalesce_after(ast::Expr* left) {
  std::vector<ast::Expr*> operands{left};
  while (!panic_ && accept(TokenKind::QuestionQuestion)) {
    accept(TokenKind::Newline);
    operands.push_back(parse_binary(kCoalescePrecedence + 1));
  }
  ast::Expr* result = operands.back();
  for (size_t i = operands.size() - 1; i-- > 0;) {
    ast::Coalesce* node = make_expr<ast::Coalesce>(operands[i]->span.to(result->span));
    node->left = operands[i];
    node->right = result;
    result = node;
  }
  return result;
}

// ---- prefix --------------------------------------------------------------------------------

// operand = ( "-" | "!" | "<-" | "await" ) operand | postfix ;
ast::Expr* Parser::parse_operand() {
  Nest nest(*this);
  Height height(*this);
  if (gave_up_) return fail_expr();
  Span begin = token_.span;
  switch (kind()) {
    case TokenKind::Minus:
    case TokenKind::Bang: {
      bool is_not = at(TokenKind::Bang);
      advance();
      ast::Expr* operand = parse_operand();
      ast::Unary* node = make_expr<ast::Unary>(since(begin));
      node->op = is_not ? ast::UnaryOp::Not : ast::UnaryOp::Neg;
      node->op_span = begin;
      node->operand = operand;
      return node;
    }
    case TokenKind::LeftArrow: {
      advance();
      ast::Expr* channel = parse_operand();
      ast::Receive* node = make_expr<ast::Receive>(since(begin));
      node->channel = channel;
      return node;
    }
    case TokenKind::KwAwait: {
      advance();
      ast::Expr* task = parse_operand();
      ast::Await* node = make_expr<ast::Await>(since(begin));
      node->task = task;
      return node;
    }
    default: return parse_postfix(parse_primary());
  }
}

// Whether an operand can begin here; what cannot ends `return`, `yield`, `a..` and the like.
bool Parser::at_operand() const {
  switch (kind()) {
    case TokenKind::Name:
    case TokenKind::Int:
    case TokenKind::Float:
    case TokenKind::Duration:
    case TokenKind::Char:
    case TokenKind::Str:
    case TokenKind::ByteStr:
    case TokenKind::InterpStart:
    case TokenKind::LeftParen:
    case TokenKind::LeftBracket:
    case TokenKind::LeftArrow:
    case TokenKind::Minus:
    case TokenKind::Bang:
    case TokenKind::Pipe:
    case TokenKind::PipePipe:
    case TokenKind::DotDot:
    case TokenKind::DotDotEq:
    case TokenKind::KwAsync:
    case TokenKind::KwAwait:
    case TokenKind::KwBreak:
    case TokenKind::KwCatch:
    case TokenKind::KwContinue:
    case TokenKind::KwFalse:
    case TokenKind::KwFor:
    case TokenKind::KwIf:
    case TokenKind::KwLock:
    case TokenKind::KwLoop:
    case TokenKind::KwMatch:
    case TokenKind::KwNone:
    case TokenKind::KwReturn:
    case TokenKind::KwSelect:
    case TokenKind::KwSelfValue:
    case TokenKind::KwSelfType:
    case TokenKind::KwShield:
    case TokenKind::KwSpawn:
    case TokenKind::KwTrue:
    case TokenKind::KwWhile:
    case TokenKind::KwWithin:
    case TokenKind::KwYield: return true;
    case TokenKind::LeftBrace: return struct_literals_;  // else it is the body behind a head
    default: return false;
  }
}

}  // namespace skein::parse
