// The main loop of the lexer, and the rule of newlines.
//
// A newline ends a statement when three things hold: the innermost open bracket is `{` or none,
// the token before it can end a statement, and the token behind it cannot go on with one. Tokens
// that can do both, like `-`, `(` and `|`, always begin a new statement.
#include "compiler/lex/lexer.h"

#include "compiler/lex/number.h"
#include "compiler/lex/scanner.h"
#include "compiler/support/unicode.h"

namespace skein::lex {

using syntax::Token;
using syntax::TokenBuffer;
using syntax::TokenKind;

TokenBuffer tokenize(FileId file, const SourceMap& sources, Interner& names,
                     DiagnosticSink& sink) {
  return Scanner(file, sources, names, sink).run();
}

Scanner::Scanner(FileId file, const SourceMap& sources, Interner& names, DiagnosticSink& sink)
    : text_(sources.file(file).text),
      base_(sources.file(file).base),
      names_(names),
      sink_(sink),
      tokens_(file) {}

TokenBuffer Scanner::run() {
  check_encoding();
  skip_byte_order_mark();
  while (true) {
    skip_blanks();
    if (at_end()) break;
    read_token();
  }
  close_strings_at_file_end();
  add({TokenKind::EndOfFile, 0, span(at_, at_)});
  return std::move(tokens_);
}

// One look at the whole text first, so that the rest can skip bad bytes in silence.
void Scanner::check_encoding() {
  bool reported_bad = false;
  for (size_t at = 0; at < text_.size();) {
    if (static_cast<unsigned char>(text_[at]) < 0x80) {
      ++at;
      continue;
    }
    DecodedChar c = decode_utf8(text_, at);
    Span place = span(static_cast<uint32_t>(at), static_cast<uint32_t>(at) + c.size);
    if (!c.valid && !reported_bad) {
      reported_bad = true;
      sink_.report(place, D::BadUtf8)
          .mark("this byte")
          .help("source files are UTF-8; any other byte in a byte string is `\\xFF`");
    } else if (c.valid && is_bidi_control(c.value)) {
      sink_.report(place, D::BidiControl, {code_point_name(c.value)})
          .help("in a string write it as an escape, `\\u{" +
                code_point_name(c.value).substr(2) + "}`")
          .fix(place, "");
    }
    at += c.size;
  }
}

void Scanner::skip_byte_order_mark() {
  if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  if (text_.substr(at_).starts_with("#!")) skip_line_comment();
}

// ---- between tokens ------------------------------------------------------------------------

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

void Scanner::skip_blanks() {
  while (!at_end()) {
    char c = peek();
    if (c == '\n') {
      end_line();
    } else if (is_blank(c)) {
      ++at_;
    } else if (c == '/' && peek(1) == '/') {
      skip_line_comment();
    } else if (c == '/' && peek(1) == '*') {
      skip_block_comment();
    } else {
      return;
    }
  }
}

void Scanner::end_line() {
  close_strings_at_line_end();
  if (!newline_pending_) newline_at_ = at_;
  newline_pending_ = true;
  ++at_;
}

void Scanner::skip_line_comment() {
  size_t newline = text_.find('\n', at_);
  uint32_t end = newline == std::string_view::npos ? static_cast<uint32_t>(text_.size())
                                                   : static_cast<uint32_t>(newline);
  std::string_view comment = slice(at_, end);
  at_ = end;
  bool is_doc = comment.starts_with("///") && !comment.starts_with("////");
  if (!is_doc) return;
  comment.remove_prefix(3);
  if (comment.starts_with(' ')) comment.remove_prefix(1);
  if (comment.ends_with('\r')) comment.remove_suffix(1);
  if (has_doc_) doc_ += '\n';
  doc_ += comment;
  has_doc_ = true;
}

void Scanner::skip_block_comment() {
  uint32_t begin = at_;
  uint32_t depth = 0;
  while (!at_end()) {
    if (peek() == '/' && peek(1) == '*') {
      ++depth;
      at_ += 2;
    } else if (peek() == '*' && peek(1) == '/') {
      --depth;
      at_ += 2;
      if (depth == 0) return;
    } else if (peek() == '\n') {
      end_line();
    } else {
      ++at_;
    }
  }
  sink_.report(span(begin, begin + 2), D::UnterminatedComment)
      .mark("opened here")
      .help("comments nest: each `/*` wants its own `*/`");
}

// ---- adding tokens -------------------------------------------------------------------------

// The tokens a statement can end with. `>` and `??` are among them because types end so; the
// parser reads on behind a binary operator at the end of a line.
static bool can_end_statement(TokenKind kind) {
  switch (kind) {
    case TokenKind::Error:
    case TokenKind::Name:
    case TokenKind::Int:
    case TokenKind::Float:
    case TokenKind::Duration:
    case TokenKind::Char:
    case TokenKind::Str:
    case TokenKind::ByteStr:
    case TokenKind::InterpEnd:
    case TokenKind::RightParen:
    case TokenKind::RightBracket:
    case TokenKind::RightBrace:
    case TokenKind::Question:
    case TokenKind::QuestionQuestion:
    case TokenKind::Bang:
    case TokenKind::Greater:
    case TokenKind::PlusPlus:
    case TokenKind::MinusMinus:
    case TokenKind::KwBreak:
    case TokenKind::KwContinue:
    case TokenKind::KwReturn:
    case TokenKind::KwYield:
    case TokenKind::KwSelfValue:
    case TokenKind::KwSelfType:
    case TokenKind::KwNone:
    case TokenKind::KwTrue:
    case TokenKind::KwFalse:
    case TokenKind::KwUnderscore: return true;
    default: return false;
  }
}

// The tokens that go on with the line before: they cannot begin a statement.
static bool goes_on(TokenKind kind) {
  switch (kind) {
    case TokenKind::Dot:
    case TokenKind::QuestionDot:
    case TokenKind::QuestionQuestion:
    case TokenKind::Star:
    case TokenKind::Slash:
    case TokenKind::Percent:
    case TokenKind::Plus:
    case TokenKind::PlusPercent:
    case TokenKind::MinusPercent:
    case TokenKind::StarPercent:
    case TokenKind::EqEq:
    case TokenKind::BangEq:
    case TokenKind::EqEqEq:
    case TokenKind::BangEqEq:
    case TokenKind::Less:
    case TokenKind::LessEq:
    case TokenKind::Greater:
    case TokenKind::GreaterEq:
    case TokenKind::AmpAmp:
    case TokenKind::Amp:
    case TokenKind::Caret:
    case TokenKind::LessLess:
    case TokenKind::Eq:
    case TokenKind::Arrow:
    case TokenKind::FatArrow:
    case TokenKind::Comma:
    case TokenKind::Colon:
    case TokenKind::RightParen:
    case TokenKind::RightBracket: return true;
    default: return false;
  }
}

// Declarations that cannot stand in parentheses: at the start of a line they tell that a bracket
// was forgotten further up.
static bool ends_open_brackets(TokenKind kind) {
  switch (kind) {
    case TokenKind::KwLet:
    case TokenKind::KwVar:
    case TokenKind::KwStruct:
    case TokenKind::KwEnum:
    case TokenKind::KwTrait:
    case TokenKind::KwImpl:
    case TokenKind::KwUse:
    case TokenKind::KwDefer:
    case TokenKind::KwStatic:
    case TokenKind::KwConst:
    case TokenKind::KwPub: return true;
    default: return false;
  }
}

void Scanner::forget_round_brackets() {
  while (!brackets_.empty() &&
         (brackets_.back() == Bracket::Paren || brackets_.back() == Bracket::Square)) {
    brackets_.pop_back();
  }
}

bool Scanner::newline_ends_statement(TokenKind next) {
  if (!brackets_.empty() && brackets_.back() != Bracket::Brace) return false;
  if (tokens_.size() == 0 || !can_end_statement(tokens_[tokens_.size() - 1].kind)) return false;
  return !goes_on(next);
}

void Scanner::add(Token token) {
  if (newline_pending_) {
    newline_pending_ = false;
    token.starts_line = true;
    uint32_t begin = token.span.begin - base_;
    token.in_first_column = begin > 0 && text_[begin - 1] == '\n';
    if (ends_open_brackets(token.kind)) forget_round_brackets();
    if (newline_ends_statement(token.kind)) {
      tokens_.add({TokenKind::Newline, 0, span(newline_at_, newline_at_ + 1)});
    }
  }
  uint32_t index = tokens_.add(token);
  if (has_doc_) {
    tokens_.add_doc({index, names_.intern(doc_)});
    doc_.clear();
    has_doc_ = false;
  }
}

// ---- tokens --------------------------------------------------------------------------------

void Scanner::read_token() {
  char c = peek();
  if (c >= '0' && c <= '9') return read_number_token();
  if (c == '"') return begin_string(0, TextKind::Str);
  if (c == '\'') return read_char();
  if (c == 'r' && peek(1) == '"') return begin_string(1, TextKind::Raw);
  if (c == 'b' && peek(1) == '"') return begin_string(1, TextKind::Bytes);
  DecodedChar decoded = decode_utf8(text_, at_);
  if (decoded.valid && is_name_start(decoded.value)) return read_word();
  read_punctuation();
}

void Scanner::read_word() {
  uint32_t begin = at_;
  while (!at_end()) {
    DecodedChar c = decode_utf8(text_, at_);
    if (!c.valid || !is_name_part(c.value)) break;
    at_ += c.size;
  }
  std::string_view text = slice(begin, at_);
  TokenKind kind = syntax::keyword_kind(text);
  // Behind a point any word is a name: `t.await()`, `m.lock()`.
  if (tokens_.size() > 0) {
    TokenKind before = tokens_[tokens_.size() - 1].kind;
    if (before == TokenKind::Dot || before == TokenKind::QuestionDot) kind = TokenKind::Name;
  }
  add({kind, names_.intern(text).index, span(begin, at_)});
}

void Scanner::read_number_token() {
  bool behind_dot = tokens_.size() > 0 && tokens_[tokens_.size() - 1].kind == TokenKind::Dot &&
                    tokens_[tokens_.size() - 1].span.end == base_ + at_;
  Token token = read_number(text_, at_, base_, behind_dot, tokens_, sink_);
  at_ = token.span.end - base_;
  add(token);
}

namespace {
struct Mark {
  std::string_view text;
  TokenKind kind;
};
}  // namespace

// Longest first among those with the same beginning. `>>` is left to the parser, which alone
// knows whether it closes two lists of types.
static constexpr Mark kMarks[] = {
    {"...", TokenKind::DotDotDot},       {"..=", TokenKind::DotDotEq},
    {"===", TokenKind::EqEqEq},          {"!==", TokenKind::BangEqEq},
    {"+%=", TokenKind::PlusPercentEq},   {"-%=", TokenKind::MinusPercentEq},
    {"*%=", TokenKind::StarPercentEq},   {"<<=", TokenKind::LessLessEq},
    {">>=", TokenKind::GreaterGreaterEq}, {"..", TokenKind::DotDot},
    {"->", TokenKind::Arrow},            {"=>", TokenKind::FatArrow},
    {"<-", TokenKind::LeftArrow},        {"?.", TokenKind::QuestionDot},
    {"??", TokenKind::QuestionQuestion}, {"==", TokenKind::EqEq},
    {"!=", TokenKind::BangEq},           {"<=", TokenKind::LessEq},
    {">=", TokenKind::GreaterEq},        {"&&", TokenKind::AmpAmp},
    {"||", TokenKind::PipePipe},         {"+%", TokenKind::PlusPercent},
    {"-%", TokenKind::MinusPercent},     {"*%", TokenKind::StarPercent},
    {"<<", TokenKind::LessLess},         {"+=", TokenKind::PlusEq},
    {"-=", TokenKind::MinusEq},          {"*=", TokenKind::StarEq},
    {"/=", TokenKind::SlashEq},          {"%=", TokenKind::PercentEq},
    {"&=", TokenKind::AmpEq},            {"|=", TokenKind::PipeEq},
    {"^=", TokenKind::CaretEq},          {"++", TokenKind::PlusPlus},
    {"--", TokenKind::MinusMinus},       {":=", TokenKind::ColonEq},
    {"::", TokenKind::ColonColon},       {"(", TokenKind::LeftParen},
    {")", TokenKind::RightParen},        {"[", TokenKind::LeftBracket},
    {"]", TokenKind::RightBracket},      {"{", TokenKind::LeftBrace},
    {"}", TokenKind::RightBrace},        {",", TokenKind::Comma},
    {";", TokenKind::Semicolon},         {":", TokenKind::Colon},
    {".", TokenKind::Dot},               {"@", TokenKind::At},
    {"?", TokenKind::Question},          {"!", TokenKind::Bang},
    {"=", TokenKind::Eq},                {"<", TokenKind::Less},
    {">", TokenKind::Greater},           {"+", TokenKind::Plus},
    {"-", TokenKind::Minus},             {"*", TokenKind::Star},
    {"/", TokenKind::Slash},             {"%", TokenKind::Percent},
    {"&", TokenKind::Amp},               {"|", TokenKind::Pipe},
    {"^", TokenKind::Caret},             {"~", TokenKind::Tilde},
};

static const Mark* find_mark(std::string_view rest) {
  for (const Mark& mark : kMarks) {
    // Most marks differ in the first byte, which is cheaper to look at than a text.
    if (mark.text[0] == rest[0] && rest.starts_with(mark.text)) return &mark;
  }
  return nullptr;
}

void Scanner::read_punctuation() {
  const Mark* mark = find_mark(text_.substr(at_, 3));
  if (!mark) return read_unknown();
  uint32_t begin = at_;
  // The first `:` of a hole that stands in no bracket begins its format.
  if (in_hole() && text_[at_] == ':') return read_hole_format();
  if (mark->kind == TokenKind::RightBrace) return close_brace(begin);
  at_ += static_cast<uint32_t>(mark->text.size());
  Token token{mark->kind, 0, span(begin, at_)};
  switch (mark->kind) {
    case TokenKind::LeftParen:
      add(token);
      brackets_.push_back(Bracket::Paren);
      return;
    case TokenKind::LeftBracket:
      add(token);
      brackets_.push_back(Bracket::Square);
      return;
    case TokenKind::LeftBrace:
      add(token);
      brackets_.push_back(Bracket::Brace);
      return;
    case TokenKind::RightParen:
      if (!brackets_.empty() && brackets_.back() == Bracket::Paren) brackets_.pop_back();
      return add(token);
    case TokenKind::RightBracket:
      if (!brackets_.empty() && brackets_.back() == Bracket::Square) brackets_.pop_back();
      return add(token);
    default: return add(token);
  }
}

// `}` closes the nearest `{` or hole; brackets forgotten in between are for the parser to report.
void Scanner::close_brace(uint32_t begin) {
  ++at_;
  forget_round_brackets();
  bool closes_hole = in_hole();
  add({closes_hole ? TokenKind::HoleEnd : TokenKind::RightBrace, 0, span(begin, at_)});
  if (!brackets_.empty()) brackets_.pop_back();
  if (!closes_hole) return;
  strings_.back().text_begin = at_;
  read_string_text();
}

namespace {
struct Lookalike {
  char32_t character;
  std::string_view skein;
};
}  // namespace

// What editors, web pages and keyboards put in the place of Skein's characters.
static constexpr Lookalike kLookalikes[] = {
    {0x00A0, " "},  {0x200B, ""},   {0xFEFF, ""},   {0x201C, "\""}, {0x201D, "\""},
    {0x2018, "'"},  {0x2019, "'"},  {0x2013, "-"},  {0x2014, "-"},  {0x2212, "-"},
    {0x00D7, "*"},  {0x00F7, "/"},  {0x2260, "!="}, {0x2264, "<="}, {0x2265, ">="},
    {0x2192, "->"}, {0x21D2, "=>"}, {0x2190, "<-"}, {0x2026, ".."}, {0xFF08, "("},
    {0xFF09, ")"},  {0xFF0C, ","},  {0xFF1A, ":"},  {0xFF1B, ";"},  {0x3000, " "},
};

// `text` in back quotes is a string in other languages; one report for all of it.
bool Scanner::read_back_quotes() {
  size_t end = text_.find_first_of("`\n", at_ + 1);
  if (text_[at_] != '`' || end == std::string_view::npos || text_[end] == '\n') return false;
  uint32_t begin = at_;
  at_ = static_cast<uint32_t>(end) + 1;
  add({TokenKind::Error, 0, span(begin, at_)});
  std::string inside(slice(begin + 1, at_ - 1));
  Report report = sink_.report(span(begin, at_), D::UnexpectedCharacter, {"a back quote"});
  report.help("text stands in double quotes, with `${…}` for values");
  if (inside.find('"') == std::string::npos) report.fix(span(begin, at_), "\"" + inside + "\"");
  return true;
}

// `#[derive(Eq)]`, on one line: an attribute of Rust. Nothing else is said of it.
bool Scanner::read_foreign_attribute() {
  size_t open = text_.substr(at_, 2) == "#[" ? at_ + 1 : at_ + 2;
  bool is_attribute = text_.substr(at_, 2) == "#[" || text_.substr(at_, 3) == "#![";
  size_t end = is_attribute ? text_.find('\n', at_) : at_;
  if (end == std::string_view::npos) end = text_.size();
  size_t close = is_attribute ? text_.substr(0, end).rfind(']') : std::string_view::npos;
  if (close == std::string_view::npos || close < open) return false;
  uint32_t begin = at_;
  at_ = static_cast<uint32_t>(close) + 1;
  std::string inside(slice(static_cast<uint32_t>(open) + 1, at_ - 1));
  sink_.report(span(begin, at_), D::ForeignSpelling, {"#[…]", "@…"})
      .help("`@derive` knows `Eq`, `Ord`, `Hash`, `Show`, `Default` and `Json`; values are copied by themselves")
      .fix(span(begin, at_), "@" + inside);
  return true;
}

void Scanner::read_unknown() {
  if (read_back_quotes() || read_foreign_attribute()) return;
  uint32_t begin = at_;
  DecodedChar c = decode_utf8(text_, at_);
  at_ += c.size;
  // A run of them is one mistake.
  while (!at_end()) {
    DecodedChar next = decode_utf8(text_, at_);
    bool is_readable = (next.valid && is_name_part(next.value)) || is_blank(peek()) ||
                       peek() == '\n' || peek() == '"' || peek() == '\'' ||
                       find_mark(text_.substr(at_, 3));
    if (is_readable) break;
    at_ += next.size;
  }
  add({TokenKind::Error, 0, span(begin, at_)});
  if (!c.valid || is_bidi_control(c.value)) return;  // reported by check_encoding
  bool shows = c.value > ' ' && c.value != 0x7F && display_width(c.value) > 0 && c.value != 0xA0;
  std::string shown = shows ? "`" + std::string(slice(begin, begin + c.size)) + "`"
                            : "the character " + code_point_name(c.value);
  Report report = sink_.report(span(begin, at_), D::UnexpectedCharacter, {shown});
  for (const Lookalike& lookalike : kLookalikes) {
    if (lookalike.character != c.value) continue;
    std::string skein(lookalike.skein);
    report.help(skein.empty() ? "delete it" : "write `" + skein + "`")
        .fix(span(begin, begin + c.size), skein);
  }
  if (c.value == '\\') report.help("a line goes on behind an operator or an open bracket");
  if (c.value == '$') {
    report.help("a closure names its parameters: `|x| x * 2`; a value in text is `${x}`");
  }
  if (c.value == '#') report.help("comments begin with `//`, attributes with `@`");
}

}  // namespace skein::lex
