// Operands: literals, names, strings with holes, brackets, closures.
#include "compiler/parse/parser.h"

namespace skein::parse {

// primary = literal | name | interp_str | paren | bracket | block | closure | control | task ;
ast::Expr* Parser::parse_primary() {
  switch (kind()) {
    case TokenKind::Int:
    case TokenKind::Float:
    case TokenKind::Duration:
    case TokenKind::Char:
    case TokenKind::Str:
    case TokenKind::ByteStr:
    case TokenKind::KwTrue:
    case TokenKind::KwFalse:
    case TokenKind::KwNone: return parse_literal();
    case TokenKind::Name:
      if (at_word("par") && peek(1).kind == TokenKind::KwFor) return parse_par_for();
      if (at_word("with") && peek(1).kind == TokenKind::Name && peek(2).kind == TokenKind::Eq) {
        return parse_with();
      }
      if (at_label()) return parse_labelled();
      if (ast::Expr* corrected = correct_foreign_operand()) return corrected;
      return parse_name();
    case TokenKind::KwSelfValue:
    case TokenKind::KwSelfType: return parse_name();
    case TokenKind::KwUnderscore: {
      Span span = token_.span;
      advance();
      return make_expr<ast::Underscore>(span);
    }
    case TokenKind::InterpStart: return parse_interp_str();
    case TokenKind::LeftParen: return parse_paren();
    case TokenKind::LeftBracket: return parse_bracket();
    case TokenKind::LeftBrace:
      // In a head it begins the body, so the operand is missing.
      return struct_literals_ ? parse_block_expr() : fail_expr();
    case TokenKind::Pipe:
    case TokenKind::PipePipe: return parse_closure();
    case TokenKind::KwIf: return parse_if();
    case TokenKind::KwMatch: return parse_match();
    case TokenKind::KwLoop: return parse_loop({});
    case TokenKind::KwWhile: return parse_while({});
    case TokenKind::KwFor: return parse_for({});
    case TokenKind::KwBreak: return parse_break();
    case TokenKind::KwContinue: return parse_continue();
    case TokenKind::KwReturn: return parse_return();
    case TokenKind::KwSpawn: {
      Span begin = token_.span;
      advance();
      return parse_spawn(begin, nullptr);
    }
    case TokenKind::KwAsync: return parse_async();
    case TokenKind::KwWithin: return parse_within();
    case TokenKind::KwShield: return parse_shield();
    case TokenKind::KwCatch: return parse_catch();
    case TokenKind::KwLock: return parse_lock();
    case TokenKind::KwSelect: return parse_select();
    case TokenKind::KwYield: return parse_yield();
    default: break;
  }
  if (ast::Expr* corrected = correct_foreign_prefix()) return corrected;
  return fail_expr();
}

ast::Expr* Parser::fail_expr() {
  if (at_dotted_variant()) {
    correct_dotted_variant();
    return parse_name();
  }
  if (at(TokenKind::Dot) && peek(1).kind == TokenKind::Name) return correct_small_variant();
  bool is_keyword = syntax::is_keyword(kind());
  Report report = fail_expected("an expression");
  if (is_keyword) report.help("`" + std::string(text(token_)) + "` is a reserved word");
  return make_expr<ast::ErrorExpr>(token_.span);
}

// literal = INT | FLOAT | DURATION | CHAR | STR | BYTE_STR | "true" | "false" | "none" ;
ast::Expr* Parser::parse_literal() {
  Token token = token_;
  advance();
  switch (token.kind) {
    case TokenKind::Int: {
      ast::IntLit* node = make_expr<ast::IntLit>(token.span);
      node->value = tokens_.integer(token).value;
      node->suffix = tokens_.integer(token).suffix;
      return node;
    }
    case TokenKind::Float: {
      ast::FloatLit* node = make_expr<ast::FloatLit>(token.span);
      node->value = tokens_.floating(token).value;
      node->suffix = tokens_.floating(token).suffix;
      return node;
    }
    case TokenKind::Duration: {
      ast::DurationLit* node = make_expr<ast::DurationLit>(token.span);
      node->nanoseconds = tokens_.duration_ns(token);
      return node;
    }
    case TokenKind::Char: {
      ast::CharLit* node = make_expr<ast::CharLit>(token.span);
      node->value = tokens_.character(token);
      return node;
    }
    case TokenKind::Str: {
      ast::StrLit* node = make_expr<ast::StrLit>(token.span);
      node->value = tokens_.symbol(token);
      return node;
    }
    case TokenKind::ByteStr: {
      ast::ByteStrLit* node = make_expr<ast::ByteStrLit>(token.span);
      node->value = tokens_.symbol(token);
      return node;
    }
    case TokenKind::KwTrue:
    case TokenKind::KwFalse: {
      ast::BoolLit* node = make_expr<ast::BoolLit>(token.span);
      node->value = token.kind == TokenKind::KwTrue;
      return node;
    }
    case TokenKind::KwNone: return make_expr<ast::NoneLit>(token.span);
    default: SKEIN_UNREACHABLE("a literal was expected by its caller");
  }
}

// name = NAME | "self" | "Self" ;
ast::Expr* Parser::parse_name() {
  ast::Name* node = make_expr<ast::Name>(token_.span);
  node->name = tokens_.symbol(token_);
  advance();
  return node;
}

// ---- strings with holes --------------------------------------------------------------------

// interp_str = INTERP_START { INTERP_TEXT | hole } INTERP_END ;
ast::Expr* Parser::parse_interp_str() {
  Span begin = token_.span;
  advance();
  std::vector<ast::InterpPart> parts;
  while (true) {
    if (at(TokenKind::InterpText)) {
      ast::InterpPart part;
      part.text = tokens_.symbol(token_);
      parts.push_back(part);
      advance();
    } else if (at(TokenKind::HoleStart)) {
      parts.push_back(parse_hole());
    } else {
      break;
    }
  }
  accept(TokenKind::InterpEnd);
  ast::InterpStr* node = make_expr<ast::InterpStr>(since(begin));
  node->parts = list(parts);
  return node;
}

// hole = HOLE_START expr [ FORMAT ] HOLE_END ;
// The lexer has matched starts and ends, so whatever stands inside is skipped up to its end.
ast::InterpPart Parser::parse_hole() {
  StructLiterals allowed(*this, true);
  Span begin = token_.span;
  advance();
  ast::InterpPart part;
  if (at(TokenKind::HoleEnd) || at(TokenKind::Format)) {
    complain(since(begin).to(token_.span), D::EmptyHole)
        .help("write the value to show, or `\\$` for the sign itself");
    part.value = make_expr<ast::ErrorExpr>(since(begin));
  } else {
    part.value = parse_expr();
  }
  if (!panic_ && at(TokenKind::Format)) {
    part.has_format = true;
    part.format = tokens_.format(token_);
    part.format_span = token_.span;
    advance();
  }
  if (!at(TokenKind::HoleEnd)) fail_expected("`}`").label(begin, "to close this hole");
  while (!at(TokenKind::HoleEnd) && !at(TokenKind::EndOfFile)) {
    if (at(TokenKind::InterpStart)) {
      skip_balanced();
    } else {
      advance();
    }
  }
  accept(TokenKind::HoleEnd);
  panic_ = gave_up_;
  return part;
}

// ---- brackets ------------------------------------------------------------------------------

// paren = "(" ")" | "(" expr ")" | "(" expr "," [ expr { "," expr } ] [ "," ] ")" ;
ast::Expr* Parser::parse_paren() {
  bool in_head = !struct_literals_;
  StructLiterals allowed(*this, true);
  Span begin = token_.span;
  advance();
  std::vector<ast::Expr*> elements;
  bool has_comma = false;
  while (!at(TokenKind::RightParen) && !panic_) {
    elements.push_back(parse_expr());
    if (panic_ || !accept(TokenKind::Comma)) break;
    has_comma = true;
  }
  close_bracket(TokenKind::RightParen, begin);
  if (!panic_ && !in_head && at(TokenKind::FatArrow)) return correct_arrow_closure(begin);
  if (!panic_ && elements.size() == 1 && at_c_cast(elements[0])) return correct_c_cast(begin);
  if (elements.size() == 1 && !has_comma) {
    elements[0]->in_parens = true;
    return elements[0];
  }
  ast::Tuple* tuple = make_expr<ast::Tuple>(since(begin));
  tuple->elements = list(elements);
  return tuple;
}

// bracket = "[" "]" | "[" ":" "]" | "[" expr ";" expr "]" | "[" expr ":" expr … | "[" expr … ;
ast::Expr* Parser::parse_bracket() {
  StructLiterals allowed(*this, true);
  Span begin = token_.span;
  advance();
  if (at(TokenKind::Colon)) {
    advance();
    close_bracket(TokenKind::RightBracket, begin);
    return make_expr<ast::MapLit>(since(begin));
  }
  if (at(TokenKind::RightBracket)) {
    advance();
    if (at(TokenKind::Name) && touches_previous()) return correct_go_literal(begin);
    return make_expr<ast::Array>(since(begin));
  }
  if (at(TokenKind::KwFor)) return correct_comprehension(begin);
  ast::Expr* first = parse_expr();
  if (!panic_ && at(TokenKind::Colon)) return parse_map_after(begin, first);
  if (!panic_ && accept(TokenKind::Semicolon)) {
    ast::Expr* count = parse_expr();
    close_bracket(TokenKind::RightBracket, begin);
    ast::RepeatArray* node = make_expr<ast::RepeatArray>(since(begin));
    node->value = first;
    node->count = count;
    return node;
  }
  return parse_array_after(begin, first);
}

ast::Expr* Parser::parse_map_after(Span begin, ast::Expr* key) {
  std::vector<ast::MapEntry> entries;
  while (true) {
    ast::MapEntry entry;
    entry.key = key;
    entry.value = !panic_ && expect(TokenKind::Colon) ? parse_expr() : missing_expr();
    entries.push_back(entry);
    if (entries.size() > ast::kMaxElements) {
      report_too_wide(begin, "map", ast::kMaxElements, "entries");
    }
    if (panic_ || !accept(TokenKind::Comma) || at(TokenKind::RightBracket)) break;
    key = parse_expr();
  }
  close_bracket(TokenKind::RightBracket, begin);
  ast::MapLit* node = make_expr<ast::MapLit>(since(begin));
  node->entries = list(entries);
  return node;
}

ast::Expr* Parser::parse_array_after(Span begin, ast::Expr* first) {
  std::vector<ast::Expr*> elements{first};
  while (!panic_ && accept(TokenKind::Comma) && !at(TokenKind::RightBracket)) {
    elements.push_back(parse_expr());
    if (elements.size() > ast::kMaxElements) {
      report_too_wide(begin, "array", ast::kMaxElements, "elements");
    }
  }
  close_bracket(TokenKind::RightBracket, begin);
  ast::Array* node = make_expr<ast::Array>(since(begin));
  node->elements = list(elements);
  return node;
}

ast::Expr* Parser::parse_block_expr() {
  Span begin = token_.span;
  ast::Block* block = parse_block();
  ast::BlockExpr* node = make_expr<ast::BlockExpr>(since(begin));
  node->block = block;
  return node;
}

// ---- closures ------------------------------------------------------------------------------

// closure = "|" [ param { "," param } [ "," ] ] "|" [ "->" type ] body_expr ;
ast::Expr* Parser::parse_closure() {
  Span begin = token_.span;
  std::vector<ast::ClosureParam> params;
  if (!accept(TokenKind::PipePipe)) {
    advance();
    while (!at(TokenKind::Pipe) && !panic_) {
      params.push_back(parse_closure_param());
      if (panic_ || !accept(TokenKind::Comma)) break;
    }
    if (!panic_ && !accept(TokenKind::Pipe)) {
      fail_expected("`,` or `|`").label(begin, "to close the parameters of this closure");
    }
  }
  ast::TypeExpr* ret = nullptr;
  if (!panic_ && accept(TokenKind::Arrow)) ret = parse_type();
  ast::Expr* body = panic_ ? fail_expr() : parse_body_expr();
  ast::Closure* node = make_expr<ast::Closure>(since(begin));
  node->params = list(params);
  node->ret = ret;
  node->body = body;
  return node;
}

// param = [ "own" ] pattern_operand [ ":" type ] ; `mut` belongs to the pattern.
ast::ClosureParam Parser::parse_closure_param() {
  Span begin = token_.span;
  ast::ClosureParam param;
  if (accept(TokenKind::KwOwn)) param.mode = ast::Mode::Own;
  if (at(TokenKind::KwMut)) param.mode = ast::Mode::Mut;
  param.pattern = parse_pattern_operand();
  if (!panic_ && accept(TokenKind::Colon)) param.type = parse_type();
  param.span = since(begin);
  return param;
}

}  // namespace skein::parse
