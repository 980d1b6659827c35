// The lexer's state, shared by the files that make up the lexer.
//
// Strings with holes nest: a hole holds any tokens, strings with holes among them. Nothing here
// recurses for that. The open brackets, holes included, are one stack, the open strings another;
// the main loop reads tokens, and when a `}` closes a hole it goes on reading the string's text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/lex/literal.h"
#include "compiler/support/diagnostics.h"
#include "compiler/support/interner.h"
#include "compiler/support/source.h"
#include "compiler/syntax/token.h"

namespace skein::lex {

class Scanner {
 public:
  Scanner(FileId file, const SourceMap& sources, Interner& names, DiagnosticSink& sink);

  syntax::TokenBuffer run();

 private:
  enum class Bracket : uint8_t { Paren, Square, Brace, Hole };

  // A stretch of a string's text: the token that gets its value when the string ends.
  struct Piece {
    uint32_t token = 0;
    uint32_t begin = 0;
    uint32_t end = 0;
    bool is_first = false;
    bool is_last = false;
  };

  struct OpenString {
    uint32_t begin = 0;         // local offset of the opening, prefix included
    uint32_t text_begin = 0;    // of the piece being read
    TextKind kind = TextKind::Str;
    bool is_multi_line = false;
    bool has_holes = false;
    size_t bracket_depth = 0;   // brackets that were open before it
    std::vector<Piece> pieces;
  };

  // lexer.cpp
  void check_encoding();
  void skip_byte_order_mark();
  void skip_blanks();
  void end_line();
  void skip_line_comment();
  void skip_block_comment();
  void read_token();
  void read_word();
  void read_number_token();
  void read_punctuation();
  void read_unknown();
  void close_brace(uint32_t begin);
  void add(syntax::Token token);
  bool newline_ends_statement(syntax::TokenKind next);
  void forget_round_brackets();

  // text.cpp
  void read_lifetimes();
  bool read_back_quotes();
  bool read_foreign_attribute();
  bool at_quoted_label() const;
  uint32_t lifetime_size() const;
  void read_char();
  void begin_string(uint32_t prefix, TextKind kind);
  void read_string_text();
  bool at_closing_quotes(const OpenString& string) const;
  enum class Hole : uint8_t { None, Name, Open };
  Hole read_hole_start();
  void start_holes(OpenString& string);
  void end_piece(OpenString& string, uint32_t end);
  void end_string(uint32_t text_end, uint32_t end);
  bool report_unclosed_string(const OpenString& string);
  void close_strings_at_line_end();
  void close_strings_at_file_end();
  void drop_hole();
  void mark_lost_text();
  void read_hole_format();

  char peek(uint32_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool at_end() const { return at_ >= text_.size(); }
  bool in_hole() const { return !brackets_.empty() && brackets_.back() == Bracket::Hole; }
  Span span(uint32_t begin, uint32_t end) const { return {base_ + begin, base_ + end}; }
  std::string_view slice(uint32_t begin, uint32_t end) const {
    return text_.substr(begin, end - begin);
  }

  std::string_view text_;
  uint32_t base_;
  uint32_t at_ = 0;  // local offset of the next byte
  Interner& names_;
  DiagnosticSink& sink_;
  syntax::TokenBuffer tokens_;
  std::vector<Bracket> brackets_;
  std::vector<OpenString> strings_;
  // The outermost open string that has to end on its line: its place in strings_, or kNone.
  static constexpr size_t kNone = SIZE_MAX;
  size_t outermost_single_line_ = kNone;
  bool newline_pending_ = false;
  uint32_t newline_at_ = 0;
  bool has_doc_ = false;
  std::string doc_;
};

}  // namespace skein::lex
