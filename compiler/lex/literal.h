// What stands between the quotes of characters and strings: escapes, the indentation of
// multi-line strings, formats of holes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/support/diagnostics.h"
#include "compiler/syntax/literal.h"

namespace skein::lex {

// The sorts of text that treat escapes differently.
enum class TextKind : uint8_t { Str, Bytes, Raw };

// A piece of source text with the global offset of its first byte, for reports.
struct SourceText {
  std::string_view text;
  uint32_t base = 0;

  SourceText part(size_t begin, size_t end) const {
    return {text.substr(begin, end - begin), base + static_cast<uint32_t>(begin)};
  }
  Span span(size_t begin, size_t end) const {
    return {base + static_cast<uint32_t>(begin), base + static_cast<uint32_t>(end)};
  }
};

// Appends the value of `raw`, escapes resolved, to `out`.
void resolve_escapes(SourceText raw, TextKind kind, DiagnosticSink& sink, std::string& out);

// The character of a literal whose inside is `raw`; 0xFFFD after a report.
char32_t read_char_value(SourceText raw, DiagnosticSink& sink);

// The indentation of the line that closes a `"""` string, when nothing else stands on that line.
std::optional<std::string_view> closing_indentation(std::string_view last_piece);

// One piece of a multi-line string, with where it stands in the string.
struct TextPiece {
  SourceText raw;
  bool is_first = false;
  bool is_last = false;
};

// Takes the closing line's indentation from every line of the piece, the newline behind the
// opening quotes and the one before the closing quotes, then resolves escapes.
std::string strip_indentation(const TextPiece& piece, std::string_view indentation, TextKind kind,
                              DiagnosticSink& sink);

// Reads `[fill][<>^][0][width][.precision][x|b|o|e|?]`.
syntax::FormatSpec read_format(SourceText text, DiagnosticSink& sink);

}  // namespace skein::lex
