// Spellings of other languages for declarations, assignments, loops and types.
//
// As in foreign.cpp: the report says Skein's spelling and offers the change where the words alone
// tell it. What cannot be read as Skein is skipped up to the block or the end that belongs to it.
#include "compiler/parse/parser.h"

namespace skein::parse {

// ---- assignments ---------------------------------------------------------------------------

// `x, y := …`, up to a bound that no such line reaches.
bool Parser::at_short_tuple() const {
  static constexpr size_t kFarthest = 16;
  for (size_t i = 0; i < kFarthest; i += 2) {
    TokenKind name = peek(i).kind;
    if (name != TokenKind::Name && name != TokenKind::KwUnderscore) return false;
    TokenKind next = peek(i + 1).kind;
    if (next != TokenKind::Comma) return i > 0 && next == TokenKind::ColonEq;
  }
  return false;
}

// `x, y := a, b` is read as `let (x, y) = (a, b)`; `v, err := f()` has another way in Skein.
ast::Stmt* Parser::correct_short_tuple() {
  Span begin = token_.span;
  bool has_error = false;
  std::vector<ast::Pattern*> names;
  do {
    has_error = at_word("err") || at_word("ok");
    names.push_back(parse_pattern_operand());
  } while (!panic_ && accept(TokenKind::Comma));
  Span names_end = end_of_previous();
  Span sign = token_.span;
  advance();
  Span values = token_.span;
  ast::Expr* value = parse_expr();
  bool has_more = false;
  while (!panic_ && accept(TokenKind::Comma)) {
    has_more = true;
    parse_expr();
  }
  if (has_error && !has_more) {
    complain(begin.to(sign), D::ForeignIdea, {"errors beside values"})
        .help("`let v = f()?` passes an error on; `match f() { … }` looks at it");
  } else {
    Report report =
        complain(begin.to(sign), D::ForeignSpelling, {"x, y := e", "let (x, y) = e"});
    report.fix({begin.begin, begin.begin}, "let (").fix({names_end.begin, sign.end}, ") =");
    if (has_more) {
      report.fix({values.begin, values.begin}, "(").fix(end_of_previous(), ")");
    }
  }
  ast::TuplePattern* tuple = make_pattern<ast::TuplePattern>(begin.to(names_end));
  tuple->elements = list(names);
  ast::LetStmt* let = make_stmt<ast::LetStmt>(since(begin));
  let->pattern = tuple;
  let->init = value;
  return let;
}

// `int x = 3` is read as `let x: int = 3`.
ast::Stmt* Parser::correct_typed_variable() {
  Span type = token_.span;
  std::string word(text(token_));
  const Token& name = peek(1);
  complain(type.to(name.span), D::ForeignSpelling, {"T x = e", "let x: T = e"})
      .help("`var` where it changes")
      .fix(type, "let")
      .fix({name.span.end, name.span.end}, ": " + word);
  advance();
  return parse_let_after(type, false);
}

// ---- loops ---------------------------------------------------------------------------------

void Parser::skip_to_block() {
  while (!at(TokenKind::LeftBrace) && !at(TokenKind::Newline) && !at(TokenKind::EndOfFile) &&
         !at(TokenKind::RightBrace)) {
    advance();
  }
}

// A loop that another language writes with `for`; null when it is one of Skein's, or broken.
ast::Expr* Parser::correct_foreign_for(ast::Ident label, Span begin) {
  TokenKind next = peek(1).kind;
  if (at(TokenKind::LeftBrace)) {
    complain_foreign(begin, "for { }", "loop { }", "loop");
    ast::Block* body = parse_block();
    ast::Loop* node = make_expr<ast::Loop>(since(begin));
    node->label = label;
    node->body = body;
    return node;
  }
  if (at_word("range") && next != TokenKind::KwIn) {
    complain_foreign({token_.span.begin, peek(1).span.begin}, "for range n", "for _ in 0..n",
                     "_ in 0..");
    return skip_foreign_loop(begin);
  }
  bool compares = next == TokenKind::Less || next == TokenKind::Greater ||
                  next == TokenKind::LessEq || next == TokenKind::GreaterEq ||
                  next == TokenKind::BangEq || next == TokenKind::EqEq;
  if (at(TokenKind::Name) && compares) {
    complain_foreign(begin, "for c", "while c", "while");
    return skip_foreign_loop(begin);
  }
  bool in_parens = at(TokenKind::LeftParen);
  if (in_parens || next == TokenKind::ColonEq || next == TokenKind::Comma ||
      next == TokenKind::Eq) {
    return correct_loop_head(begin, in_parens);
  }
  return nullptr;
}

ast::Expr* Parser::skip_foreign_loop(Span begin) {
  skip_to_block();
  if (at(TokenKind::LeftBrace)) parse_block();
  return make_expr<ast::ErrorExpr>(since(begin));
}

// `for i, x := range xs`, `for i := 0; i < n; i++`, `for (x in xs)`, `for (int i = 0; …)`.
ast::Expr* Parser::correct_loop_head(Span begin, bool in_parens) {
  size_t first = in_parens ? 1 : 0;
  // A type or `let` before the variable.
  TokenKind kind = peek(first).kind;
  bool is_declared = kind == TokenKind::KwLet || kind == TokenKind::KwVar ||
                     kind == TokenKind::KwConst ||
                     (kind == TokenKind::Name && peek(first + 1).kind == TokenKind::Name &&
                      !peek_word(first + 1, "of"));
  size_t name = is_declared ? first + 1 : first;
  if (peek(name).kind != TokenKind::Name && peek(name).kind != TokenKind::KwUnderscore) {
    return nullptr;
  }
  TokenKind sign = peek(name + 1).kind;
  bool is_each = sign == TokenKind::KwIn || peek_word(name + 1, "of");
  if (in_parens && is_each) return correct_parens_of_loop(begin, name);
  bool has_second = sign == TokenKind::Comma && peek(name + 2).kind == TokenKind::Name &&
                    peek(name + 3).kind == TokenKind::ColonEq && peek_word(name + 4, "range");
  if (has_second) return correct_range_of_two(begin);
  bool has_pair = !in_parens && sign == TokenKind::Comma && peek(name + 2).kind == TokenKind::Name &&
                  peek(name + 3).kind == TokenKind::KwIn;
  if (has_pair) {
    Span pair = token_.span.to(peek(name + 2).span);
    complain(pair, D::ForeignSpelling, {"for k, v in m", "for (k, v) in m"})
        .fix({pair.begin, pair.begin}, "(")
        .fix({pair.end, pair.end}, ")");
    return skip_foreign_loop(begin);
  }
  if (sign == TokenKind::ColonEq && peek_word(name + 2, "range")) {
    complain(token_.span.to(peek(name + 2).span), D::ForeignSpelling,
             {"for i := range xs", "for i in 0..xs.len()"})
        .help("`for x in xs` runs over the elements themselves");
    return skip_foreign_loop(begin);
  }
  if (sign == TokenKind::ColonEq || sign == TokenKind::Eq) return correct_three_parts(begin, name);
  return nullptr;
}

// `for (x in xs)`, `for (const x of xs)`.
ast::Expr* Parser::correct_parens_of_loop(Span begin, size_t name) {
  Report report = complain(token_.span.to(peek(name + 1).span), D::ForeignSpelling,
                           {"for (x in xs)", "for x in xs"});
  report.fix({token_.span.begin, peek(name).span.begin}, "");
  report.fix(peek(name + 1).span, "in");
  size_t ahead = name + 2;
  uint32_t depth = 1;
  while (depth > 0 && peek(ahead).kind != TokenKind::LeftBrace &&
         peek(ahead).kind != TokenKind::EndOfFile) {
    if (peek(ahead).kind == TokenKind::LeftParen) ++depth;
    if (peek(ahead).kind == TokenKind::RightParen) --depth;
    ++ahead;
  }
  if (depth == 0) report.fix(peek(ahead - 1).span, "");
  return skip_foreign_loop(begin);
}

// `for i, x := range xs`; where the number is not wanted, `for x in xs`.
ast::Expr* Parser::correct_range_of_two(Span begin) {
  bool wants_number = !at(TokenKind::KwUnderscore);
  std::string index(text(token_));
  std::string element(text(peek(2)));
  Span head = token_.span.to(peek(4).span);
  Report report =
      complain(head, D::ForeignSpelling,
               {"for i, x := range xs",
                wants_number ? "for (i, x) in xs.enumerate()" : "for x in xs"});
  report.help("a map gives its entries: `for (k, v) in m`");
  report.fix(head, wants_number ? "(" + index + ", " + element + ") in" : element + " in");
  for (int i = 0; i < 5; ++i) advance();
  parse_head_expr("for");
  if (wants_number) report.fix(end_of_previous(), ".enumerate()");
  return skip_foreign_loop(begin);
}

// `for i := 0; i < n; i++`, with or without parentheses, a type, `let`.
ast::Expr* Parser::correct_three_parts(Span begin, size_t name) {
  Span open = token_.span;
  Span variable = peek(name).span;
  bool in_parens = at(TokenKind::LeftParen);
  for (size_t i = 0; i <= name; ++i) advance();
  Span sign = token_.span;
  advance();
  Report report = complain(open.to(sign), D::ForeignIdea, {"loops of three parts"});
  report.help("`for i in 0..n { … }` counts; `while` does everything else");
  parse_head_expr("for");
  Span low_end = end_of_previous();
  bool counts = at(TokenKind::Semicolon) && peek(1).kind == TokenKind::Name &&
                (peek(2).kind == TokenKind::Less || peek(2).kind == TokenKind::LessEq);
  if (panic_ || !counts) return skip_foreign_loop(begin);
  bool inclusive = peek(2).kind == TokenKind::LessEq;
  Span high = peek(3).span;
  for (int i = 0; i < 3; ++i) advance();
  parse_head_expr("for");
  Span high_end = end_of_previous();
  bool steps = at(TokenKind::Semicolon) && peek(1).kind == TokenKind::Name &&
               peek(2).kind == TokenKind::PlusPlus;
  if (panic_ || !steps) return skip_foreign_loop(begin);
  for (int i = 0; i < 3; ++i) advance();
  if (in_parens) accept(TokenKind::RightParen);
  report.fix({open.begin, variable.begin}, "")
      .fix(sign, "in")
      .fix({low_end.begin, high.begin}, inclusive ? "..=" : "..")
      .fix({high_end.begin, previous_end_}, "");
  return skip_foreign_loop(begin);
}

// ---- declarations --------------------------------------------------------------------------

// `type P struct { … }`, `func (p P) f()`, `int f(int x)`: said once, then skipped. False: the
// item is none of them.
bool Parser::fail_foreign_item() {
  if (!at(TokenKind::Name)) return false;
  const Token& second = peek(1);
  if (fail_foreign_import()) return true;
  if (at_word("type") && second.kind == TokenKind::Name) {
    bool is_struct = peek(2).kind == TokenKind::KwStruct;
    bool is_trait = peek_word(2, "interface");
    if (!is_struct && !is_trait) return false;
    std::string_view ours = is_struct ? "struct" : "trait";
    fail(token_.span.to(peek(2).span), D::ForeignSpelling,
         {is_struct ? "type T struct" : "type T interface", is_struct ? "struct T" : "trait T"})
        .fix(token_.span, std::string(ours))
        .fix({second.span.end, peek(2).span.end}, "");
    return true;
  }
  bool is_function = at_word("func") || at_word("fun") || at_word("def");
  if (is_function && second.kind == TokenKind::LeftParen) {
    fail_receiver(token_.span.to(second.span));
    return true;
  }
  if (second.kind == TokenKind::Name && peek(2).kind == TokenKind::LeftParen) {
    fail(token_.span.to(second.span), D::ForeignSpelling, {"T f(…)", "fn f(…) -> T"});
    return true;
  }
  return false;
}

// ---- types ---------------------------------------------------------------------------------

// Marks before a type, which is next, where Skein has a generic type: `chan T` for `Chan<T>`.
ast::TypeExpr* Parser::correct_marked_type(Span begin, std::string_view theirs, std::string ours) {
  Span gap = {begin.begin, token_.span.begin};
  parse_type();
  complain(since(begin), D::ForeignSpelling, {theirs, ours + "<T>"})
      .fix(gap, ours + "<")
      .fix(end_of_previous(), ">");
  return make_type<ast::ErrorType>(since(begin));
}

// `chan<- T` and `<-chan T`, at `chan` or at the arrow: the two ends of a channel in Go.
ast::TypeExpr* Parser::correct_go_end() {
  Span begin = token_.span;
  bool sends = at_word("chan");
  advance();
  advance();
  return sends ? correct_marked_type(begin, "chan<- T", "Sender")
               : correct_marked_type(begin, "<-chan T", "Receiver");
}

// `chan T`, `map[K]V`: the spelling of Go. Null: another name.
ast::TypeExpr* Parser::correct_go_type() {
  Span begin = token_.span;
  TokenKind next = peek(1).kind;
  if (at_word("chan") && next == TokenKind::LeftArrow) return correct_go_end();
  if (at_word("chan") && (next == TokenKind::Name || next == TokenKind::LeftBracket)) {
    advance();
    return correct_marked_type(begin, "chan T", "Chan");
  }
  if (at_word("map") && next == TokenKind::LeftBracket) {
    Span open = begin.to(peek(1).span);
    advance();
    advance();
    parse_type();
    Span close = token_.span;
    if (!expect(TokenKind::RightBracket)) return make_type<ast::ErrorType>(since(begin));
    parse_type();
    complain(since(begin), D::ForeignSpelling, {"map[K]V", "Map<K, V>"})
        .fix(open, "Map<")
        .fix(close, ", ")
        .fix(end_of_previous(), ">");
    return make_type<ast::ErrorType>(since(begin));
  }
  return nullptr;
}

// ---- operands ------------------------------------------------------------------------------

// `make(chan T, n)`, `make([]T, n)`, `make(map[K]V)`; null: another call.
ast::Expr* Parser::correct_make() {
  Span begin = token_.span;
  bool is_slice = peek(2).kind == TokenKind::LeftBracket &&
                  peek(3).kind == TokenKind::RightBracket;
  bool is_channel = peek_word(2, "chan") && peek(3).kind == TokenKind::Name;
  bool is_map = peek_word(2, "map") && peek(3).kind == TokenKind::LeftBracket;
  if (is_slice) {
    complain(begin, D::ForeignSpelling, {"make([]T, n)", "[e; n]"})
        .help("`[e; n]` is `n` times the value `e`; an array that grows begins as `[]`");
  } else if (is_channel) {
    complain(begin, D::ForeignSpelling, {"make(chan T, n)", "Chan<T>(n)"});
  } else if (is_map) {
    complain(begin, D::ForeignSpelling, {"make(map[K]V)", "Map<K, V>()"});
  } else {
    return nullptr;
  }
  advance();
  skip_balanced();
  return make_expr<ast::ErrorExpr>(since(begin));
}

// `lambda x, y: e`.
ast::Expr* Parser::correct_lambda() {
  Span begin = token_.span;
  Span gap = {begin.begin, peek(1).span.begin};
  advance();
  while (at(TokenKind::Name) || at(TokenKind::Comma)) advance();
  Report report = complain(begin, D::ForeignSpelling, {"lambda x: e", "|x| e"});
  if (at(TokenKind::Colon)) {
    report.fix(gap, "|").fix({previous_end_, token_.span.end}, "|");
    advance();
    parse_expr();
  }
  return make_expr<ast::ErrorExpr>(since(begin));
}

}  // namespace skein::parse
