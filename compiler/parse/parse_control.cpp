// `if`, `match`, loops, and the ways out of them.
#include "compiler/parse/parser.h"

namespace skein::parse {

// ---- if ------------------------------------------------------------------------------------

// if = "if" conditions block { "else" "if" conditions block } [ "else" block ] ;
// The chain is read in a loop and put together from its end, so its length costs no recursion.
ast::Expr* Parser::parse_if() {
  struct Branch {
    Span begin;
    std::span<const ast::Condition> conditions;
    ast::Block* then;
  };
  std::vector<Branch> branches;
  ast::Expr* otherwise = nullptr;
  while (true) {
    Branch branch{token_.span, {}, nullptr};
    advance();
    branch.conditions = parse_conditions("if");
    branch.then = parse_block_after("the block of this `if`");
    branches.push_back(branch);
    if (panic_ || !accept_else()) break;
    if (at(TokenKind::KwIf)) continue;
    otherwise = parse_else_block();
    break;
  }
  Span end = end_of_previous();
  for (size_t i = branches.size(); i-- > 0;) {
    ast::If* node = make_expr<ast::If>(branches[i].begin.to(end));
    node->conditions = branches[i].conditions;
    node->then = branches[i].then;
    node->otherwise = otherwise;
    otherwise = node;
  }
  return otherwise;
}

// Takes `else`, also at the start of the next line, and leaves `elif` as the `if` it means.
bool Parser::accept_else() {
  bool on_next_line = at(TokenKind::Newline);
  const Token& next = on_next_line ? peek(1) : token_;
  if (next.kind == TokenKind::KwElse) {
    if (on_next_line) advance();
    advance();
    return true;
  }
  if (next.kind != TokenKind::Name) return false;
  std::string_view word = text(next);
  if (word != "elif" && word != "elsif" && word != "elseif") return false;
  if (on_next_line) advance();
  complain_foreign(token_.span, word, "else if", "else if");
  token_.kind = TokenKind::KwIf;
  return true;
}

ast::Expr* Parser::parse_else_block() {
  Span begin = token_.span;
  if (!at(TokenKind::LeftBrace) && at_operand()) {
    fail_expected("the block of this `else`")
        .help("another condition is asked by `else if … { }`");
  }
  ast::Block* block = parse_block_after("the block of this `else`");
  ast::BlockExpr* node = make_expr<ast::BlockExpr>(since(begin));
  node->block = block;
  return node;
}

// conditions = condition { "&&" condition } ; only where one of them is a `let`.
std::span<const ast::Condition> Parser::parse_conditions(std::string_view head) {
  StructLiterals forbidden(*this, false, head);
  std::vector<ast::Condition> conditions;
  bool has_let = false;
  do {
    conditions.push_back(parse_condition(has_let));
    has_let |= conditions.back().pattern != nullptr;
  } while (!panic_ && accept(TokenKind::AmpAmp));
  if (!panic_ && at(TokenKind::Eq)) {
    fail(token_.span, D::AssignmentAsCondition)
        .help("compare with `==`")
        .fix(token_.span, "==");
  }
  return list(conditions);
}

// condition = "let" pattern "=" expr_without_and_or | expr ;
ast::Condition Parser::parse_condition(bool behind_let) {
  ast::Condition condition;
  if (!at(TokenKind::KwLet) && !at(TokenKind::KwVar)) {
    condition.value = behind_let ? parse_condition_value() : parse_expr();
    return condition;
  }
  if (at(TokenKind::KwVar)) complain_foreign(token_.span, "if var", "if let", "let");
  advance();
  condition.pattern = parse_pattern();
  if (!panic_) expect(TokenKind::Eq);
  condition.value = panic_ ? fail_expr() : parse_condition_value();
  return condition;
}

// ---- match ---------------------------------------------------------------------------------

// match = "match" expr "{" { arm } "}" ;
ast::Expr* Parser::parse_match() {
  Span begin = token_.span;
  advance();
  ast::Expr* subject = parse_head_expr("match");
  std::vector<ast::MatchArm> arms;
  Span open = token_.span;
  if (!panic_ && expect_open_brace("`{` and the arms of this `match`")) {
    StructLiterals allowed(*this, true);
    skip_separators();
    while (!at(TokenKind::RightBrace) && !at(TokenKind::EndOfFile) && !at(TokenKind::HoleEnd)) {
      size_t before = position_;
      arms.push_back(parse_match_arm());
      end_arm(arms.back().body);
      if (position_ == before) advance();
    }
    close_bracket(TokenKind::RightBrace, open);
  }
  ast::Match* node = make_expr<ast::Match>(since(begin));
  node->subject = subject;
  node->arms = list(arms);
  return node;
}

// arm = pattern [ "when" expr ] "=>" body_expr ( NEWLINE | "," ) ;
ast::MatchArm Parser::parse_match_arm() {
  Height height(*this);
  Span begin = token_.span;
  ast::MatchArm arm;
  if (at_word("case") && peek(1).kind != TokenKind::FatArrow) {
    complain_foreign({token_.span.begin, peek(1).span.begin}, "case p", "p =>", "");
    advance();
  }
  TokenKind behind = peek(1).kind;
  if (at_word("default") && (behind == TokenKind::FatArrow || behind == TokenKind::Colon)) {
    complain_foreign(token_.span, "default", "_", "_");
    token_.kind = TokenKind::KwUnderscore;
  }
  arm.pattern = parse_pattern();
  arm.guard = parse_guard();
  arm.body = expect_arm_arrow() ? parse_body_expr() : fail_expr();
  arm.span = since(begin);
  return arm;
}

// guard = [ "when" expr ] ;
ast::Expr* Parser::parse_guard() {
  if (panic_) return nullptr;
  if (at(TokenKind::KwIf)) {
    complain_foreign(token_.span, "if", "when", "when");
  } else if (!at_word("when")) {
    return nullptr;
  }
  advance();
  return parse_head_expr("when");
}

// "=>" ; `->` and `:` are what other languages have here.
bool Parser::expect_arm_arrow() {
  if (panic_) return false;
  if (at(TokenKind::Arrow) || at(TokenKind::Colon)) {
    std::string_view found = at(TokenKind::Arrow) ? "->" : ":";
    complain_foreign(token_.span, found, "=>", at(TokenKind::Arrow) ? "=>" : " =>");
    advance();
    return true;
  }
  return expect(TokenKind::FatArrow);
}

// The end of an arm of `match` or `select`: a newline, `,`, or the `}` of its block.
void Parser::end_arm(const ast::Expr* body) {
  bool is_block = body && body->is<ast::BlockExpr>();
  bool has_end = at(TokenKind::Newline) || at(TokenKind::Comma) || at(TokenKind::Semicolon) ||
                 at(TokenKind::RightBrace) || is_block;
  if (!panic_ && !has_end) {
    fail_expected("`,` or the end of the line").help("an arm ends at a comma or with its line");
  }
  if (panic_) recover_statement();
  while (at(TokenKind::Newline) || at(TokenKind::Comma) || at(TokenKind::Semicolon)) advance();
}

// ---- loops ---------------------------------------------------------------------------------

// head = expr ; in which no struct literal stands.
ast::Expr* Parser::parse_head_expr(std::string_view head) {
  StructLiterals forbidden(*this, false, head);
  return parse_expr();
}

bool Parser::at_label() const {
  if (!at(TokenKind::Name) || peek(1).kind != TokenKind::Colon) return false;
  TokenKind loop = peek(2).kind;
  return loop == TokenKind::KwLoop || loop == TokenKind::KwWhile || loop == TokenKind::KwFor;
}

// labelled = NAME ":" ( loop | while | for ) ;
ast::Expr* Parser::parse_labelled() {
  ast::Ident label = parse_ident("a label");
  advance();
  labels_.push_back(label.name);
  ast::Expr* loop = at(TokenKind::KwLoop)    ? parse_loop(label)
                    : at(TokenKind::KwWhile) ? parse_while(label)
                                             : parse_for(label);
  labels_.pop_back();
  return loop;
}

static Span loop_begin(ast::Ident label, Span keyword) {
  return label.valid() ? label.span : keyword;
}

// loop = "loop" block ;
ast::Expr* Parser::parse_loop(ast::Ident label) {
  Span begin = loop_begin(label, token_.span);
  advance();
  ast::Block* body = parse_block_after("the body of this loop");
  ast::Loop* node = make_expr<ast::Loop>(since(begin));
  node->label = label;
  node->body = body;
  return node;
}

// while = "while" conditions block ;
ast::Expr* Parser::parse_while(ast::Ident label) {
  Span begin = loop_begin(label, token_.span);
  advance();
  std::span<const ast::Condition> conditions = parse_conditions("while");
  ast::Block* body = parse_block_after("the body of this loop");
  ast::While* node = make_expr<ast::While>(since(begin));
  node->label = label;
  node->conditions = conditions;
  node->body = body;
  return node;
}

// for = "for" pattern "in" expr block ;
ast::Expr* Parser::parse_for(ast::Ident label) {
  Span begin = loop_begin(label, token_.span);
  advance();
  if (ast::Expr* corrected = correct_foreign_for(label, begin)) return corrected;
  ast::Pattern* pattern = parse_pattern();
  if (at_word("of")) {
    complain(token_.span, D::ForeignSpelling, {"for x of xs", "for x in xs"}).fix(token_.span, "in");
    advance();
  } else if (!panic_ && !accept(TokenKind::KwIn)) {
    fail_expected("`in`").help("a loop runs over a range or a collection: `for i in 0..n { }`");
  }
  ast::Expr* iterable = panic_ ? fail_expr() : parse_head_expr("for");
  ast::Block* body = parse_block_after("the body of this loop");
  ast::For* node = make_expr<ast::For>(since(begin));
  node->label = label;
  node->pattern = pattern;
  node->iterable = iterable;
  node->body = body;
  return node;
}

// par_for = "par" "for" pattern "in" expr { reduce } block ;
ast::Expr* Parser::parse_par_for() {
  Span begin = token_.span;
  advance();
  advance();
  ast::Pattern* pattern = parse_pattern();
  if (!panic_) expect(TokenKind::KwIn);
  ast::Expr* iterable = panic_ ? fail_expr() : parse_head_expr("par for");
  std::vector<ast::Reduce> reductions;
  while (!panic_ && at_word("reduce")) reductions.push_back(parse_reduce());
  ast::Block* body = parse_block_after("the body of this loop");
  ast::ParFor* node = make_expr<ast::ParFor>(since(begin));
  node->pattern = pattern;
  node->iterable = iterable;
  node->reductions = list(reductions);
  node->body = body;
  return node;
}

// reduce = "reduce" "(" ( OPERATOR | "min" | "max" | expr "," expr ) ")" NAME ;
ast::Reduce Parser::parse_reduce() {
  StructLiterals allowed(*this, true);
  Span begin = token_.span;
  ast::Reduce reduce;
  advance();
  Span open = token_.span;
  if (expect(TokenKind::LeftParen)) {
    if (!parse_reduce_operator(reduce)) {
      reduce.kind = ast::Reduce::Kind::Function;
      reduce.function = parse_expr();
      reduce.start = !panic_ && expect(TokenKind::Comma) ? parse_expr() : missing_expr();
    }
    close_bracket(TokenKind::RightParen, open);
  }
  if (!panic_) reduce.name = parse_ident("the name of a variable");
  reduce.span = since(begin);
  return reduce;
}

bool Parser::parse_reduce_operator(ast::Reduce& reduce) {
  using Kind = ast::Reduce::Kind;
  bool is_alone = peek(1).kind == TokenKind::RightParen;
  if (!is_alone) return false;
  switch (kind()) {
    case TokenKind::Plus: reduce.binary = ast::BinaryOp::Add; break;
    case TokenKind::Star: reduce.binary = ast::BinaryOp::Mul; break;
    case TokenKind::Amp: reduce.binary = ast::BinaryOp::BitAnd; break;
    case TokenKind::Pipe: reduce.binary = ast::BinaryOp::BitOr; break;
    case TokenKind::Caret: reduce.binary = ast::BinaryOp::BitXor; break;
    case TokenKind::AmpAmp:
    case TokenKind::PipePipe:
      reduce.kind = Kind::Logical;
      reduce.logical = at(TokenKind::AmpAmp) ? ast::LogicalOp::And : ast::LogicalOp::Or;
      break;
    case TokenKind::Name:
      if (!at_word("min") && !at_word("max")) return false;
      reduce.kind = at_word("min") ? Kind::Min : Kind::Max;
      break;
    default:
      complain(token_.span, D::UnknownReduction, {found_words()})
          .help("reductions are `+ * & | ^ && || min max`, or `reduce(f, start)`");
      break;
  }
  advance();
  return true;
}

// ---- ways out ------------------------------------------------------------------------------

// value = [ expr ] ; on the same line.
ast::Expr* Parser::parse_optional_value() { return at_operand() ? parse_expr() : nullptr; }

// break = "break" [ LABEL ] [ expr ] ; a name is a label if a loop around has it.
ast::Expr* Parser::parse_break() {
  Span begin = token_.span;
  advance();
  ast::Ident label;
  bool is_label = at(TokenKind::Name) &&
                  std::find(labels_.begin(), labels_.end(), ident_here().name) != labels_.end();
  if (is_label) label = parse_ident("a label");
  ast::Expr* value = parse_optional_value();
  ast::Break* node = make_expr<ast::Break>(since(begin));
  node->label = label;
  node->value = value;
  return node;
}

// continue = "continue" [ LABEL ] ;
ast::Expr* Parser::parse_continue() {
  Span begin = token_.span;
  advance();
  ast::Ident label;
  if (at(TokenKind::Name)) label = parse_ident("a label");
  ast::Continue* node = make_expr<ast::Continue>(since(begin));
  node->label = label;
  return node;
}

// return = "return" [ expr ] ;
ast::Expr* Parser::parse_return() {
  Span begin = token_.span;
  advance();
  ast::Expr* value = parse_optional_value();
  ast::Return* node = make_expr<ast::Return>(since(begin));
  node->value = value;
  return node;
}

}  // namespace skein::parse
