// Values of texts: escapes first, then what multi-line strings lose, then formats.
#include "compiler/lex/literal.h"

#include <algorithm>

#include "compiler/support/unicode.h"

namespace skein::lex {

using syntax::FormatSpec;

static bool is_hex_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static uint32_t hex_value(char c) {
  return static_cast<uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

// ---- escapes -------------------------------------------------------------------------------

// Each reader of an escape gets the place of its `\`, appends the value, and returns the place
// behind the escape.

// `\x41`.
static size_t read_byte_escape(SourceText raw, size_t at, TextKind kind, DiagnosticSink& sink,
                               std::string& out) {
  std::string_view text = raw.text;
  if (at + 3 >= text.size() || !is_hex_digit(text[at + 2]) || !is_hex_digit(text[at + 3])) {
    sink.report(raw.span(at, std::min(at + 2, text.size())), D::BadByteEscape)
        .help("write it like `\\x41`");
    return at + 2;
  }
  uint32_t value = hex_value(text[at + 2]) * 16 + hex_value(text[at + 3]);
  if (kind == TextKind::Str && value > 0x7F) {
    std::string unicode = "\\u{" + std::string(text.substr(at + 2, 2)) + "}";
    sink.report(raw.span(at, at + 4), D::ByteEscapeTooLarge, {text.substr(at, 4)})
        .help("for the character write `" + unicode + "`, for the byte a byte string `b\"…\"`")
        .fix(raw.span(at, at + 4), unicode);
    return at + 4;
  }
  out += static_cast<char>(value);
  return at + 4;
}

// `\u{1F600}`.
static size_t read_unicode_escape(SourceText raw, size_t at, DiagnosticSink& sink,
                                  std::string& out) {
  std::string_view text = raw.text;
  size_t digits = at + 3;
  size_t end = digits;
  while (end < text.size() && is_hex_digit(text[end])) ++end;
  bool has_braces = at + 2 < text.size() && text[at + 2] == '{' && end < text.size() &&
                    text[end] == '}';
  if (!has_braces || end == digits || end - digits > 6) {
    sink.report(raw.span(at, at + 2), D::BadUnicodeEscape).help("write it like `\\u{1F600}`");
    return has_braces ? end + 1 : at + 2;
  }
  char32_t value = 0;
  for (size_t i = digits; i < end; ++i) value = value * 16 + hex_value(text[i]);
  if (!is_scalar(value)) {
    sink.report(raw.span(at, end + 1), D::NotAScalar, {text.substr(at, end + 1 - at)});
    value = 0xFFFD;
  }
  append_utf8(out, value);
  return end + 1;
}

static size_t read_escape(SourceText raw, size_t at, TextKind kind, DiagnosticSink& sink,
                          std::string& out) {
  std::string_view text = raw.text;
  if (at + 1 >= text.size()) return at + 1;  // the literal ended here; that is reported
  switch (text[at + 1]) {
    case 'n': out += '\n'; return at + 2;
    case 't': out += '\t'; return at + 2;
    case 'r': out += '\r'; return at + 2;
    case '0': out += '\0'; return at + 2;
    case '\\':
    case '"':
    case '\'':
    case '$': out += text[at + 1]; return at + 2;
    case 'x': return read_byte_escape(raw, at, kind, sink, out);
    case 'u':
      if (kind == TextKind::Str) return read_unicode_escape(raw, at, sink, out);
      break;
    default: break;
  }
  size_t size = 1 + decode_utf8(text, at + 1).size;
  // A newline or tab is shown by its absence.
  std::string_view shown = text[at + 1] == '\n' ? text.substr(at, 1) : text.substr(at, size);
  Report report = sink.report(raw.span(at, at + size), D::BadEscape, {shown});
  if (text[at + 1] == '(') {
    report.help("a value in text is `${x}`");
    size_t close = text.find(')', at);
    bool is_simple = close != std::string_view::npos &&
                     text.substr(at + 2, close - at - 2).find('(') == std::string_view::npos;
    if (is_simple) {
      report.fix(raw.span(at, at + 2), "${").fix(raw.span(close, close + 1), "}");
    }
    return at + size;
  }
  report.help("escapes are `\\n \\t \\r \\0 \\\\ \\\" \\' \\$ \\x41 \\u{1F600}`; "
            "a backslash itself is `\\\\`");
  return at + size;
}

void resolve_escapes(SourceText raw, TextKind kind, DiagnosticSink& sink, std::string& out) {
  std::string_view text = raw.text;
  for (size_t at = 0; at < text.size();) {
    char c = text[at];
    if (c == '\\' && kind != TextKind::Raw) {
      at = read_escape(raw, at, kind, sink, out);
    } else if (c == '\r' && at + 1 < text.size() && text[at + 1] == '\n') {
      ++at;  // a file's line ends do not change its strings
    } else if (kind == TextKind::Bytes && static_cast<unsigned char>(c) >= 0x80) {
      DecodedChar decoded = decode_utf8(text, at);
      sink.report(raw.span(at, at + decoded.size), D::ByteStringNotAscii,
                  {text.substr(at, decoded.size)})
          .help("write its bytes as `\\xE2`, or a string and `.bytes()`");
      at += decoded.size;
    } else {
      out += c;
      ++at;
    }
  }
}

char32_t read_char_value(SourceText raw, DiagnosticSink& sink) {
  std::string value;
  resolve_escapes(raw, TextKind::Str, sink, value);
  if (value.empty()) return 0xFFFD;
  return decode_utf8(value, 0).value;
}

// ---- multi-line strings --------------------------------------------------------------------

std::optional<std::string_view> closing_indentation(std::string_view last_piece) {
  size_t newline = last_piece.rfind('\n');
  if (newline == std::string_view::npos) return std::nullopt;
  std::string_view line = last_piece.substr(newline + 1);
  if (line.find_first_not_of(" \t") != std::string_view::npos) return std::nullopt;
  return line;
}

// How many bytes of `line` are the indentation to take away.
static size_t indentation_size(SourceText line, std::string_view indentation, bool is_blank,
                               DiagnosticSink& sink) {
  if (line.text.starts_with(indentation)) return indentation.size();
  size_t blanks = std::min(line.text.find_first_not_of(" \t\r"), line.text.size());
  if (!is_blank) {
    sink.report(line.span(blanks, blanks + 1), D::TextIndentation)
        .help("indent it as far as the closing `\"\"\"`, with the same spaces or tabs");
  }
  return std::min(blanks, indentation.size());
}

std::string strip_indentation(const TextPiece& piece, std::string_view indentation, TextKind kind,
                              DiagnosticSink& sink) {
  SourceText raw = piece.raw;
  size_t begin = 0;
  size_t end = raw.text.size();
  bool at_line_start = false;
  if (piece.is_first) {
    size_t text_begin = raw.text.find_first_not_of(" \t\r");
    if (text_begin != std::string_view::npos && raw.text[text_begin] == '\n') {
      begin = text_begin + 1;
      at_line_start = true;
    }
  }
  if (piece.is_last) {
    size_t newline = raw.text.rfind('\n');
    // The newline behind the opening quotes can be the one before the closing quotes.
    end = std::max(begin, newline == std::string_view::npos ? end : newline);
    if (end > begin && raw.text[end - 1] == '\r') --end;
  }
  std::string out;
  while (begin < end) {
    size_t newline = raw.text.find('\n', begin);
    size_t line_end = newline < end ? newline + 1 : end;
    if (at_line_start) {
      SourceText line = raw.part(begin, line_end);
      bool ends_here = newline < end || (piece.is_last && line_end == end);
      bool is_blank =
          ends_here && line.text.find_first_not_of(" \t\r\n") == std::string_view::npos;
      begin += indentation_size(line, indentation, is_blank, sink);
    }
    resolve_escapes(raw.part(begin, line_end), kind, sink, out);
    begin = line_end;
    at_line_start = true;
  }
  return out;
}

// ---- formats -------------------------------------------------------------------------------

static bool read_align(char c, FormatSpec::Align& align) {
  switch (c) {
    case '<': align = FormatSpec::Align::Left; return true;
    case '^': align = FormatSpec::Align::Center; return true;
    case '>': align = FormatSpec::Align::Right; return true;
    default: return false;
  }
}

static bool read_format_kind(char c, FormatSpec::Kind& kind) {
  switch (c) {
    case 'x': kind = FormatSpec::Kind::Hex; return true;
    case 'b': kind = FormatSpec::Kind::Binary; return true;
    case 'o': kind = FormatSpec::Kind::Octal; return true;
    case 'e': kind = FormatSpec::Kind::Exponent; return true;
    case '?': kind = FormatSpec::Kind::Debug; return true;
    default: return false;
  }
}

// False when it is larger than any sensible width.
static bool read_small_number(std::string_view text, size_t& at, uint32_t& value) {
  static constexpr uint32_t kMost = 10'000;
  value = 0;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
    value = value * 10 + static_cast<uint32_t>(text[at] - '0');
    if (value > kMost) return false;
    ++at;
  }
  return true;
}

static bool is_number_at(std::string_view text, size_t at) {
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

FormatSpec read_format(SourceText source, DiagnosticSink& sink) {
  std::string_view text = source.text;
  FormatSpec spec;
  size_t at = 0;
  if (!text.empty()) {
    DecodedChar fill = decode_utf8(text, 0);
    if (fill.size < text.size() && read_align(text[fill.size], spec.align)) {
      spec.fill = fill.value;
      at = fill.size + 1;
    } else if (read_align(text[0], spec.align)) {
      at = 1;
    }
  }
  if (at < text.size() && text[at] == '0') {
    spec.zero = true;
    ++at;
  }
  bool ok = read_small_number(text, at, spec.width);
  if (ok && at < text.size() && text[at] == '.' && is_number_at(text, at + 1)) {
    ++at;
    ok = read_small_number(text, at, spec.precision);
  }
  if (ok && at < text.size() && read_format_kind(text[at], spec.kind)) ++at;
  if (!ok || at != text.size() || text.empty()) {
    Report report =
        sink.report(source.span(0, std::max<size_t>(text.size(), 1)), D::BadFormat, {text});
    bool names_type = at + 1 == text.size() && at > 0 &&
                      (text[at] == 'f' || text[at] == 'd' || text[at] == 's');
    if (names_type) {
      report.help("the type is known: write `" + std::string(text.substr(0, at)) + "`")
          .fix(source.span(at, at + 1), "");
      return FormatSpec();
    }
    report.help("a format is `[fill][<>^][0][width][.precision][x|b|o|e|?]`, like `*>8`, `08.2`, "
              "`x`; a width is at most 10000");
    return FormatSpec();
  }
  return spec;
}

}  // namespace skein::lex
