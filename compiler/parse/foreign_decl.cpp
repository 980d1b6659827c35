// Heads of declarations as other languages write them: parameters, fields, variants, impls, imports.
//
// As in foreign.cpp: the report says Skein's spelling and offers the change where the words alone
// tell it.
#include "compiler/parse/parser.h"

namespace skein::parse {

// ---- functions -----------------------------------------------------------------------------

// `fn (p P) f()`, `fn (p *P) f()`, but not a function without a name.
bool Parser::at_receiver() const {
  if (!at(TokenKind::LeftParen) || peek().kind != TokenKind::Name) return false;
  return peek(2).kind == TokenKind::Name || peek(2).kind == TokenKind::Star;
}

void Parser::fail_receiver(Span span) {
  fail(span, D::ForeignIdea, {"receivers before the name"})
      .help("methods stand in an `impl Type { … }`, with `self` or `mut self` in front");
}

// `fn f() async throws -> T`.
void Parser::skip_foreign_effects() {
  while (at(TokenKind::KwAsync) || at_word("async") || at_word("throws") || at_word("suspend")) {
    bool throws = at_word("throws");
    std::string word(text(token_));
    Report report = complain(token_.span, D::ForeignSpelling,
                             {"f() " + word, throws ? "f() -> Result<T>" : "f()"});
    if (throws) {
      report.help("errors are values: `return err(…)`, and `?` where it is called");
    } else {
      report.help("any function may suspend; the compiler works out which ones do");
    }
    report.fix({previous_end_, token_.span.end}, "");
    advance();
  }
}

// `fn f<T>(x: T) where T: Show -> R`.
void Parser::correct_late_result(ast::FnItem* fn) {
  complain(token_.span, D::ForeignSpelling, {"where … -> T", "-> T where …"})
      .help("the result stands before `where`");
  parse_ret(fn->ret, fn->ret_mut);
}

// `_ x: int` and `to x: int`: a name for the caller before the one inside.
void Parser::correct_param_label() {
  bool is_label = (at(TokenKind::Name) || at(TokenKind::KwUnderscore)) &&
                  peek(1).kind == TokenKind::Name && peek(2).kind == TokenKind::Colon;
  if (!is_label) return;
  complain(token_.span, D::ForeignSpelling, {"label x: T", "x: T"})
      .help("a parameter has one name; a call may say it or leave it away: `f(1)`, `f(x: 1)`")
      .fix({token_.span.begin, peek(1).span.begin}, "");
  advance();
}

bool is_type_word(std::string_view word) {
  static constexpr std::string_view kTypes[] = {
      "int",  "i8",   "i16", "i32", "i64", "u8",     "u16",    "u32",  "u64", "uint", "float",
      "f32",  "f64",  "bool", "char", "str", "string", "double", "long", "byte", "short"};
  return std::find(std::begin(kTypes), std::end(kTypes), word) != std::end(kTypes);
}

// `int x` where `x: int` is meant: the first word is the name of a type, and nothing follows.
bool Parser::at_type_first() const {
  if (!at(TokenKind::Name) || peek(1).kind != TokenKind::Name) return false;
  TokenKind next = peek(2).kind;
  bool ends = next == TokenKind::Comma || next == TokenKind::RightParen ||
              next == TokenKind::Semicolon || next == TokenKind::Newline ||
              next == TokenKind::RightBrace || next == TokenKind::Eq;
  return ends && is_type_word(text(token_));
}

ast::TypeExpr* Parser::correct_type_first(ast::Ident& name) {
  Span type = token_.span;
  const Token& second = peek(1);
  std::string swapped = std::string(text(second)) + ": " + std::string(text(token_));
  complain_foreign(type.to(second.span), "T x", "x: T", swapped);
  ast::TypeExpr* result = parse_type();
  name = parse_ident("a name");
  return result;
}

// `x: mut int`, `x: inout int`.
void Parser::correct_mode_of_type(ast::Param& param) {
  bool is_inout = at_word("inout") && peek(1).kind != TokenKind::Comma &&
                  peek(1).kind != TokenKind::RightParen;
  if (!is_inout && !at(TokenKind::KwMut) && !at(TokenKind::KwOwn)) return;
  std::string word(text(token_));
  std::string ours = at(TokenKind::KwOwn) ? "own" : "mut";
  complain(token_.span, D::ForeignSpelling, {"x: " + word + " T", ours + " x: T"})
      .fix({param.name.span.begin, param.name.span.begin}, ours + " ")
      .fix({token_.span.begin, peek(1).span.begin}, "");
  param.mode = ours == "own" ? ast::Mode::Own : ast::Mode::Mut;
  advance();
}

// `x?: int`.
void Parser::correct_optional_param(ast::Param& param) {
  Span question = token_.span;
  advance();
  if (!accept(TokenKind::Colon)) {
    fail_expected("`:` and the type of the parameter");
    return;
  }
  param.type = parse_type();
  complain(question, D::ForeignSpelling, {"x?: T", "x: T? = none"})
      .fix(question, "")
      .fix(end_of_previous(), "? = none");
}

// `xs: ...int`.
void Parser::correct_many_params(ast::Param& param) {
  Span dots = token_.span;
  advance();
  param.type = parse_type();
  complain(dots, D::ForeignIdea, {"functions of any number of arguments"})
      .help("take an array; the call writes brackets: `f([1, 2, 3])`")
      .fix(dots, "[")
      .fix(end_of_previous(), "]");
}

// `x: int | str`.
void Parser::fail_one_of_types() {
  fail(token_.span, D::ForeignIdea, {"types that are one of several"})
      .help("an `enum` is: `enum Value { Number(int), Text(str) }`; what may be missing is `T?`");
}

// ---- constants -----------------------------------------------------------------------------

// `const ( … )`.
void Parser::fail_const_group() {
  fail(token_.span, D::ForeignIdea, {"groups of constants"})
      .help("each is declared on its own: `const A = 0`; names for numbers in order are the variants of "
            "an `enum`");
}

// `static mut X: int`.
void Parser::skip_mut_of_static() {
  complain(token_.span, D::ForeignSpelling, {"static mut X: T", "static X: Mutex<T>"})
      .help("what tasks share is behind a lock; a number or a flag is an `Atomic`: "
            "`static COUNT: Atomic<int> = Atomic(0)`");
  advance();
}

// ---- structs and impls ---------------------------------------------------------------------

// `private x: int`, `public x: int`.
void Parser::skip_foreign_visibility() {
  bool is_public = at_word("public") || at_word("export");
  bool is_private = at_word("private") || at_word("protected") || at_word("readonly");
  TokenKind next = peek(1).kind;
  bool is_word = next == TokenKind::Name || next == TokenKind::KwFn || next == TokenKind::KwStatic;
  if (!is_word || !(is_public || is_private)) return;
  std::string_view ours = is_public ? "pub" : "nothing here";
  complain_foreign({token_.span.begin, peek(1).span.begin}, text(token_), ours,
                   is_public ? "pub " : "")
      .help("what is not `pub` is seen in its module only");
  advance();
}

// `pub(crate)`.
void Parser::skip_part_of_pub() {
  Span open = token_.span;
  skip_balanced();
  complain_foreign({open.begin, previous_end_}, "pub(…)", "pub", "")
      .help("what is `pub` is seen by all modules, in other packages through the module it is in");
}

// `struct B: A`, `class B extends A`.
void Parser::skip_foreign_parents() {
  bool has_word = at_word("extends") || at_word("implements");
  if (!at(TokenKind::Colon) && !has_word) return;
  complain(token_.span, D::ForeignIdea, {"inheritance"})
      .help("what types share is a trait: `impl Shape for Circle { … }`; parts are fields");
  skip_to_block();
}

// `impl Circle: Shape { … }`.
void Parser::correct_impl_head(ast::ImplItem* item) {
  Span type = item->self_type->span;
  Span colon = token_.span;
  advance();
  Span trait = token_.span;
  item->trait = parse_type();
  Report report = complain(colon, D::ForeignSpelling, {"impl T: Trait", "impl Trait for T"});
  const ast::NamedType* self = item->self_type->try_as<ast::NamedType>();
  if (!self || self->path.size() != 1 || !self->path[0].args.empty()) return;
  report.fix({type.begin, trait.begin}, "")
      .fix(end_of_previous(), " for " + std::string(text(self->path[0].name.name)));
}

// ---- imports -------------------------------------------------------------------------------

// `import "fmt"`, `from a import b`, `package main`: said once, then skipped.
bool Parser::fail_foreign_import() {
  TokenKind next = peek(1).kind;
  if (at_word("import") && (next == TokenKind::Str || next == TokenKind::LeftParen)) {
    fail(token_.span, D::ForeignSpelling, {"import \"m\"", "use m"})
        .help("a module of the library is `use std.time`; `println` and its kin need no `use`");
    return true;
  }
  if (at_word("from") && next == TokenKind::Name) {
    fail(token_.span, D::ForeignSpelling, {"from m import x", "use m.{x}"})
        .help("a module of the library is `use std.time`");
    return true;
  }
  bool names_module = at_word("package") || at_word("module") || at_word("namespace");
  if (!names_module || next != TokenKind::Name) return false;
  fail(token_.span, D::ForeignIdea, {"declarations of modules"})
      .help("a file is a module, named after the file: leave the line away");
  return true;
}

}  // namespace skein::parse
