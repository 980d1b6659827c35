// Tasks, scopes, locks and `select`.
#include "compiler/parse/parser.h"

namespace skein::parse {

// spawn = [ scope "." ] "spawn" [ STR | interp_str ] ( block | postfix ) ;
// The word itself has been taken.
ast::Expr* Parser::parse_spawn(Span begin, ast::Expr* scope) {
  ast::Expr* name = parse_task_name();
  ast::Expr* call = nullptr;
  ast::Block* block = nullptr;
  if (at(TokenKind::LeftBrace)) {
    block = parse_block();
  } else {
    Nest nest(*this);
    call = gave_up_ ? fail_expr() : parse_postfix(parse_primary());
  }
  ast::Spawn* node = make_expr<ast::Spawn>(since(begin));
  node->scope = scope;
  node->name = name;
  node->call = call;
  node->block = block;
  return node;
}

// A string is a name only when something to spawn stands behind it on its line.
ast::Expr* Parser::parse_task_name() {
  if (at(TokenKind::InterpStart)) return parse_interp_str();
  if (!at(TokenKind::Str)) return nullptr;
  TokenKind next = peek(1).kind;
  bool is_name = next == TokenKind::Name || next == TokenKind::LeftBrace ||
                 next == TokenKind::KwSelfValue || next == TokenKind::KwSelfType;
  return is_name ? parse_literal() : nullptr;
}

// async = "async" [ "(" policy { "," policy } ")" ] [ "|" NAME "|" ] block ;
ast::Expr* Parser::parse_async() {
  Span begin = token_.span;
  advance();
  bool is_call = at(TokenKind::Name) && peek(1).kind == TokenKind::LeftParen;
  if (is_call) {
    complain_foreign(begin, "async f()", "spawn f()", "spawn")
        .help("it gives a `Task`, whose value is there after `await`");
    return parse_spawn(begin, nullptr);
  }
  if (at_word("move") && peek(1).kind == TokenKind::LeftBrace) {
    complain_foreign({token_.span.begin, peek(1).span.begin}, "async move", "async", "");
    advance();
  }
  ast::Async policy;
  if (at(TokenKind::LeftParen)) parse_async_policy(policy);
  ast::Ident scope;
  if (!panic_ && accept(TokenKind::Pipe)) {
    scope = parse_ident("a name for the scope");
    if (!panic_) expect(TokenKind::Pipe);
  }
  ast::Block* body = parse_block_after("the block of this `async`");
  ast::Async* node = make_expr<ast::Async>(since(begin));
  node->policy = policy.policy;
  node->policy_span = policy.policy_span;
  node->max = policy.max;
  node->scope = scope;
  node->body = body;
  return node;
}

// policy = "race" | "settle" | "max" ":" expr ;
void Parser::parse_async_policy(ast::Async& node) {
  StructLiterals allowed(*this, true);
  Span open = token_.span;
  advance();
  while (!at(TokenKind::RightParen) && !panic_) {
    if (at_word("max") && peek(1).kind == TokenKind::Colon) {
      advance();
      advance();
      node.max = parse_expr();
    } else if (at_word("race") || at_word("settle")) {
      node.policy = at_word("race") ? ast::Async::Policy::Race : ast::Async::Policy::Settle;
      node.policy_span = token_.span;
      advance();
    } else {
      fail(token_.span, D::UnknownPolicy, {found_words()})
          .help("policies are `race`, `settle` and `max: n`");
    }
    if (panic_ || !accept(TokenKind::Comma)) break;
  }
  close_bracket(TokenKind::RightParen, open);
}

// within = "within" expr block ;
ast::Expr* Parser::parse_within() {
  Span begin = token_.span;
  advance();
  ast::Expr* limit = parse_head_expr("within");
  ast::Block* body = parse_block_after("the block of this `within`");
  ast::Within* node = make_expr<ast::Within>(since(begin));
  node->limit = limit;
  node->body = body;
  return node;
}

// shield = "shield" block ;
ast::Expr* Parser::parse_shield() {
  Span begin = token_.span;
  advance();
  ast::Block* body = parse_block_after("the block of this `shield`");
  ast::Shield* node = make_expr<ast::Shield>(since(begin));
  node->body = body;
  return node;
}

// catch = "catch" block ;
ast::Expr* Parser::parse_catch() {
  Span begin = token_.span;
  advance();
  ast::Block* body = parse_block_after("the block of this `catch`");
  ast::Catch* node = make_expr<ast::Catch>(since(begin));
  node->body = body;
  return node;
}

// lock = "lock" "(" place { "," place } [ "," ] ")" block ;
ast::Expr* Parser::parse_lock() {
  Span begin = token_.span;
  advance();
  std::vector<ast::LockedPlace> places;
  Span open = token_.span;
  if (expect(TokenKind::LeftParen)) {
    StructLiterals allowed(*this, true);
    while (!at(TokenKind::RightParen) && !panic_) {
      places.push_back(parse_locked_place());
      if (panic_ || !accept(TokenKind::Comma)) break;
    }
    close_bracket(TokenKind::RightParen, open);
  }
  ast::Block* body = parse_block_after("the block of this `lock`");
  ast::Lock* node = make_expr<ast::Lock>(since(begin));
  node->places = list(places);
  node->body = body;
  return node;
}

// place = postfix [ "as" [ "mut" ] NAME ] ; a bare variable stands for `v as v`.
ast::LockedPlace Parser::parse_locked_place() {
  Nest nest(*this);
  Height height(*this);
  ast::LockedPlace place;
  place.place = gave_up_ ? fail_expr() : parse_postfix(parse_primary());
  if (panic_) return place;
  if (accept(TokenKind::KwAs)) {
    place.is_mut = accept(TokenKind::KwMut);
    place.name = parse_ident("a name");
  } else if (ast::Name* name = place.place->try_as<ast::Name>()) {
    place.name = {name->name, name->span};
  } else {
    fail_expected("`as` and a name").help("what is locked gets a name: `lock (e as v) { }`");
  }
  return place;
}

// with = "with" NAME "=" expr block ;
ast::Expr* Parser::parse_with() {
  Span begin = token_.span;
  advance();
  ast::Ident name = parse_ident("the name of a task local");
  advance();
  ast::Expr* value = parse_head_expr("with");
  ast::Block* body = parse_block_after("the block of this `with`");
  ast::With* node = make_expr<ast::With>(since(begin));
  node->name = name;
  node->value = value;
  node->body = body;
  return node;
}

// yield = "yield" [ expr ] ;
ast::Expr* Parser::parse_yield() {
  Span begin = token_.span;
  advance();
  // `yield()` is what other languages call; it gives way as well.
  if (at(TokenKind::LeftParen) && peek(1).kind == TokenKind::RightParen && touches_previous()) {
    complain_foreign(token_.span.to(peek(1).span), "yield()", "yield", "");
    advance();
    advance();
  }
  ast::Expr* value = parse_optional_value();
  ast::Yield* node = make_expr<ast::Yield>(since(begin));
  node->value = value;
  return node;
}

// ---- select --------------------------------------------------------------------------------

// select = "select" [ "biased" ] "{" { arm } "}" ;
ast::Expr* Parser::parse_select() {
  Span begin = token_.span;
  advance();
  bool is_biased = accept_word("biased");
  std::vector<ast::SelectArm> arms;
  Span open = token_.span;
  if (expect_open_brace("`{` and the arms of this `select`")) {
    StructLiterals allowed(*this, true);
    skip_separators();
    if (at(TokenKind::RightBrace)) {
      complain(begin, D::EmptySelect).help("to give way once, write `yield`");
    }
    while (!at(TokenKind::RightBrace) && !at(TokenKind::EndOfFile) && !at(TokenKind::HoleEnd)) {
      size_t before = position_;
      arms.push_back(parse_select_arm());
      end_arm(arms.back().body);
      if (position_ == before) advance();
    }
    close_bracket(TokenKind::RightBrace, open);
  }
  ast::Select* node = make_expr<ast::Select>(since(begin));
  node->is_biased = is_biased;
  node->arms = list(arms);
  return node;
}

// arm = operation [ "when" expr ] "=>" body_expr ( NEWLINE | "," ) ;
ast::SelectArm Parser::parse_select_arm() {
  Height height(*this);
  Span begin = token_.span;
  ast::SelectArm arm;
  if (at_word("case") && peek(1).kind != TokenKind::FatArrow) {
    complain_foreign({token_.span.begin, peek(1).span.begin}, "case v", "v = <-ch =>", "");
    advance();
  }
  {
    StructLiterals forbidden(*this, false, "select");
    parse_select_operation(arm);
  }
  arm.guard = parse_guard();
  arm.body = expect_arm_arrow() ? parse_body_expr() : fail_expr();
  arm.span = since(begin);
  return arm;
}

// operation = "default" | "closed" | "after" expr | pattern "in" expr
//           | [ pattern [ "," pattern ] "=" ] ( "<-" | "await" ) operand | expr "<-" expr ;
void Parser::parse_select_operation(ast::SelectArm& arm) {
  using Kind = ast::SelectArm::Kind;
  TokenKind next = peek(1).kind;
  bool is_alone = next == TokenKind::FatArrow || next == TokenKind::Arrow ||
                  next == TokenKind::Colon || peek_word(1, "when");
  if (is_alone && (at_word("default") || at_word("closed"))) {
    arm.kind = at_word("default") ? Kind::Default : Kind::Closed;
    advance();
    return;
  }
  if (at_word("after") && next != TokenKind::LeftArrow && next != TokenKind::Dot) {
    advance();
    arm.kind = Kind::After;
    arm.operand = parse_expr();
    return;
  }
  if (at_binding_operation()) return parse_bound_operation(arm);
  Span begin = token_.span;
  parse_received(arm, parse_expr());
  if (panic_ || arm.operand) return;
  // Neither received nor awaited: only a send is left.
  if (at(TokenKind::LeftArrow)) {
    arm.kind = Kind::Send;
    advance();
    arm.operand = arm.value;
    arm.value = parse_expr();
    return;
  }
  fail(since(begin), D::SelectArmForm)
      .help("arms are `v = <-ch`, `ch <- v`, `r = await t`, `v in ch`, `after d`, `default`");
}

// A pattern stands before `=`, `,` or `in`: looked for up to the arrow of the arm, but not far.
bool Parser::at_binding_operation() const {
  static constexpr size_t kFarthest = 64;
  uint32_t depth = 0;
  for (size_t ahead = 0; ahead < kFarthest; ++ahead) {
    switch (peek(ahead).kind) {
      case TokenKind::LeftParen: ++depth; break;
      case TokenKind::RightParen:
        if (depth == 0) return false;
        --depth;
        break;
      case TokenKind::Eq:
      case TokenKind::ColonEq:
      case TokenKind::Comma:
      case TokenKind::KwIn:
        if (depth == 0) return true;
        break;
      case TokenKind::Name:
      case TokenKind::Dot:
      case TokenKind::KwUnderscore:
      case TokenKind::KwMut:
      case TokenKind::KwNone: break;
      default:
        if (depth == 0) return false;
        break;
    }
  }
  return false;
}

void Parser::parse_bound_operation(ast::SelectArm& arm) {
  arm.pattern = parse_pattern();
  if (panic_) return;
  if (accept(TokenKind::KwIn)) {
    arm.kind = ast::SelectArm::Kind::Each;
    arm.operand = parse_expr();
    return;
  }
  if (accept(TokenKind::Comma)) arm.ok = parse_pattern();
  if (at(TokenKind::ColonEq)) {
    complain_foreign(token_.span, "v := <-ch", "v = <-ch", "=");
    token_.kind = TokenKind::Eq;
  }
  if (panic_ || !expect(TokenKind::Eq)) return;
  Span begin = token_.span;
  parse_received(arm, parse_expr());
  if (panic_ || arm.operand) return;
  fail(since(begin), D::SelectArmForm).help("a name is bound to `<-ch` or `await t`");
}

// `<-ch` and `await t` as operations of the arm; leaves any other expression in `value`.
void Parser::parse_received(ast::SelectArm& arm, ast::Expr* operation) {
  using Kind = ast::SelectArm::Kind;
  ast::Receive* receive = operation->try_as<ast::Receive>();
  ast::Await* await = operation->try_as<ast::Await>();
  if (receive) {
    arm.kind = Kind::Receive;
    arm.operand = receive->channel;
  } else if (await) {
    arm.kind = Kind::Await;
    arm.operand = await->task;
  } else {
    arm.value = operation;
  }
}

}  // namespace skein::parse
