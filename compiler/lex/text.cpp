// Characters and strings.
//
// A string without holes is one token. The first hole turns it into InterpStart, texts, holes,
// InterpEnd. The values of the texts are filled in when the string ends, because only its last
// line tells how much indentation a multi-line string loses.
#include "compiler/lex/scanner.h"
#include "compiler/support/unicode.h"

namespace skein::lex {

using syntax::Token;
using syntax::TokenKind;

// ---- characters ----------------------------------------------------------------------------

// How many characters the user sees between the quotes: an escape is one.
static size_t count_chars(std::string_view inside) {
  size_t count = 0;
  for (size_t at = 0; at < inside.size(); ++count) {
    if (inside[at] == '\\' && at + 1 < inside.size()) {
      bool has_braces = inside.substr(at).starts_with("\\u{");
      size_t brace = has_braces ? inside.find('}', at) : std::string_view::npos;
      at = brace != std::string_view::npos ? brace + 1
                                           : at + (inside[at + 1] == 'x' ? 4 : 2);
    } else {
      at += decode_utf8(inside, at).size;
    }
  }
  return count;
}

// A label of Rust, `'outer: loop` or `break 'outer`, which is a name without the quote.
bool Scanner::at_quoted_label() const {
  uint32_t end = at_ + 1;
  auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  while (end < text_.size() && is_letter(text_[end])) ++end;
  if (end == at_ + 1) return false;
  std::string_view before = text_.substr(0, at_);
  bool leaves = before.ends_with("break ") || before.ends_with("continue ");
  std::string_view behind = text_.substr(end);
  bool names_loop = behind.starts_with(": loop") || behind.starts_with(": while ") ||
                    behind.starts_with(": for ");
  return !behind.starts_with("'") && (leaves || names_loop);
}

// The size of a lifetime of Rust that begins here, `'a` in `&'a str`; 0: a character.
uint32_t Scanner::lifetime_size() const {
  bool follows_mark = at_ > 0 && (text_[at_ - 1] == '<' || text_[at_ - 1] == '&');
  if (!follows_mark) return 0;
  uint32_t end = at_ + 1;
  auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  while (end < text_.size() && is_letter(text_[end])) ++end;
  bool has_name = end > at_ + 1;
  bool is_char = end < text_.size() && text_[end] == '\'';
  return has_name && !is_char ? end - at_ : 0;
}

// `<'a, 'b>` is one mistake; the one in `&'a T` belongs to the reference, which the parser reports.
void Scanner::read_lifetimes() {
  uint32_t begin = at_;
  at_ += lifetime_size();
  if (text_[begin - 1] == '&') return;
  while (text_.substr(at_).starts_with(", '")) {
    at_ += 3;
    while (!at_end() && is_name_part(static_cast<unsigned char>(peek()))) ++at_;
  }
  Span names = span(begin, at_);
  Span removed = names;
  if (text_.substr(at_).starts_with(">")) {
    removed = span(begin - 1, at_ + 1);
  } else if (text_.substr(at_).starts_with(", ")) {
    at_ += 2;
    removed = span(begin, at_);
  }
  sink_.report(names, D::ForeignIdea, {"lifetimes"})
      .help("what is borrowed never outlives its call, so nothing has to be named")
      .fix(removed, "");
}

void Scanner::read_char() {
  // A quote without a partner must not cost a look at the whole line each time.
  static constexpr uint32_t kMaxSize = 256;
  uint32_t begin = at_;
  uint32_t end = at_ + 1;
  bool is_quote_itself = text_.substr(at_).starts_with("'''");
  if (is_quote_itself) end = at_ + 2;
  while (end < text_.size() && end < begin + kMaxSize && text_[end] != '\'' &&
         text_[end] != '\n') {
    end += text_[end] == '\\' && end + 1 < text_.size() && text_[end + 1] != '\n' ? 2 : 1;
  }
  bool is_closed = end < text_.size() && text_[end] == '\'';
  if (at_quoted_label()) {
    at_ += 1;
    sink_.report(span(begin, at_), D::ForeignSpelling, {"'label", "label"})
        .fix(span(begin, at_), "");
    return;
  }
  if (lifetime_size() > 0) return read_lifetimes();
  if (!is_closed) {
    // Only the quote and one character, so that the rest of the line is still read.
    uint32_t size = at_ + 1 < text_.size() && text_[at_ + 1] != '\n'
                        ? decode_utf8(text_, at_ + 1).size
                        : 0;
    at_ += 1 + size;
    sink_.report(span(begin, at_), D::UnterminatedChar)
        .help("write `'a'` for a character, `\"a\"` for text");
    return add({TokenKind::Char, 0xFFFD, span(begin, at_)});
  }
  SourceText inside{slice(begin + 1, end), base_ + begin + 1};
  at_ = end + 1;
  size_t count = count_chars(inside.text);
  char32_t value = 0xFFFD;
  if (count == 0) {
    sink_.report(span(begin, at_), D::EmptyChar).help("a quote itself is `'\\''`");
  } else if (count > 1) {
    std::string text = "\"" + std::string(inside.text) + "\"";
    sink_.report(span(begin, at_), D::LongChar, {std::to_string(count)})
        .help("text stands in double quotes")
        .fix(span(begin, at_), text);
  } else {
    value = read_char_value(inside, sink_);
  }
  add({TokenKind::Char, value, span(begin, at_)});
}

// ---- strings -------------------------------------------------------------------------------

void Scanner::begin_string(uint32_t prefix, TextKind kind) {
  OpenString string;
  string.begin = at_;
  string.kind = kind;
  at_ += prefix;
  string.is_multi_line = kind != TextKind::Bytes && text_.substr(at_).starts_with("\"\"\"");
  at_ += string.is_multi_line ? 3 : 1;
  string.text_begin = at_;
  string.bracket_depth = brackets_.size();
  if (!string.is_multi_line && outermost_single_line_ == kNone) {
    outermost_single_line_ = strings_.size();
  }
  strings_.push_back(std::move(string));
  read_string_text();
}

bool Scanner::at_closing_quotes(const OpenString& string) const {
  if (!string.is_multi_line) return peek() == '"';
  // Of four or five quotes in a row the last three close: `"""a "quote""""`.
  return text_.substr(at_).starts_with("\"\"\"") && peek(3) != '"';
}

// Reads the text of the innermost string up to its end or its next hole.
void Scanner::read_string_text() {
  while (!at_end()) {
    OpenString& string = strings_.back();
    char c = peek();
    if (at_closing_quotes(string)) {
      uint32_t text_end = at_;
      return end_string(text_end, at_ + (string.is_multi_line ? 3 : 1));
    }
    if (c == '\n' && !string.is_multi_line) {
      bool is_string = report_unclosed_string(string);
      end_string(at_, at_);
      Token& last = tokens_.at(static_cast<uint32_t>(tokens_.size() - 1));
      if (!is_string && last.kind == TokenKind::Str) last.kind = TokenKind::Error;
      return mark_lost_text();
    }
    if (c == '$' && string.kind == TextKind::Str) {
      Hole hole = read_hole_start();
      if (hole == Hole::Open) return;
      if (hole == Hole::Name) continue;
    }
    bool is_escape = c == '\\' && string.kind != TextKind::Raw && peek(1) != '\n' &&
                     at_ + 1 < text_.size();
    at_ += is_escape ? 2 : 1;
  }
}

// Open: the main loop goes on inside of `${`. A `$name` is read whole; any other `$` is text.
Scanner::Hole Scanner::read_hole_start() {
  uint32_t begin = at_;
  if (peek(1) == '{') {
    end_piece(strings_.back(), begin);
    at_ += 2;
    add({TokenKind::HoleStart, 0, span(begin, at_)});
    brackets_.push_back(Bracket::Hole);
    return Hole::Open;
  }
  if (at_ + 1 >= text_.size()) return Hole::None;
  DecodedChar first = decode_utf8(text_, at_ + 1);
  if (!first.valid || !is_name_start(first.value)) return Hole::None;
  end_piece(strings_.back(), begin);
  add({TokenKind::HoleStart, 0, span(begin, begin + 1)});
  ++at_;
  read_word();
  add({TokenKind::HoleEnd, 0, span(at_, at_)});
  strings_.back().text_begin = at_;
  return Hole::Name;
}

void Scanner::start_holes(OpenString& string) {
  string.has_holes = true;
  uint32_t quotes = string.begin + (string.is_multi_line ? 3 : 1);
  add({TokenKind::InterpStart, 0, span(string.begin, quotes)});
}

// Ends the text before a hole, or before the closing quotes of a string with holes.
void Scanner::end_piece(OpenString& string, uint32_t end) {
  bool is_first = !string.has_holes;
  if (is_first) start_holes(string);
  if (string.text_begin == end) return;
  add({TokenKind::InterpText, 0, span(string.text_begin, end)});
  uint32_t token = static_cast<uint32_t>(tokens_.size() - 1);
  string.pieces.push_back({token, string.text_begin, end, is_first, false});
}

void Scanner::end_string(uint32_t text_end, uint32_t end) {
  OpenString string = std::move(strings_.back());
  strings_.pop_back();
  if (strings_.size() == outermost_single_line_) outermost_single_line_ = kNone;
  at_ = end;
  if (string.has_holes) {
    bool ends_with_text = string.text_begin != text_end;
    end_piece(string, text_end);
    if (ends_with_text) string.pieces.back().is_last = true;
    add({TokenKind::InterpEnd, 0, span(text_end, end)});
  } else {
    TokenKind kind = string.kind == TextKind::Bytes ? TokenKind::ByteStr : TokenKind::Str;
    add({kind, 0, span(string.begin, end)});
    uint32_t token = static_cast<uint32_t>(tokens_.size() - 1);
    string.pieces.push_back({token, string.text_begin, text_end, true, true});
  }
  std::optional<std::string_view> indentation;
  if (string.is_multi_line && !string.pieces.empty() && string.pieces.back().is_last) {
    indentation = closing_indentation(slice(string.pieces.back().begin, text_end));
  }
  for (const Piece& piece : string.pieces) {
    SourceText raw{slice(piece.begin, piece.end), base_ + piece.begin};
    std::string value;
    if (indentation) {
      TextPiece text{raw, piece.is_first, piece.is_last};
      value = strip_indentation(text, *indentation, string.kind, sink_);
    } else {
      resolve_escapes(raw, string.kind, sink_, value);
    }
    tokens_.at(piece.token).value = names_.intern(value).index;
  }
}

// ---- strings and holes that are never closed -----------------------------------------------

// `"a ${x"`: the quote was meant to close the outer string, so the hole is the mistake, and
// close_strings_at_line_end reports it. False: that is so here.
bool Scanner::report_unclosed_string(const OpenString& string) {
  if (outermost_single_line_ < strings_.size() - 1) return false;
  uint32_t quotes = string.kind == TextKind::Str ? 0 : 1;
  uint32_t size = quotes + (string.is_multi_line ? 3 : 1);
  Report report =
      sink_.report(span(string.begin, string.begin + size), D::UnterminatedString);
  report.mark("opened here");
  if (string.is_multi_line) {
    report.help("close it with `\"\"\"`");
  } else {
    report.help("close it with `\"`; text of several lines stands in `\"\"\"`");
  }
  return true;
}

// Leaves the innermost hole as if its `}` were here.
void Scanner::drop_hole() {
  brackets_.resize(strings_.back().bracket_depth);
  add({TokenKind::HoleEnd, 0, span(at_, at_)});
  strings_.back().text_begin = at_;
}

// A hole of a string in single quotes marks ends on its line; one that does not is reported, and
// everything down to the outermost such string is closed. Without this one forgotten `}` would
// turn the rest of the file inside out.
void Scanner::close_strings_at_line_end() {
  size_t outermost = outermost_single_line_;
  if (outermost == kNone) return;
  const OpenString& string = strings_[outermost];
  uint32_t hole_at = string.text_begin;
  if (!string.pieces.empty()) hole_at = std::max(hole_at, string.pieces.back().end);
  Report report = sink_.report(span(hole_at, hole_at + 2), D::UnterminatedHole);
  report.mark("opened here");
  if (text_.substr(hole_at, at_ - hole_at).find("//") != std::string_view::npos) {
    report.help("`//` begins a comment; `/` of integers drops what is behind the point");
  } else {
    report.help("close it with `}`; a `$` before a brace is `\\$`");
  }
  while (strings_.size() > outermost) {
    drop_hole();
    end_string(at_, at_);
  }
  mark_lost_text();
}

// Behind a string that was not closed: what stood there to close brackets is lost in the string,
// so the parser is told to expect nothing, and the newline ends the statement.
void Scanner::mark_lost_text() {
  forget_round_brackets();
  add({TokenKind::Error, 0, span(at_, at_)});
}

void Scanner::close_strings_at_file_end() {
  if (strings_.empty()) return;
  bool in_text = brackets_.size() <= strings_.back().bracket_depth;
  if (in_text) {
    report_unclosed_string(strings_.back());
    end_string(at_, at_);
  }
  close_strings_at_line_end();
  if (!in_text && !strings_.empty()) report_unclosed_string(strings_.back());
  while (!strings_.empty()) {
    drop_hole();
    end_string(at_, at_);
  }
}

// ---- formats -------------------------------------------------------------------------------

void Scanner::read_hole_format() {
  uint32_t begin = at_ + 1;
  size_t end = text_.find_first_of("}\n", begin);
  if (end == std::string_view::npos) end = text_.size();
  at_ = static_cast<uint32_t>(end);
  syntax::FormatSpec spec =
      read_format({slice(begin, at_), base_ + begin}, sink_);
  add({TokenKind::Format, tokens_.add_format(spec), span(begin, at_)});
}

}  // namespace skein::lex
