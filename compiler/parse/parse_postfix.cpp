// What stands behind an operand: members, calls, indices, `?`, `!`, struct literals.
#include "compiler/parse/parser.h"

namespace skein::parse {

// postfix = primary { "." member | "?." member | args | index | "?" | "!" | type_args | fields } ;
// Nothing of it begins a new line but `.` and `?.`; the lexer has put a Newline before the rest.
ast::Expr* Parser::parse_postfix(ast::Expr* operand) {
  while (!panic_) {
    Span begin = operand->span;
    switch (kind()) {
      case TokenKind::Dot:
      case TokenKind::QuestionDot:
      case TokenKind::ColonColon: operand = parse_member(operand); break;
      case TokenKind::LeftParen: operand = parse_call(operand); break;
      case TokenKind::LeftBracket: operand = parse_index(operand); break;
      case TokenKind::Question: {
        if (!touches_previous()) return correct_ternary(operand);
        advance();
        ast::Try* node = make_expr<ast::Try>(since(begin));
        node->operand = operand;
        operand = node;
        break;
      }
      case TokenKind::Bang: {
        if (!touches_previous()) {
          fail(token_.span, D::PostfixSpace, {"!"}).help("write it like `x!`");
          return operand;
        }
        operand = parse_unwrap(operand);
        break;
      }
      case TokenKind::Arrow:
        if (!touches_previous() || peek(1).span.begin != token_.span.end) return operand;
        operand = parse_member(operand);
        break;
      case TokenKind::PlusPlus:
      case TokenKind::MinusMinus: operand = correct_step(operand); break;
      case TokenKind::Less:
        if (!at_type_args()) return operand;
        operand = parse_type_args_after(operand);
        break;
      case TokenKind::LeftBrace:
        if (at_trailing_closure(operand)) return correct_trailing_closure(operand);
        if (!at_struct_literal(operand)) return operand;
        operand = parse_struct_literal(operand);
        break;
      default: return operand;
    }
  }
  return operand;
}

// "!" ; and the `println!(…)` of Rust, which would be a call of an unwrapped function.
ast::Expr* Parser::parse_unwrap(ast::Expr* operand) {
  Span bang = token_.span;
  advance();
  static constexpr std::string_view kMacros[] = {"println", "print", "eprintln", "eprint",
                                                 "panic",   "assert", "format",  "vec",
                                                 "todo",    "unreachable", "assert_eq"};
  ast::Name* name = operand->try_as<ast::Name>();
  bool is_call = touches_previous() && (at(TokenKind::LeftParen) || at(TokenKind::LeftBracket));
  if (name && is_call) {
    std::string_view word = text(name->name);
    if (std::find(std::begin(kMacros), std::end(kMacros), word) != std::end(kMacros)) {
      if (word == "vec") {
        complain(name->span, D::ForeignSpelling, {"vec![…]", "[…]"})
            .fix(name->span.to(bang), "");
        return at(TokenKind::LeftBracket) ? parse_bracket() : operand;
      }
      complain(bang, D::ForeignSpelling, {std::string(word) + "!", word}).fix(bang, "");
      return operand;
    }
  }
  ast::Unwrap* node = make_expr<ast::Unwrap>(since(operand->span));
  node->operand = operand;
  return node;
}

// member = INT | NAME | NAME [ type_args ] args | "await" "(" ")" | "spawn" … ;
ast::Expr* Parser::parse_member(ast::Expr* receiver) {
  Span begin = receiver->span;
  bool optional = at(TokenKind::QuestionDot);
  if (at(TokenKind::ColonColon) && peek(1).kind == TokenKind::Less) {
    complain_foreign(token_.span, "f::<T>", "f<T>", "");
    advance();
    return parse_type_args_after(receiver);
  }
  if (at(TokenKind::ColonColon)) complain_foreign(token_.span, "::", ".", ".");
  if (at(TokenKind::Arrow)) complain_foreign(token_.span, "x->f", "x.f", ".");
  advance();
  if (at(TokenKind::Int)) {
    syntax::WideInt value = tokens_.integer(token_).value;
    ast::TupleIndex* node = make_expr<ast::TupleIndex>(begin);
    node->receiver = receiver;
    node->index = value > UINT32_MAX ? UINT32_MAX : static_cast<uint32_t>(value);
    node->index_span = token_.span;
    node->optional = optional;
    advance();
    node->span = since(begin);
    return node;
  }
  if (at_word("await") && peek(1).kind == TokenKind::LeftParen && !optional) {
    return parse_await_method(receiver);
  }
  bool is_spawn = at_word("spawn") && peek(1).kind != TokenKind::LeftParen;
  if (is_spawn && !optional) {
    advance();
    return parse_spawn(begin, receiver);
  }
  bool is_number = receiver->is<ast::IntLit>() && !receiver->in_parens;
  if (is_number && !at(TokenKind::Name) && !syntax::is_keyword(kind())) {
    fail_expected("a name").help("a number with a point has digits on both sides of it: `1.0`");
    return receiver;
  }
  ast::Ident name = parse_member_ident("a name");
  std::span<ast::TypeExpr* const> type_args;
  if (!panic_ && at(TokenKind::Less) && at_type_args()) {
    ast::PathSegment segment;
    parse_type_args(segment);
    type_args = segment.args;
  }
  if (panic_ || !at(TokenKind::LeftParen)) {
    ast::Field* field = make_expr<ast::Field>(since(begin));
    field->receiver = receiver;
    field->name = name;
    field->optional = optional;
    if (type_args.empty()) return field;
    ast::TypeArgs* node = make_expr<ast::TypeArgs>(since(begin));
    node->base = field;
    node->args = type_args;
    return node;
  }
  std::span<const ast::Arg> args = parse_args(TokenKind::RightParen);
  ast::MethodCall* call = make_expr<ast::MethodCall>(since(begin));
  call->receiver = receiver;
  call->name = name;
  call->optional = optional;
  call->type_args = type_args;
  call->args = args;
  return call;
}

// `t.await()` is `await t`.
ast::Expr* Parser::parse_await_method(ast::Expr* task) {
  advance();
  Span open = token_.span;
  std::span<const ast::Arg> args = parse_args(TokenKind::RightParen);
  if (!args.empty()) complain(since(open), D::AwaitTakesNothing);
  ast::Await* node = make_expr<ast::Await>(since(task->span));
  node->task = task;
  node->as_method = true;
  return node;
}

// "(" args ")" ;
ast::Expr* Parser::parse_call(ast::Expr* callee) {
  std::span<const ast::Arg> args = parse_args(TokenKind::RightParen);
  ast::Call* call = make_expr<ast::Call>(since(callee->span));
  call->callee = callee;
  call->args = args;
  return call;
}

// "[" expr "]" | "[" range "]" | "[" expr "," "default" ":" expr "]" ;
ast::Expr* Parser::parse_index(ast::Expr* receiver) {
  Span open = token_.span;
  if (at_python_slice()) return correct_python_slice(receiver);
  std::span<const ast::Arg> args = parse_args(TokenKind::RightBracket);
  Span span = since(receiver->span);
  bool is_single = args.size() == 1 && !args[0].name.valid();
  if (is_single && args[0].value->is<ast::Range>() && !args[0].value->in_parens) {
    ast::Slice* slice = make_expr<ast::Slice>(span);
    slice->receiver = receiver;
    slice->range = args[0].value->as<ast::Range>();
    return slice;
  }
  if (args.empty()) fail(since(open), D::Expected, {"an index", "`[]`"});
  ast::Index* index = make_expr<ast::Index>(span);
  index->receiver = receiver;
  index->args = args;
  return index;
}

// args = [ arg { "," arg } [ "," ] ] ; from the opening bracket to behind `closer`.
std::span<const ast::Arg> Parser::parse_args(TokenKind closer) {
  StructLiterals allowed(*this, true);
  Span open = token_.span;
  advance();
  std::vector<ast::Arg> args;
  while (!at(closer) && !panic_) {
    args.push_back(parse_arg());
    if (panic_ || !accept(TokenKind::Comma)) break;
  }
  close_bracket(closer, open);
  return list(args);
}

// arg = [ NAME ":" ] [ "mut" ] expr ;
ast::Arg Parser::parse_arg() {
  ast::Arg arg;
  bool is_named = (at(TokenKind::Name) || syntax::is_keyword(kind())) &&
                  peek(1).kind == TokenKind::Colon;
  if (is_named) {
    arg.name = ident_here();
    advance();
    advance();
  } else if (at(TokenKind::Name) && peek(1).kind == TokenKind::Eq) {
    Span sign = {token_.span.end, peek(2).span.begin};
    complain_foreign(sign, "f(x=5)", "f(x: 5)", ": ");
    arg.name = ident_here();
    advance();
    advance();
  }
  if (at(TokenKind::Amp) && peek(1).kind == TokenKind::KwMut) {
    complain_foreign(token_.span, "&mut x", "mut x", "");
    advance();
  }
  if (accept(TokenKind::KwMut)) {
    arg.mode = ast::Mode::Mut;
  } else if (at(TokenKind::KwOwn)) {
    complain_foreign(token_.span, "own x", "x", "");
    advance();
  }
  arg.value = parse_expr();
  return arg;
}

// ---- type arguments ------------------------------------------------------------------------

static bool is_type_token(TokenKind kind) {
  switch (kind) {
    case TokenKind::Name:
    case TokenKind::Comma:
    case TokenKind::Dot:
    case TokenKind::Question:
    case TokenKind::QuestionQuestion:
    case TokenKind::LeftParen:
    case TokenKind::RightParen:
    case TokenKind::LeftBracket:
    case TokenKind::RightBracket:
    case TokenKind::Semicolon:
    case TokenKind::Int:
    case TokenKind::Arrow:
    case TokenKind::Plus:
    case TokenKind::Eq:
    case TokenKind::Less:
    case TokenKind::Greater:
    case TokenKind::KwFn:
    case TokenKind::KwDyn:
    case TokenKind::KwMut:
    case TokenKind::KwOwn:
    case TokenKind::KwSelfType:
    case TokenKind::KwUnderscore: return true;
    default: return false;
  }
}

// Rule 51: `name<`, a list of types, `>`, and `(` or `.` (or the fields of a struct literal) are
// type arguments, anything else a comparison. Looked at token by token and not far, so that a
// line of a million `<` costs no more than its length.
bool Parser::at_type_args() const {
  static constexpr size_t kFarthest = 200;
  if (!touches_previous()) return false;
  uint32_t angles = 1;
  uint32_t brackets = 0;
  for (size_t ahead = 1; ahead < kFarthest; ++ahead) {
    TokenKind kind = peek(ahead).kind;
    if (!is_type_token(kind)) return false;
    bool is_length = brackets > 0 && (kind == TokenKind::Int || kind == TokenKind::Semicolon);
    if ((kind == TokenKind::Int || kind == TokenKind::Semicolon) && !is_length) return false;
    if (kind == TokenKind::LeftParen || kind == TokenKind::LeftBracket) ++brackets;
    if (kind == TokenKind::RightParen || kind == TokenKind::RightBracket) {
      if (brackets == 0) return false;
      --brackets;
    }
    if (kind == TokenKind::Less) ++angles;
    if (kind != TokenKind::Greater || --angles > 0) continue;
    TokenKind next = peek(ahead + 1).kind;
    return brackets == 0 && (next == TokenKind::LeftParen || next == TokenKind::Dot ||
                             (next == TokenKind::LeftBrace && struct_literals_));
  }
  return false;
}

ast::Expr* Parser::parse_type_args_after(ast::Expr* base) {
  ast::PathSegment segment;
  parse_type_args(segment);
  ast::TypeArgs* node = make_expr<ast::TypeArgs>(since(base->span));
  node->base = base;
  node->args = segment.args;
  return node;
}

// ---- struct literals -----------------------------------------------------------------------

// The names of `a.b<T>.C`; false when the expression is no such path.
bool Parser::path_of(const ast::Expr* expr, std::vector<ast::PathSegment>& path) const {
  std::span<ast::TypeExpr* const> args;
  while (!expr->in_parens) {
    if (const ast::TypeArgs* type_args = expr->try_as<ast::TypeArgs>()) {
      args = type_args->args;
      expr = type_args->base;
      continue;
    }
    ast::PathSegment segment;
    segment.args = args;
    args = {};
    if (const ast::Name* name = expr->try_as<ast::Name>()) {
      segment.name = {name->name, name->span};
      path.insert(path.begin(), segment);
      return true;
    }
    const ast::Field* field = expr->try_as<ast::Field>();
    if (!field || field->optional || path.size() > 8) return false;
    segment.name = field->name;
    path.insert(path.begin(), segment);
    expr = field->receiver;
  }
  return false;
}

// A capital, or the look of fields, tells a literal from a block.
bool Parser::at_struct_literal(const ast::Expr* operand) {
  std::vector<ast::PathSegment> path;
  if (!path_of(operand, path)) return false;
  std::string_view last = text(path.back().name.name);
  bool is_type = !last.empty() && last[0] >= 'A' && last[0] <= 'Z';
  bool has_field = peek(1).kind == TokenKind::Name && peek(2).kind == TokenKind::Colon &&
                   peek(3).kind != TokenKind::KwFor && peek(3).kind != TokenKind::KwWhile &&
                   peek(3).kind != TokenKind::KwLoop;
  if (struct_literals_) return is_type || has_field;
  if (!is_type || !has_field) return false;
  complain(operand->span.to(token_.span), D::StructLiteralInHead, {head_})
      .help("put the literal into parentheses: `(" + std::string(last) + " { … })`");
  return true;
}

// path "{" [ field { sep field } ] [ ".." expr ] "}" ; field = NAME [ ":" expr ] ;
ast::Expr* Parser::parse_struct_literal(ast::Expr* operand) {
  std::vector<ast::PathSegment> path;
  path_of(operand, path);
  ast::NamedType* type = make_type<ast::NamedType>(operand->span);
  type->path = list(path);
  StructLiterals allowed(*this, true);
  Span open = token_.span;
  advance();
  std::vector<ast::FieldInit> fields;
  ast::Expr* base = nullptr;
  skip_newlines();
  while (!at(TokenKind::RightBrace) && !panic_) {
    if (accept(TokenKind::DotDot)) {
      base = parse_expr();
      accept(TokenKind::Comma);
      break;
    }
    ast::FieldInit field;
    if (!at(TokenKind::Name)) {
      fail_expected("a field").help("values of a struct have names: `P { x: 1 }`");
      break;
    }
    field.name = parse_ident("a field");
    if (panic_) break;
    if (at(TokenKind::Eq)) {
      complain_foreign(token_.span, "x = e", "x: e", ":");
      token_.kind = TokenKind::Colon;
    }
    if (accept(TokenKind::Colon)) {
      field.value = parse_expr();
    } else {
      ast::Name* name = make_expr<ast::Name>(field.name.span);
      name->name = field.name.name;
      field.value = name;
    }
    fields.push_back(field);
    if (at(TokenKind::Semicolon)) {
      complain_foreign(token_.span, ";", ",", ",");
      token_.kind = TokenKind::Comma;
    }
    bool has_separator = accept(TokenKind::Comma) || at(TokenKind::Newline);
    skip_newlines();
    if (!has_separator) break;
  }
  skip_newlines();
  close_bracket(TokenKind::RightBrace, open);
  ast::StructLit* literal = make_expr<ast::StructLit>(since(operand->span));
  literal->type = type;
  literal->fields = list(fields);
  literal->base = base;
  return literal;
}

}  // namespace skein::parse
