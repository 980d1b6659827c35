// Types.
#include "compiler/parse/parser.h"

namespace skein::parse {

// type = type_operand { "?" } ;
ast::TypeExpr* Parser::parse_type() {
  Nest nest(*this);
  Span begin = token_.span;
  ast::TypeExpr* type = parse_type_operand();
  uint32_t options = 0;
  while (touches_previous() && !panic_) {
    bool is_option = accept(TokenKind::Question) ||
                     accept_first_half(TokenKind::QuestionQuestion, TokenKind::Question);
    if (is_option) {
      if (++options > ast::kMaxNesting) report_too_nested();
      ast::OptionType* option = make_type<ast::OptionType>(since(begin));
      option->element = type;
      type = option;
    } else if (at(TokenKind::LeftBracket) && peek(1).kind == TokenKind::RightBracket) {
      advance();
      advance();
      Span suffix = {previous_end_ - 2, previous_end_};
      complain(since(begin), D::ForeignSpelling, {"T[]", "[T]"})
          .fix({begin.begin, begin.begin}, "[")
          .fix(suffix, "]");
    } else {
      break;
    }
  }
  return type;
}

// type_operand = named_type | "(" … | "[" … | fn_type | dyn_type | "_" ;
ast::TypeExpr* Parser::parse_type_operand() {
  if (gave_up_) return fail_type();
  switch (kind()) {
    case TokenKind::KwUnderscore:
      advance();
      return make_type<ast::InferType>(since(tokens_[position_ - 1].span));
    case TokenKind::LeftParen: return parse_paren_type();
    case TokenKind::LeftBracket: return parse_bracket_type();
    case TokenKind::KwFn: return parse_fn_type(false);
    case TokenKind::KwDyn: return parse_dyn_type();
    case TokenKind::KwSelfType: return parse_named_type();
    case TokenKind::Name: break;
    default: return parse_foreign_type();
  }
  if (at_word("once") && peek(1).kind == TokenKind::KwFn) {
    advance();
    return parse_fn_type(true);
  }
  if (at_word("never") && peek(1).kind != TokenKind::Dot) {
    Span span = token_.span;
    advance();
    return make_type<ast::NeverType>(span);
  }
  if (ast::TypeExpr* corrected = correct_go_type()) return corrected;
  return parse_named_type();
}

// References, pointers and mutability that other languages write into types.
ast::TypeExpr* Parser::parse_foreign_type() {
  if (at(TokenKind::Amp) || at(TokenKind::Star) || at(TokenKind::KwMut)) {
    Span begin = token_.span;
    bool is_mut = at(TokenKind::KwMut);
    bool is_pointer = at(TokenKind::Star);
    advance();
    if (!is_mut) is_mut = accept(TokenKind::KwMut);
    std::string_view idea = is_mut ? "type of mutable references" : "reference or pointer types";
    complain(since(begin), D::ForeignIdea, {idea})
        .help(is_mut ? "a parameter the function changes is `mut name: T`"
                : is_pointer
                    ? "parameters are borrowed anyway: write the type alone; C's pointers are `CPtr<T>`"
                    : "parameters are borrowed anyway: write the type alone")
        .fix({begin.begin, token_.span.begin}, "");
    return parse_type();
  }
  if (at(TokenKind::LeftArrow) && peek_word(1, "chan")) return correct_go_end();
  if (at(TokenKind::KwImpl)) {
    Span begin = token_.span;
    advance();
    parse_type();
    complain(since(begin), D::ForeignIdea, {"`impl` types"})
        .help("name the type: `fn f<A: Trait>(x: A)`, or take any by `dyn Trait`");
    return make_type<ast::ErrorType>(since(begin));
  }
  return fail_type();
}

// What is no type at all; `self` in small letters is meant for the type of its impl.
ast::TypeExpr* Parser::fail_type() {
  if (at(TokenKind::KwSelfValue)) {
    correct_word("Self");
    return parse_named_type();
  }
  fail_expected("a type");
  return make_type<ast::ErrorType>(token_.span);
}

// "(" ")" | "(" type ")" | "(" type "," [ type { "," type } ] [ "," ] ")" ;
ast::TypeExpr* Parser::parse_paren_type() {
  Span begin = token_.span;
  advance();
  std::vector<ast::TypeExpr*> elements;
  bool has_comma = false;
  while (!at(TokenKind::RightParen) && !panic_) {
    elements.push_back(parse_type());
    if (!accept(TokenKind::Comma)) break;
    has_comma = true;
  }
  close_bracket(TokenKind::RightParen, begin);
  if (!panic_ && (at(TokenKind::Arrow) || at(TokenKind::FatArrow))) {
    complain(token_.span, D::ForeignSpelling, {"(T) -> U", "fn(T) -> U"})
        .fix({begin.begin, begin.begin}, "fn")
        .fix(token_.span, "->");
    advance();
    parse_type();
    return make_type<ast::ErrorType>(since(begin));
  }
  if (elements.empty()) return make_type<ast::UnitType>(since(begin));
  if (elements.size() == 1 && !has_comma) return elements[0];
  ast::TupleType* tuple = make_type<ast::TupleType>(since(begin));
  tuple->elements = list(elements);
  return tuple;
}

// "[" type "]" | "[" type ";" expr "]" ;
ast::TypeExpr* Parser::parse_bracket_type() {
  Span begin = token_.span;
  advance();
  if (at(TokenKind::RightBracket)) {
    advance();
    Span prefix = since(begin);
    Report report = complain(prefix, D::ForeignSpelling, {"[]T", "[T]"});
    ast::TypeExpr* element = parse_type();
    report.fix(prefix, "[").fix(end_of_previous(), "]");
    return element;
  }
  ast::TypeExpr* element = parse_type();
  if (!panic_ && accept(TokenKind::Semicolon)) {
    StructLiterals allowed(*this, true);
    ast::Expr* length = parse_expr();
    close_bracket(TokenKind::RightBracket, begin);
    ast::FixedArrayType* array = make_type<ast::FixedArrayType>(since(begin));
    array->element = element;
    array->length = length;
    return array;
  }
  if (!panic_ && at(TokenKind::Colon)) {
    Span colon = token_.span;
    advance();
    parse_type();
    complain(since(begin), D::ForeignSpelling, {"[K: V]", "Map<K, V>"})
        .fix(begin, "Map<")
        .fix(colon, ",")
        .fix(token_.span, ">");
  }
  close_bracket(TokenKind::RightBracket, begin);
  ast::ArrayType* array = make_type<ast::ArrayType>(since(begin));
  array->element = element;
  return array;
}

// fn_type = [ "once" ] "fn" "(" [ mode type { "," mode type } [ "," ] ] ")" [ "->" ret ] ;
ast::TypeExpr* Parser::parse_fn_type(bool is_once) {
  Span begin = token_.span;
  advance();
  std::vector<ast::FnTypeParam> params;
  Span open = token_.span;
  if (expect(TokenKind::LeftParen)) {
    while (!at(TokenKind::RightParen) && !panic_) {
      ast::FnTypeParam param;
      param.mode = parse_mode();
      param.type = parse_type();
      params.push_back(param);
      if (!accept(TokenKind::Comma)) break;
    }
    close_bracket(TokenKind::RightParen, open);
  }
  ast::TypeExpr* ret = nullptr;
  bool ret_mut = false;
  if (!panic_) parse_ret(ret, ret_mut);
  ast::FnType* type = make_type<ast::FnType>(since(begin));
  type->is_once = is_once;
  type->params = list(params);
  type->ret = ret;
  type->ret_mut = ret_mut;
  return type;
}

// dyn_type = "dyn" bounds ;
ast::TypeExpr* Parser::parse_dyn_type() {
  Span begin = token_.span;
  advance();
  std::span<ast::TypeExpr* const> bounds = parse_bounds();
  ast::DynType* type = make_type<ast::DynType>(since(begin));
  type->bounds = bounds;
  return type;
}

// bounds = bound { "+" bound } ; bound = named_type | fn_type ;
std::span<ast::TypeExpr* const> Parser::parse_bounds() {
  std::vector<ast::TypeExpr*> bounds;
  do {
    if (at(TokenKind::KwFn)) {
      bounds.push_back(parse_fn_type(false));
      continue;
    }
    if (!at(TokenKind::Name) && !at(TokenKind::KwSelfType)) {
      fail_expected("the name of a trait");
      break;
    }
    bounds.push_back(parse_named_type());
  } while (!panic_ && accept(TokenKind::Plus));
  return list(bounds);
}

// named_type = segment { "." segment } ;
ast::NamedType* Parser::parse_named_type() {
  Span begin = token_.span;
  std::span<const ast::PathSegment> path = parse_path_after(parse_path_segment());
  ast::NamedType* type = make_type<ast::NamedType>(since(begin));
  type->path = path;
  return type;
}

std::span<const ast::PathSegment> Parser::parse_path_after(ast::PathSegment first) {
  std::vector<ast::PathSegment> path{first};
  while (!panic_) {
    if (at(TokenKind::ColonColon)) {
      complain_foreign(token_.span, "::", ".", ".");
    } else if (!at(TokenKind::Dot)) {
      break;
    }
    advance();
    path.push_back(parse_path_segment());
  }
  return list(path);
}

// segment = NAME [ type_args ] ;
ast::PathSegment Parser::parse_path_segment() {
  ast::PathSegment segment;
  if (at(TokenKind::KwSelfType)) {
    segment.name = ident_here();
    advance();
  } else {
    segment.name = parse_ident("a name");
  }
  if (!panic_ && at(TokenKind::Less)) parse_type_args(segment);
  return segment;
}

// type_args = "<" type_arg { "," type_arg } [ "," ] ">" ;
// type_arg = type | NAME "=" type ;
void Parser::parse_type_args(ast::PathSegment& segment) {
  Span open = token_.span;
  advance();
  std::vector<ast::TypeExpr*> args;
  std::vector<ast::TypeBinding> bindings;
  while (!at(TokenKind::Greater) && !panic_) {
    if (at(TokenKind::Name) && peek(1).kind == TokenKind::Eq) {
      ast::TypeBinding binding;
      binding.name = parse_ident("a name");
      advance();
      binding.type = parse_type();
      bindings.push_back(binding);
    } else {
      args.push_back(parse_type());
    }
    if (panic_ || !accept(TokenKind::Comma)) break;
  }
  bool is_closed = at(TokenKind::GreaterEq) || at(TokenKind::GreaterGreaterEq);
  if (is_closed && !panic_) {
    expect_closing_angle();
  } else {
    close_bracket(TokenKind::Greater, open);
  }
  segment.args = list(args);
  segment.bindings = list(bindings);
}

}  // namespace skein::parse
