// The cursor, reports and recovery. What the rules of the grammar build on.
#include "compiler/parse/parser.h"

namespace skein::parse {

ast::Module* parse_module(const TokenBuffer& tokens, Shared& shared) {
  return Parser(tokens, shared).parse_module();
}

Parser::Parser(const TokenBuffer& tokens, Shared& shared)
    : tokens_(tokens),
      arena_(shared.arena),
      names_(shared.names),
      counters_(shared.counters),
      sink_(shared.sink),
      token_(tokens[0]),
      previous_end_(tokens[0].span.begin) {}

// module = { attribute } { item } ;
ast::Module* Parser::parse_module() {
  ast::Module* module = arena_.make<ast::Module>();
  module->file = tokens_.file();
  module->span = {tokens_[0].span.begin, tokens_[tokens_.size() - 1].span.end};
  std::vector<ast::Item*> items;
  // `@ffi` on a line of its own, at the top, speaks of the whole module.
  skip_newlines();
  if (at(TokenKind::At) && peek(1).kind == TokenKind::Name && text(peek(1)) == "ffi") {
    std::vector<ast::Attribute> attributes{parse_attribute()};
    module->attributes = list(attributes);
  }
  parse_items(items);
  module->items = list(items);
  return module;
}

// ---- cursor --------------------------------------------------------------------------------

const Token& Parser::peek(size_t ahead) const {
  size_t index = std::min(position_ + ahead, tokens_.size() - 1);
  return tokens_[gave_up_ ? tokens_.size() - 1 : index];
}

bool Parser::at_word(std::string_view word) const {
  return at(TokenKind::Name) && text(token_) == word;
}

bool Parser::peek_word(size_t ahead, std::string_view word) const {
  return peek(ahead).kind == TokenKind::Name && text(peek(ahead)) == word;
}

void Parser::advance() {
  previous_end_ = token_.span.end;
  if (position_ + 1 < tokens_.size()) token_ = tokens_[++position_];
}

bool Parser::accept(TokenKind kind) {
  if (!at(kind)) return false;
  advance();
  return true;
}

bool Parser::accept_word(std::string_view word) {
  if (!at_word(word)) return false;
  advance();
  return true;
}

bool Parser::expect(TokenKind kind) {
  if (accept(kind)) return true;
  fail_expected(syntax::token_kind_words(kind));
  return false;
}

bool Parser::accept_first_half(TokenKind whole, TokenKind rest) {
  if (!at(whole)) return false;
  token_.kind = rest;
  ++token_.span.begin;
  previous_end_ = token_.span.begin;
  return true;
}

bool Parser::expect_closing_angle() {
  if (accept_first_half(TokenKind::GreaterEq, TokenKind::Eq)) return true;
  if (accept_first_half(TokenKind::GreaterGreaterEq, TokenKind::GreaterEq)) return true;
  return expect(TokenKind::Greater);
}

// The brace stands on the line of what it belongs to, or the newline would end that (rule 54).
bool Parser::expect_open_brace(std::string_view what) {
  if (at(TokenKind::Newline) && peek(1).kind == TokenKind::LeftBrace) {
    complain(peek(1).span, D::Expected, {"`{` on the line before", "it on a line of its own"})
        .help("move it up: a newline ends what stands before it");
    advance();
  }
  if (accept(TokenKind::LeftBrace)) return true;
  Report report = fail_expected(what);
  if (!help_with_rest(report, TokenKind::LeftBrace)) {
    report.help("a block stands in braces: `{ … }`");
  }
  return false;
}

void Parser::skip_newlines() {
  while (at(TokenKind::Newline)) advance();
}

void Parser::skip_separators() {
  while (at(TokenKind::Newline) || at(TokenKind::Semicolon)) advance();
}

std::string_view Parser::text(const Token& token) const {
  bool has_text = token.kind == TokenKind::Name || syntax::is_keyword(token.kind);
  return has_text ? names_.text(tokens_.symbol(token)) : std::string_view();
}

Span Parser::since(Span begin) const {
  return {begin.begin, std::max(begin.end, previous_end_)};
}

// name = NAME ;
ast::Ident Parser::parse_ident(std::string_view what) {
  if (at(TokenKind::Name)) {
    ast::Ident ident = ident_here();
    advance();
    return ident;
  }
  if (syntax::is_keyword(kind()) && !at(TokenKind::KwUnderscore)) {
    fail(token_.span, D::ReservedWord, {text(token_)}).help("choose another name");
  } else {
    fail_expected(what);
  }
  return {Symbol(), token_.span};
}

// A name that is always used behind a point, so reserved words cannot be misread.
ast::Ident Parser::parse_member_ident(std::string_view what) {
  if (!syntax::is_keyword(kind()) || at(TokenKind::KwUnderscore)) return parse_ident(what);
  ast::Ident ident = ident_here();
  advance();
  return ident;
}

// ---- reports -------------------------------------------------------------------------------

std::string Parser::found_words() const {
  if (at(TokenKind::Name)) return "`" + std::string(text(token_)) + "`";
  return std::string(syntax::token_kind_words(kind()));
}

Report Parser::fail(Span span, D kind, std::initializer_list<std::string_view> args) {
  // Unreadable text was reported by the lexer.
  bool is_echo = panic_ || gave_up_ || at(TokenKind::Error);
  panic_ = true;
  if (is_echo) return Report(nullptr);
  return sink_.report(span, kind, args);
}

Report Parser::complain(Span span, D kind, std::initializer_list<std::string_view> args) {
  if (panic_ || gave_up_) return Report(nullptr);
  return sink_.report(span, kind, args);
}

Report Parser::fail_expected(std::string_view what) {
  // At the end of a line the mark stands behind its last word, not in the next line.
  bool at_end = at(TokenKind::Newline) || at(TokenKind::EndOfFile);
  Span span = at_end ? end_of_previous() : token_.span;
  return fail(span, D::Expected, {what, found_words()});
}

Report Parser::complain_foreign(Span span, std::string_view found, std::string_view skein,
                                std::string_view replacement) {
  return complain(span, D::ForeignSpelling, {found, skein}).fix(span, std::string(replacement));
}

// Nothing after this place is read: the rest of the file is its end.
void Parser::give_up() {
  gave_up_ = true;
  panic_ = true;
  position_ = tokens_.size() - 1;
  token_ = tokens_[position_];
}

void Parser::report_too_tall(Span span) {
  std::string bound = std::to_string(ast::kMaxTreeHeight);
  fail(span, D::ExpressionTooDeep, {bound})
      .help("give parts of it a name with `let`, or use a loop; nothing after this was read");
  give_up();
}

void Parser::report_too_nested() {
  std::string bound = std::to_string(ast::kMaxNesting);
  fail(token_.span, D::NestingTooDeep, {bound})
      .help("move an inner part into a function; nothing after this was read");
  give_up();
}

void Parser::report_too_wide(Span span, std::string_view what, size_t bound,
                             std::string_view parts) {
  fail(span, D::TooManyParts, {what, std::to_string(bound), parts})
      .help("read them from a file or compute them; nothing after this was read");
  give_up();
}

Parser::Nest::Nest(Parser& parser) : parser_(parser) {
  if (++parser.depth_ > ast::kMaxNesting) parser.report_too_nested();
}

// ---- recovery ------------------------------------------------------------------------------

static bool opens(TokenKind kind) {
  return kind == TokenKind::LeftParen || kind == TokenKind::LeftBracket ||
         kind == TokenKind::LeftBrace || kind == TokenKind::InterpStart;
}

// From an opening bracket to behind the one that closes it. A forgotten `)` does not swallow the
// `}` of the block around it.
void Parser::skip_balanced() {
  bool is_brace = at(TokenKind::LeftBrace) || at(TokenKind::InterpStart);
  uint32_t round = 0;
  uint32_t braces = 0;
  while (!at(TokenKind::EndOfFile)) {
    switch (kind()) {
      case TokenKind::LeftParen:
      case TokenKind::LeftBracket: ++round; break;
      case TokenKind::RightParen:
      case TokenKind::RightBracket: round -= round > 0 ? 1 : 0; break;
      case TokenKind::LeftBrace:
      case TokenKind::InterpStart: ++braces; break;
      case TokenKind::RightBrace:
      case TokenKind::InterpEnd:
        if (braces == 0) return;
        --braces;
        break;
      default: break;
    }
    advance();
    if (braces == 0 && (is_brace || round == 0)) return;
  }
}

// To the end of the statement in which a report was made.
void Parser::recover_statement() {
  while (true) {
    switch (kind()) {
      case TokenKind::EndOfFile:
      case TokenKind::Newline:
      case TokenKind::Semicolon:
      case TokenKind::RightBrace:
      case TokenKind::HoleEnd: panic_ = gave_up_; return;
      default: break;
    }
    if (opens(kind())) {
      skip_balanced();
    } else {
      advance();
    }
  }
}

// What stands here cannot go on with the list: a new line began, or what is around it ends.
bool Parser::at_lost_bracket(TokenKind closer) const {
  if (at(TokenKind::EndOfFile) || at(TokenKind::Newline) || at(TokenKind::Semicolon)) return true;
  if (at(TokenKind::RightBrace) || at(TokenKind::HoleEnd)) return true;
  return token_.starts_line && closer != TokenKind::RightBrace;
}

void Parser::report_unclosed(TokenKind closer, Span open) {
  std::string_view opener = closer == TokenKind::RightParen     ? "("
                            : closer == TokenKind::RightBracket ? "["
                            : closer == TokenKind::Greater      ? "<"
                                                                : "{";
  std::string closing(syntax::token_kind_words(closer));
  if (!at_lost_bracket(closer)) {
    Report report = fail_expected("`,` or " + closing);
    report.label(open, "to close this `" + std::string(opener) + "`");
    help_with_rest(report, closer);
    return;
  }
  // One forgotten key can leave several brackets open here; the innermost is reported.
  if (lost_bracket_at_ == position_) return;
  Report report = fail(open, D::UnclosedBracket, {opener}).mark("opened here");
  bool is_block = closer == TokenKind::RightBrace && at(TokenKind::EndOfFile);
  if (is_block && suspect_.valid() && suspect_.begin > open.begin) {
    report.label(suspect_, "perhaps the " + closing + " belongs before this");
  } else {
    report.label(end_of_previous(), closing + " is missing at the latest here");
  }
}

// Takes the closing bracket, or reports that it is missing and looks for it.
void Parser::close_bracket(TokenKind closer, Span open) {
  if (!panic_ && accept(closer)) return;
  if (!panic_) {
    report_unclosed(closer, open);
    if (token_.starts_line && at_lost_bracket(closer)) {
      lost_bracket_at_ = position_;
      panic_ = gave_up_;
      return;
    }
  }
  bool over_lines = closer == TokenKind::RightBrace;
  while (!at(closer)) {
    switch (kind()) {
      case TokenKind::Newline:
      case TokenKind::Semicolon:
        if (!over_lines) return;
        break;
      case TokenKind::EndOfFile:
      case TokenKind::RightParen:
      case TokenKind::RightBracket:
      case TokenKind::RightBrace:
      case TokenKind::HoleEnd: return;
      default: break;
    }
    if (opens(kind())) {
      skip_balanced();
    } else {
      advance();
    }
  }
  advance();
  panic_ = gave_up_;
}

}  // namespace skein::parse
