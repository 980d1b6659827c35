// Closures and parts of arrays as other languages write them, and words that follow an expression in other languages only.
#include "compiler/parse/parser.h"

namespace skein::parse {

// `xs.map { … }`: behind a member a `{` means nothing in Skein, unless it is the block of a head.
bool Parser::at_trailing_closure(const ast::Expr* operand) const {
  const ast::Field* member = operand->try_as<ast::Field>();
  if (!struct_literals_ || !member || operand->in_parens) return false;
  char first = text(member->name.name).empty() ? 'A' : text(member->name.name)[0];
  bool has_field = peek(1).kind == TokenKind::Name && peek(2).kind == TokenKind::Colon;
  return (first < 'A' || first > 'Z') && !has_field;
}

// `xs[1:]`, `xs[:n]`, `xs[1:n]`, from the `[` on; `m[k: v]` would be a named argument.
bool Parser::at_python_slice() const {
  TokenKind next = peek(1).kind;
  if (next == TokenKind::Colon) return true;
  bool is_bound = next == TokenKind::Int || next == TokenKind::Name;
  if (!is_bound || peek(2).kind != TokenKind::Colon) return false;
  return next == TokenKind::Int || peek(3).kind == TokenKind::RightBracket;
}

ast::Expr* Parser::correct_python_slice(ast::Expr* receiver) {
  Span colon = peek(1).kind == TokenKind::Colon ? peek(1).span : peek(2).span;
  complain_foreign(colon, "xs[a:b]", "xs[a..b]", "..");
  skip_balanced();
  return make_expr<ast::ErrorExpr>(since(receiver->span));
}

ast::Expr* Parser::correct_trailing_closure(ast::Expr* operand) {
  complain(token_.span, D::ForeignSpelling, {"f { … }", "f(|x| …)"})
      .help("a closure stands between the parentheses and names its parameters");
  skip_balanced();
  return make_expr<ast::ErrorExpr>(since(operand->span));
}

// `[for x in xs { … }]`, from behind its `[`.
ast::Expr* Parser::correct_comprehension(Span open) {
  complain(token_.span, D::ForeignIdea, {"loops that make arrays"})
      .help("a `for` gives nothing; `xs.map(|x| …).collect()` and `(0..n).map(|i| …).collect()` make an "
            "array, or `push` in a loop");
  parse_expr();
  close_bracket(TokenKind::RightBracket, open);
  return make_expr<ast::ErrorExpr>(since(open));
}

// `(x) => e`, from its `(` on; the parentheses were read.
ast::Expr* Parser::correct_arrow_closure(Span open) {
  Span close = {previous_end_ - 1, previous_end_};
  complain(token_.span, D::ForeignSpelling, {"(x) => e", "|x| e"})
      .fix(open, "|")
      .fix(close, "|")
      .fix({previous_end_, peek(1).span.begin}, " ");
  advance();
  parse_body_expr();
  return make_expr<ast::ErrorExpr>(since(open));
}

// Helps where an expression goes on as it does in other languages. `expected` is what should have
// stood here. Says whether it did.
bool Parser::help_with_rest(Report& report, TokenKind expected) const {
  if (at(TokenKind::FatArrow)) {
    report.help(expected == TokenKind::RightBracket ? "an entry of a map is `key: value`"
                                                    : "a closure is written `|x| …`");
    return true;
  }
  if (at(TokenKind::KwIn)) {
    report.help("whether something is among others: `xs.contains(x)`");
    return true;
  }
  if (at(TokenKind::Arrow)) {
    report.help("a closure is `|x| e`");
    return true;
  }
  if (at(TokenKind::KwFor) && expected == TokenKind::RightBracket) {
    report.help("a method makes one array of another: `xs.map(|x| …).collect()`");
    return true;
  }
  if (at(TokenKind::Comma) && expected == TokenKind::Newline) {
    report.help("several values at once are a tuple: `(a, b) = (b, a)`, `var (a, b) = (1, 2)`");
    return true;
  }
  if (at_word("is") || at_word("instanceof") || at_word("isinstance")) {
    report.help("a value has one type, known before the program runs; `match` tells the variants "
                "of an enum apart");
    return true;
  }
  return false;
}

}  // namespace skein::parse
