// Spellings of other languages.
//
// People come with habits. Where a habit cannot mean anything in Skein, the report says Skein's
// spelling, offers the change, and reading goes on as if Skein's had been written, so a file full
// of `func` still gets its other mistakes found.
#include "compiler/parse/parser.h"

namespace skein::parse {

namespace {
struct Spelling {
  std::string_view foreign;
  std::string_view skein;
};
}  // namespace

static constexpr Spelling kFunctionWords[] = {
    {"func", "fn"}, {"fun", "fn"}, {"def", "fn"}, {"function", "fn"}, {"proc", "fn"}, {"sub", "fn"},
};

static constexpr Spelling kNullWords[] = {
    {"nil", "none"}, {"null", "none"}, {"NULL", "none"}, {"nullptr", "none"}, {"undefined", "none"},
};

static constexpr Spelling kDeclarationWords[] = {
    {"class", "struct"},    {"interface", "trait"}, {"protocol", "trait"}, {"import", "use"},
    {"require", "use"},     {"include", "use"},     {"extension", "impl"}, {"typealias", "type"},
    {"mod", "use"},
};

static constexpr Spelling kVariableWords[] = {
    {"val", "let"}, {"auto", "let"}, {"final", "let"}, {"readonly", "let"},
};

template <size_t N>
static const Spelling* find_spelling(const Spelling (&table)[N], std::string_view word) {
  for (const Spelling& spelling : table) {
    if (spelling.foreign == word) return &spelling;
  }
  return nullptr;
}

// Says what Skein calls the word, and reads it so.
void Parser::correct_word(std::string_view skein) {
  std::string word(text(token_));
  complain_foreign(token_.span, word, skein, skein);
  token_.kind = syntax::keyword_kind(skein);
  token_.value = names_.intern(skein).index;
}

// Two names side by side mean nothing in Skein, so the first may be a word of another language.
void Parser::correct_foreign_declaration() {
  TokenKind next = peek(1).kind;
  if (at(TokenKind::KwAsync) && next == TokenKind::KwFn) {
    complain(token_.span, D::ForeignSpelling, {"async fn", "fn"})
        .help("any function may suspend; the compiler works out which ones do")
        .fix({token_.span.begin, peek(1).span.begin}, "");
    return advance();
  }
  if (at(TokenKind::KwConst) && next == TokenKind::Name && in_block_) {
    // With a small letter it is a variable of another language, not a constant.
    char first = text(peek(1))[0];
    if (first < 'A' || first > 'Z') correct_word("let");
    return;
  }
  if (!at(TokenKind::Name)) return;
  std::string_view word = text(token_);
  bool is_pub = word == "public" || word == "export";
  if (is_pub && (next == TokenKind::KwFn || next == TokenKind::KwStruct ||
                 next == TokenKind::KwEnum || next == TokenKind::KwTrait)) {
    return correct_word("pub");
  }
  if (next != TokenKind::Name) return;
  if (const Spelling* spelling = find_spelling(kFunctionWords, word)) {
    // `sub x` alone could be anything; a function has parameters.
    bool has_params = peek(2).kind == TokenKind::LeftParen || peek(2).kind == TokenKind::Less;
    if (has_params) correct_word(spelling->skein);
    return;
  }
  const Spelling* spelling = find_spelling(kDeclarationWords, word);
  if (!spelling) spelling = find_spelling(kVariableWords, word);
  if (spelling) correct_word(spelling->skein);
}

static bool is_value_start(TokenKind kind) {
  return kind == TokenKind::Name || kind == TokenKind::Int || kind == TokenKind::Str ||
         kind == TokenKind::InterpStart || kind == TokenKind::KwSelfValue ||
         kind == TokenKind::KwTrue || kind == TokenKind::KwFalse || kind == TokenKind::KwNone;
}

// A name as an operand that another language uses as a word. Null when it is an ordinary name:
// most of these words may be one, and only what stands behind them tells.
ast::Expr* Parser::correct_foreign_operand() {
  std::string_view word = text(token_);
  TokenKind next = peek(1).kind;
  if (find_spelling(kNullWords, word)) {
    correct_word("none");
    return parse_literal();
  }
  bool is_f_string = word == "f" && peek(1).span.begin == token_.span.end &&
                     (next == TokenKind::Str || next == TokenKind::InterpStart);
  if (is_f_string) {
    complain(token_.span, D::ForeignSpelling, {"f\"…\"", "\"…\""})
        .help("every string has holes: `\"$name ${expr}\"`")
        .fix(token_.span, "");
    advance();
    return parse_primary();
  }
  bool is_byte = word == "b" && next == TokenKind::Char && peek(1).span.begin == token_.span.end;
  if (is_byte) {
    Span after = {peek(1).span.end, peek(1).span.end};
    complain(token_.span.to(peek(1).span), D::ForeignSpelling, {"b'a'", "u8('a')"})
        .fix(token_.span, "u8(")
        .fix(after, ")");
    advance();
    return parse_primary();
  }
  bool is_nameless = (word == "func" || word == "function") && next == TokenKind::LeftParen;
  if (is_nameless) return correct_nameless_function();
  bool is_closure = next == TokenKind::Pipe || next == TokenKind::PipePipe;
  if (word == "move" && is_closure) {
    complain_foreign({token_.span.begin, peek(1).span.begin}, "move |x|", "|x|", "");
    advance();
    return parse_closure();
  }
  if (word == "lambda" && (next == TokenKind::Name || next == TokenKind::Colon)) {
    return correct_lambda();
  }
  if (word == "make" && next == TokenKind::LeftParen) return correct_make();
  bool has_block = next == TokenKind::LeftBrace;
  if (word == "try" && (has_block || is_value_start(next))) return correct_try();
  bool has_value = is_value_start(next);
  if (word == "unsafe" && has_block) return correct_unsafe();
  if ((word == "do" || word == "repeat") && has_block && at_statement_start()) return correct_do();
  if (word == "map" && next == TokenKind::LeftBracket) {
    if (ast::Expr* map = correct_go_map()) return map;
  }
  if (word == "switch" && (has_value || next == TokenKind::LeftParen)) {
    complain_foreign(token_.span, "switch", "match", "match");
    return parse_match();
  }
  if (!has_value) return nullptr;
  if (word == "go") return correct_go();
  if (word == "not") return correct_not();
  if (word == "throw" || word == "raise") return correct_throw();
  if (word == "new") {
    complain(token_.span, D::ForeignSpelling, {"new T(x)", "T { x }"})
        .help("a value of a struct is its literal, or what a function of it returns")
        .fix({token_.span.begin, peek(1).span.begin}, "");
    advance();
    return parse_operand();
  }
  return nullptr;
}

// A mark before an operand that is a prefix in other languages only. Null when it is none.
ast::Expr* Parser::correct_foreign_prefix() {
  Span begin = token_.span;
  switch (kind()) {
    case TokenKind::Amp:
    case TokenKind::Star: {
      bool is_star = at(TokenKind::Star);
      bool is_power = is_star && touches_previous() && position_ > 0 &&
                      tokens_[position_ - 1].kind == TokenKind::Star;
      advance();
      if (is_power) {
        complain(begin, D::ForeignIdea, {"operator for powers"}).help("write `x.pow(n)`");
        break;
      }
      if (accept(TokenKind::KwMut)) begin = since(begin);
      complain(begin, D::ForeignIdea, {is_star ? "pointers to follow" : "references to take"})
          .help("write the value alone; an argument the function changes is `mut x`")
          .fix(begin, "");
      break;
    }
    case TokenKind::Greater: {
      bool is_unequal = touches_previous() && position_ > 0 &&
                        tokens_[position_ - 1].kind == TokenKind::Less;
      if (!is_unequal) return nullptr;
      complain_foreign(tokens_[position_ - 1].span.to(begin), "<>", "!=", "!=");
      advance();
      break;
    }
    case TokenKind::Tilde:
      complain_foreign(begin, "~x", "!x", "!");
      advance();
      break;
    case TokenKind::Plus:
      complain_foreign(begin, "+x", "x", "");
      advance();
      break;
    case TokenKind::PlusPlus:
    case TokenKind::MinusMinus: {
      bool is_plus = at(TokenKind::PlusPlus);
      bool is_statement = at_statement_start();
      Report report = complain(begin, D::ForeignSpelling,
                               {is_plus ? "++x" : "--x", is_plus ? "x += 1" : "x -= 1"});
      advance();
      ast::Expr* operand = parse_operand();
      if (is_statement) {
        report.fix(begin, "").fix(end_of_previous(), is_plus ? " += 1" : " -= 1");
      } else {
        report.help("it gives no value: change `x` on a line of its own");
      }
      return operand;
    }
    case TokenKind::KwFn: {
      fail(begin, D::ForeignSpelling, {"fn(x) { … }", "|x| …"})
          .help("a function without a name is a closure");
      return make_expr<ast::ErrorExpr>(begin);
    }
    default: return nullptr;
  }
  return parse_operand();
}

// `go f(x)`.
ast::Expr* Parser::correct_go() {
  correct_word("spawn");
  return parse_primary();
}

// `not x`.
ast::Expr* Parser::correct_not() {
  Span begin = token_.span;
  complain_foreign(begin.to({peek(1).span.begin, peek(1).span.begin}), "not x", "!x", "!");
  advance();
  ast::Expr* operand = parse_operand();
  ast::Unary* node = make_expr<ast::Unary>(since(begin));
  node->op = ast::UnaryOp::Not;
  node->op_span = begin;
  node->operand = operand;
  return node;
}

// `try f()`, `try { … }`.
ast::Expr* Parser::correct_try() {
  Span begin = token_.span;
  Report report = complain(begin, D::ForeignIdea, {"`try`"});
  report.help("a postfix `?` passes an error on: `f()?`; `catch { … }` takes a panic");
  advance();
  if (at(TokenKind::LeftBrace)) {
    parse_block();
    skip_foreign_handlers();
    return make_expr<ast::ErrorExpr>(since(begin));
  }
  ast::Expr* operand = parse_operand();
  ast::Try* node = make_expr<ast::Try>(since(begin));
  node->operand = operand;
  return node;
}

// `func() { … }`, `function (x) { … }`; a call behind it is read with what follows.
ast::Expr* Parser::correct_nameless_function() {
  Span begin = token_.span;
  complain(begin, D::ForeignSpelling, {std::string(text(token_)) + "(x) { … }", "|x| …"})
      .help("a closure is `|x| { … }`; `defer` and `spawn` take a block as it is: `defer { … }`");
  advance();
  skip_balanced();
  skip_to_block();
  if (at(TokenKind::LeftBrace)) parse_block();
  return make_expr<ast::ErrorExpr>(since(begin));
}

// `unsafe { … }`.
ast::Expr* Parser::correct_unsafe() {
  complain(token_.span, D::ForeignIdea, {"`unsafe` blocks"})
      .help("what only C can do is called in a module that begins with `@ffi`")
      .fix({token_.span.begin, peek(1).span.begin}, "");
  advance();
  return parse_block_expr();
}

// `throw e`.
ast::Expr* Parser::correct_throw() {
  Span begin = token_.span;
  std::string word(text(token_));
  complain(begin, D::ForeignSpelling, {word + " e", "return err(e)"})
      .help("errors are values: the function returns `Result<T, E>`");
  advance();
  ast::Expr* value = parse_expr();
  ast::Return* node = make_expr<ast::Return>(since(begin));
  node->value = value;
  return node;
}

// `x as i32` is not Skein: a conversion is a call of the type.
ast::Expr* Parser::correct_cast(ast::Expr* value) {
  Span as_span = token_.span;
  advance();
  complain(as_span, D::ForeignSpelling, {"x as T", "T(x)"})
      .help("a conversion is a call of the type, like `i32(x)`, and checked");
  parse_type();
  return value;
}

// `x++` and `x--` are read as `x += 1` and `x -= 1`.
ast::Expr* Parser::correct_step(ast::Expr* operand) {
  bool is_plus = at(TokenKind::PlusPlus);
  Span op_span = token_.span;
  advance();
  complain_foreign(op_span, is_plus ? "x++" : "x--", is_plus ? "x += 1" : "x -= 1",
                   is_plus ? " += 1" : " -= 1");
  ast::IntLit* one = make_expr<ast::IntLit>(op_span);
  one->value = 1;
  ast::Assign* assign = make_expr<ast::Assign>(since(operand->span));
  assign->is_compound = true;
  assign->op = is_plus ? ast::BinaryOp::Add : ast::BinaryOp::Sub;
  assign->op_span = op_span;
  assign->place = operand;
  assign->value = one;
  return assign;
}

// `.Red` of Swift, as an operand or a pattern: the point is left away.
bool Parser::at_dotted_variant() const {
  std::string_view name = peek(1).kind == TokenKind::Name ? text(peek(1)) : std::string_view();
  return at(TokenKind::Dot) && !name.empty() && name[0] >= 'A' && name[0] <= 'Z';
}

void Parser::correct_dotted_variant() {
  complain_foreign(token_.span, ".V", "V", "")
      .help("where the type is known a variant stands alone; else it is `E.V`");
  advance();
}

// `.red`: as above, for variants that other languages write small.
ast::Expr* Parser::correct_small_variant() {
  Span span = token_.span.to(peek(1).span);
  std::string ours(text(peek(1)));
  bool is_small = ours[0] >= 'a' && ours[0] <= 'z';
  if (is_small) ours[0] = static_cast<char>(ours[0] - 'a' + 'A');
  complain_foreign(span, ".v", "V", ours)
      .help("variants begin with a capital; where the type is known one stands alone, else it is `E.V`");
  advance();
  token_.value = names_.intern(ours).index;
  return parse_name();
}

// `(int) x`: a type in parentheses, and an operand behind it on the same line.
bool Parser::at_c_cast(const ast::Expr* type) const {
  const ast::Name* name = type->try_as<ast::Name>();
  return name && is_type_word(text(name->name)) &&
         (is_value_start(kind()) || at(TokenKind::Float) || at(TokenKind::LeftParen));
}

ast::Expr* Parser::correct_c_cast(Span open) {
  Span close = {previous_end_ - 1, token_.span.begin};
  Report report = complain({open.begin, previous_end_}, D::ForeignSpelling, {"(T) x", "T(x)"});
  ast::Expr* operand = parse_operand();
  bool has_parens = operand->in_parens;
  report.fix(open, "").fix(close, has_parens ? "" : "(");
  if (!has_parens) report.fix(end_of_previous(), ")");
  return make_expr<ast::ErrorExpr>(since(open));
}

// `[]int{1, 2}`, from behind its `]`.
ast::Expr* Parser::correct_go_literal(Span begin) {
  parse_type();
  Report report = complain(since(begin), D::ForeignSpelling, {"[]T{…}", "[…]"});
  if (at(TokenKind::LeftBrace)) {
    Span open = {begin.begin, token_.span.end};
    skip_balanced();
    report.fix(open, "[").fix({previous_end_ - 1, previous_end_}, "]");
  }
  return make_expr<ast::ErrorExpr>(since(begin));
}

// `map[K]V{…}`; null: an element of something that is called `map`.
ast::Expr* Parser::correct_go_map() {
  bool is_type = peek(2).kind == TokenKind::Name && peek(3).kind == TokenKind::RightBracket &&
                 peek(4).kind == TokenKind::Name && peek(4).span.begin == peek(3).span.end;
  if (!is_type) return nullptr;
  Span begin = token_.span;
  for (int i = 0; i < 4; ++i) advance();
  parse_type();
  complain(since(begin), D::ForeignSpelling, {"map[K]V{…}", "[k: v]"})
      .help("an empty one is `Map<K, V>()`");
  if (at(TokenKind::LeftBrace)) skip_balanced();
  return make_expr<ast::ErrorExpr>(since(begin));
}

// `do { … } while c`, `repeat { … } until c`, `do { … } catch { … }`.
ast::Expr* Parser::correct_do() {
  Span begin = token_.span;
  Report report = complain(begin, D::ForeignIdea, {"`" + std::string(text(token_)) + "` blocks"});
  advance();
  parse_block();
  if (at(TokenKind::KwWhile) || at_word("until")) {
    report.help("`loop { … if !again { break } }` runs at least once");
    advance();
    parse_expr();
  } else if (at(TokenKind::KwCatch)) {
    report.help("errors are values: a postfix `?` passes one on, `match f() { ok(v) => …, err(e) => … }` "
                "looks at it");
    skip_foreign_handlers();
  } else {
    report.help("a block by itself is `{ … }`");
  }
  return make_expr<ast::ErrorExpr>(since(begin));
}

// `catch (e) { … }` and `finally { … }`, behind a block of another language.
void Parser::skip_foreign_handlers() {
  while (at(TokenKind::KwCatch) || at_word("finally") || at_word("except")) {
    skip_to_block();
    if (!at(TokenKind::LeftBrace)) return;
    parse_block();
  }
}

// Whether nothing of a statement was read before the current token.
bool Parser::at_statement_start() const {
  if (position_ == 0) return true;
  TokenKind before = tokens_[position_ - 1].kind;
  return before == TokenKind::Newline || before == TokenKind::Semicolon ||
         before == TokenKind::LeftBrace;
}

// `c ? a : b` is read to its end; a lonely ` ?` is a postfix `?` with a blank before it.
ast::Expr* Parser::correct_ternary(ast::Expr* condition) {
  Span question = token_.span;
  advance();
  if (at(TokenKind::Colon) && touches_previous()) {
    complain_foreign(question.to(token_.span), "a ?: b", "a ?? b", "??");
    advance();
    parse_expr();
    return make_expr<ast::ErrorExpr>(since(condition->span));
  }
  if (!at_operand()) {
    complain(question, D::PostfixSpace, {"?"}).help("write it like `x?`");
    ast::Try* node = make_expr<ast::Try>(since(condition->span));
    node->operand = condition;
    return node;
  }
  Report report = complain(question, D::ForeignSpelling, {"c ? a : b", "if c { a } else { b }"});
  report.help("`if` is an expression; a postfix `?` touches its operand");
  parse_expr();
  if (!panic_ && accept(TokenKind::Colon)) parse_expr();
  return make_expr<ast::ErrorExpr>(since(condition->span));
}

}  // namespace skein::parse
