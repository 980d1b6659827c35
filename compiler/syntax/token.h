// Tokens: what the lexer makes of a file and the parser reads.
//
// A token is its kind, its place and one number; what the number means depends on the kind, and
// the accessors of TokenBuffer say it. The buffer is complete whatever errors were in the text:
// it always ends with EndOfFile, and every InterpStart and HoleStart has its end.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/support/check.h"
#include "compiler/support/interner.h"
#include "compiler/support/source.h"
#include "compiler/syntax/literal.h"

namespace skein::syntax {

enum class TokenKind : uint8_t {
#define SKEIN_TOKEN(name, words) name,
#define SKEIN_PUNCT(name, text) name,
#define SKEIN_KEYWORD(name, text) Kw##name,
#include "compiler/syntax/tokens.def"
};

// The kind's name in our own tables: "LeftParen", "KwFn".
std::string_view token_kind_name(TokenKind kind);
// How a report calls it: "`(`", "`fn`", "a name".
std::string_view token_kind_words(TokenKind kind);
bool is_keyword(TokenKind kind);
// The kind of the reserved word `text`, or Name.
TokenKind keyword_kind(std::string_view text);
// The kind of the mark or operator `text`, or Name.
TokenKind punct_kind(std::string_view text);

struct Token {
  TokenKind kind = TokenKind::EndOfFile;
  uint32_t value = 0;  // a Symbol's index, a character, or an index into a table of the buffer
  Span span;
  bool starts_line = false;
  bool in_first_column = false;
};

struct IntLiteral {
  WideInt value = 0;
  NumberSuffix suffix = NumberSuffix::None;
};

struct FloatLiteral {
  double value = 0;
  NumberSuffix suffix = NumberSuffix::None;
};

// The text of a `///` comment and the token it stands before.
struct DocComment {
  uint32_t token = 0;
  Symbol text;
};

class TokenBuffer {
 public:
  explicit TokenBuffer(FileId file) : file_(file) {}

  FileId file() const { return file_; }
  size_t size() const { return tokens_.size(); }
  const Token& operator[](size_t index) const { return tokens_[index]; }
  const std::vector<Token>& tokens() const { return tokens_; }

  // Name and reserved words: their text. Str, ByteStr, InterpText: the value, escapes resolved.
  Symbol symbol(const Token& token) const { return Symbol(token.value); }
  char32_t character(const Token& token) const { return token.value; }
  const IntLiteral& integer(const Token& token) const { return ints_[token.value]; }
  const FloatLiteral& floating(const Token& token) const { return floats_[token.value]; }
  int64_t duration_ns(const Token& token) const { return durations_[token.value]; }
  const FormatSpec& format(const Token& token) const { return formats_[token.value]; }
  // The doc comment written before a token, or an invalid symbol.
  Symbol doc_before(uint32_t token_index) const;

  // The lexer fills it.
  uint32_t add(Token token) {
    tokens_.push_back(token);
    return static_cast<uint32_t>(tokens_.size() - 1);
  }
  uint32_t add_int(IntLiteral literal) { return add_to(ints_, literal); }
  uint32_t add_float(FloatLiteral literal) { return add_to(floats_, literal); }
  uint32_t add_duration(int64_t nanoseconds) { return add_to(durations_, nanoseconds); }
  uint32_t add_format(FormatSpec spec) { return add_to(formats_, spec); }
  void add_doc(DocComment doc) { docs_.push_back(doc); }
  Token& at(uint32_t index) { return tokens_[index]; }

 private:
  template <class T>
  static uint32_t add_to(std::vector<T>& table, T value) {
    table.push_back(value);
    return static_cast<uint32_t>(table.size() - 1);
  }

  FileId file_;
  std::vector<Token> tokens_;
  std::vector<IntLiteral> ints_;
  std::vector<FloatLiteral> floats_;
  std::vector<int64_t> durations_;
  std::vector<FormatSpec> formats_;
  std::vector<DocComment> docs_;  // in order of `token`
};

// Text on one line of a dump, in quotes, control characters as escapes.
std::string quoted(std::string_view text);

// One token a line: place, kind, text. What `--emit=tokens` shows.
std::string print_tokens(const TokenBuffer& tokens, const SourceMap& sources,
                         const Interner& names);

}  // namespace skein::syntax
