// Patterns.
//
// Whether a name binds or means something is told by its first letter (rule 58): a capital never
// binds. So the tree is right without knowing any declaration.
#include "compiler/parse/parser.h"

#include "compiler/support/unicode.h"

namespace skein::parse {

static bool begins_with_capital(std::string_view name) {
  return !name.empty() && name[0] >= 'A' && name[0] <= 'Z';
}

// pattern = pattern_operand { "|" pattern_operand } ;
ast::Pattern* Parser::parse_pattern() {
  Span begin = token_.span;
  ast::Pattern* first = parse_pattern_operand();
  if (panic_ || !at(TokenKind::Pipe)) return first;
  std::vector<ast::Pattern*> choices{first};
  while (!panic_ && accept(TokenKind::Pipe)) choices.push_back(parse_pattern_operand());
  ast::AlternativesPattern* pattern = make_pattern<ast::AlternativesPattern>(since(begin));
  pattern->choices = list(choices);
  return pattern;
}

// pattern_operand = "_" | "none" | [ "mut" ] NAME [ "@" pattern_operand ] | "(" … ")" | "[" … "]" | value_pattern | path_pattern ;
ast::Pattern* Parser::parse_pattern_operand() {
  Nest nest(*this);
  if (gave_up_) return fail_pattern();
  Span begin = token_.span;
  switch (kind()) {
    case TokenKind::KwUnderscore: advance(); return make_pattern<ast::WildcardPattern>(begin);
    case TokenKind::KwNone: advance(); return make_pattern<ast::NonePattern>(begin);
    case TokenKind::LeftParen: return parse_paren_pattern();
    case TokenKind::LeftBracket: return parse_array_pattern();
    case TokenKind::KwMut: {
      advance();
      ast::Ident name = parse_ident("a name");
      ast::BindingPattern* binding = make_pattern<ast::BindingPattern>(since(begin));
      binding->name = name;
      binding->is_mut = true;
      return parse_named_pattern(binding);
    }
    case TokenKind::KwVar:
    case TokenKind::KwLet: {
      std::string word(text(token_));
      complain(begin, D::Expected, {"a pattern", "`" + word + "`"})
          .help("a name in a pattern binds by itself; `mut` binds the place")
          .fix(begin, "");
      advance();
      return parse_pattern_operand();
    }
    case TokenKind::Name:
    case TokenKind::KwSelfType:
      if (!at_pattern_value()) return parse_name_pattern();
      break;
    default: break;
  }
  if (at_pattern_value()) return parse_value_pattern();
  return fail_pattern();
}

ast::Pattern* Parser::fail_pattern() {
  if (at_dotted_variant()) {
    correct_dotted_variant();
    return parse_pattern_operand();
  }
  if (at(TokenKind::KwElse) && peek(1).kind == TokenKind::FatArrow) {
    complain_foreign(token_.span, "else =>", "_ =>", "_");
    advance();
    return make_pattern<ast::WildcardPattern>(end_of_previous());
  }
  if (syntax::is_keyword(kind())) {
    fail(token_.span, D::ReservedWord, {text(token_)}).help("choose another name");
  } else {
    fail_expected("a pattern");
  }
  return make_pattern<ast::ErrorPattern>(token_.span);
}

// "(" [ pattern { "," pattern } [ "," ] ] ")" ; one pattern without a comma is itself.
ast::Pattern* Parser::parse_paren_pattern() {
  Span begin = token_.span;
  advance();
  std::vector<ast::Pattern*> elements;
  bool has_comma = false;
  while (!at(TokenKind::RightParen) && !panic_) {
    elements.push_back(parse_pattern());
    if (panic_ || !accept(TokenKind::Comma)) break;
    has_comma = true;
  }
  close_bracket(TokenKind::RightParen, begin);
  if (elements.size() == 1 && !has_comma) return elements[0];
  ast::TuplePattern* tuple = make_pattern<ast::TuplePattern>(since(begin));
  tuple->elements = list(elements);
  return tuple;
}


// The rest as Rust (`rest @ ..`), Python (`*rest`) and JavaScript (`...rest`) spell it.
bool Parser::at_foreign_rest() const {
  return at(TokenKind::Star) || at(TokenKind::DotDotDot) ||
         (at(TokenKind::Name) && peek(1).kind == TokenKind::At &&
          peek(2).kind == TokenKind::DotDot);
}

ast::Pattern* Parser::parse_foreign_rest() {
  Span begin = token_.span;
  std::string sign = at(TokenKind::Name) ? "" : at(TokenKind::Star) ? "*" : "...";
  if (!at(TokenKind::Name)) advance();
  ast::Ident name;
  if (at(TokenKind::Name)) name = parse_ident("a name");
  bool is_named = name.valid();
  std::string word(is_named ? text(name.name) : "");
  bool is_rust = sign.empty();
  if (is_rust) advance();
  if (is_rust) advance();
  complain_foreign(since(begin), is_rust ? word + " @ .." : sign + word, ".." + word, ".." + word);
  if (!is_named) return nullptr;
  ast::BindingPattern* binding = make_pattern<ast::BindingPattern>(name.span);
  binding->name = name;
  return binding;
}

// Whether what begins here is `..` or `..rest`, and no range.
bool Parser::at_rest_pattern() const {
  if (!at(TokenKind::DotDot)) return false;
  switch (peek(1).kind) {
    case TokenKind::Comma:
    case TokenKind::RightBracket:
    case TokenKind::Newline:
    case TokenKind::KwUnderscore:
    case TokenKind::KwMut: return true;
    case TokenKind::Name: return !begins_with_capital(text(peek(1)));
    default: return false;
  }
}

// rest = ".." [ [ "mut" ] NAME | "_" ] ; null where it binds nothing.
ast::Pattern* Parser::parse_rest_pattern() {
  advance();
  if (accept(TokenKind::KwUnderscore)) return nullptr;
  if (!at(TokenKind::Name) && !at(TokenKind::KwMut)) return nullptr;
  Span begin = token_.span;
  bool is_mut = accept(TokenKind::KwMut);
  ast::Ident name = parse_ident("a name");
  ast::BindingPattern* binding = make_pattern<ast::BindingPattern>(since(begin));
  binding->name = name;
  binding->is_mut = is_mut;
  return binding;
}

// "[" [ element { "," element } [ "," ] ] "]" ; element = pattern | rest, of which there is one at most.
ast::Pattern* Parser::parse_array_pattern() {
  Span begin = token_.span;
  advance();
  std::vector<ast::Pattern*> before, after;
  ast::Pattern* rest = nullptr;
  Span first_rest;
  bool has_rest = false;
  while (!at(TokenKind::RightBracket) && !panic_) {
    Span element = token_.span;
    bool is_foreign = at_foreign_rest();
    if (is_foreign || at_rest_pattern()) {
      ast::Pattern* bound = is_foreign ? parse_foreign_rest() : parse_rest_pattern();
      if (has_rest) complain(since(element), D::TwoRests).label(first_rest, "the first is here");
      if (!has_rest) {
        rest = bound;
        first_rest = since(element);
      }
      has_rest = true;
    } else {
      (has_rest ? after : before).push_back(parse_pattern());
    }
    if (panic_ || !accept(TokenKind::Comma)) break;
  }
  close_bracket(TokenKind::RightBracket, begin);
  ast::ArrayPattern* array = make_pattern<ast::ArrayPattern>(since(begin));
  array->before = list(before);
  array->after = list(after);
  array->has_rest = has_rest;
  array->rest = rest;
  return array;
}

// named_pattern = binding [ "@" pattern_operand ] ;
ast::Pattern* Parser::parse_named_pattern(ast::BindingPattern* binding) {
  if (panic_ || !accept(TokenKind::At)) return binding;
  ast::Pattern* pattern = parse_pattern_operand();
  ast::NamedPattern* named = make_pattern<ast::NamedPattern>(since(binding->span));
  named->binding = binding;
  named->pattern = pattern;
  return named;
}

// path_pattern = path [ "(" patterns ")" | "{" field_patterns "}" ] ;
ast::Pattern* Parser::parse_name_pattern() {
  Span begin = token_.span;
  std::span<const ast::PathSegment> path = parse_path_after(parse_path_segment());
  if (panic_) return make_pattern<ast::ErrorPattern>(since(begin));
  if (at(TokenKind::LeftBrace)) return parse_struct_pattern(begin, path);
  bool has_payload = at(TokenKind::LeftParen);
  if (!has_payload && path.size() == 1 && path[0].args.empty() &&
      !begins_with_capital(text(path[0].name.name))) {
    ast::BindingPattern* binding = make_pattern<ast::BindingPattern>(since(begin));
    binding->name = path[0].name;
    return parse_named_pattern(binding);
  }
  std::vector<ast::Pattern*> payload;
  if (has_payload) {
    Span open = token_.span;
    advance();
    while (!at(TokenKind::RightParen) && !panic_) {
      payload.push_back(parse_pattern());
      if (panic_ || !accept(TokenKind::Comma)) break;
    }
    close_bracket(TokenKind::RightParen, open);
  }
  ast::VariantPattern* variant = make_pattern<ast::VariantPattern>(since(begin));
  variant->path = path;
  variant->has_payload = has_payload;
  variant->payload = list(payload);
  return variant;
}

// "{" [ field { "," field } ] [ "," ] [ ".." ] "}" ; field = NAME [ ":" pattern ] | "mut" NAME ;
ast::Pattern* Parser::parse_struct_pattern(Span begin, std::span<const ast::PathSegment> path) {
  Span open = token_.span;
  advance();
  std::vector<ast::FieldPattern> fields;
  bool has_rest = false;
  skip_newlines();
  while (!at(TokenKind::RightBrace) && !panic_) {
    if (accept(TokenKind::DotDot)) {
      has_rest = true;
      break;
    }
    ast::FieldPattern field;
    if (at(TokenKind::Name) && peek(1).kind == TokenKind::Colon) {
      field.name = parse_ident("a field");
      advance();
      field.pattern = parse_pattern();
    } else {
      Span binding_begin = token_.span;
      bool is_mut = accept(TokenKind::KwMut);
      field.name = parse_ident("a field");
      ast::BindingPattern* binding = make_pattern<ast::BindingPattern>(since(binding_begin));
      binding->name = field.name;
      binding->is_mut = is_mut;
      field.pattern = binding;
    }
    fields.push_back(field);
    bool has_separator = accept(TokenKind::Comma) || at(TokenKind::Newline);
    skip_newlines();
    if (!has_separator) break;
  }
  skip_newlines();
  close_bracket(TokenKind::RightBrace, open);
  ast::StructPattern* pattern = make_pattern<ast::StructPattern>(since(begin));
  pattern->path = path;
  pattern->fields = list(fields);
  pattern->has_rest = has_rest;
  return pattern;
}

// A literal, or a constant that begins a range.
bool Parser::at_pattern_value() const {
  switch (kind()) {
    case TokenKind::Int:
    case TokenKind::Float:
    case TokenKind::Duration:
    case TokenKind::Char:
    case TokenKind::Str:
    case TokenKind::ByteStr:
    case TokenKind::InterpStart:
    case TokenKind::Minus:
    case TokenKind::DotDot:
    case TokenKind::DotDotEq:
    case TokenKind::KwTrue:
    case TokenKind::KwFalse: return true;
    case TokenKind::Name:
      return peek(1).kind == TokenKind::DotDot || peek(1).kind == TokenKind::DotDotEq;
    default: return false;
  }
}

// value_pattern = value | [ value ] ( ".." | "..=" ) [ value ] ;
ast::Pattern* Parser::parse_value_pattern() {
  Height height(*this);
  Span begin = token_.span;
  bool is_open = at(TokenKind::DotDot) || at(TokenKind::DotDotEq);
  ast::Expr* low = is_open ? nullptr : parse_pattern_value();
  if (at(TokenKind::DotDotDot)) {
    complain_foreign(token_.span, "a...b", "a..=b", "..=");
    token_.kind = TokenKind::DotDotEq;
  }
  bool inclusive = at(TokenKind::DotDotEq);
  if (panic_ || (!inclusive && !at(TokenKind::DotDot))) {
    ast::LiteralPattern* literal = make_pattern<ast::LiteralPattern>(since(begin));
    literal->value = low;
    return literal;
  }
  advance();
  bool has_high = !at(TokenKind::DotDot) && !at(TokenKind::DotDotEq) &&
                  (at_pattern_value() || at(TokenKind::Name));
  ast::Expr* high = has_high ? parse_pattern_value() : nullptr;
  if (inclusive && !high) fail_expected("the end of the range");
  ast::RangePattern* range = make_pattern<ast::RangePattern>(since(begin));
  range->low = low;
  range->high = high;
  range->inclusive = inclusive;
  return range;
}

// value = [ "-" ] literal | NAME ;
ast::Expr* Parser::parse_pattern_value() {
  Span begin = token_.span;
  if (accept(TokenKind::Minus)) {
    bool is_number =
        at(TokenKind::Int) || at(TokenKind::Float) || at(TokenKind::Duration);
    if (!is_number) {
      fail_expected("a number");
      return make_expr<ast::ErrorExpr>(token_.span);
    }
    ast::Expr* operand = parse_literal();
    ast::Unary* negation = make_expr<ast::Unary>(since(begin));
    negation->op = ast::UnaryOp::Neg;
    negation->op_span = begin;
    negation->operand = operand;
    return negation;
  }
  if (at(TokenKind::Name)) return parse_name();
  if (at(TokenKind::InterpStart)) {
    fail(token_.span, D::Expected, {"a pattern", "a string with holes"})
        .help("bind it and compare in a guard: `s when s == \"…\"`");
    return make_expr<ast::ErrorExpr>(token_.span);
  }
  return parse_literal();
}

}  // namespace skein::parse
