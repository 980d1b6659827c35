// Reports for tools: one JSON object a line.
#include "compiler/support/render.h"
#include "compiler/support/unicode.h"

namespace skein {

// A JSON string is UTF-8; text of a broken file may not be.
static std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (size_t at = 0; at < text.size();) {
    DecodedChar c = decode_utf8(text, at);
    at += c.size;
    if (c.valid && (c.value == '"' || c.value == '\\')) {
      out += '\\';
      out += static_cast<char>(c.value);
    } else if (c.valid && (c.value < 0x20 || c.value == 0x7F)) {
      static constexpr char kDigits[] = "0123456789abcdef";
      out += "\\u00";
      out += kDigits[c.value >> 4];
      out += kDigits[c.value & 15];
    } else {
      append_utf8(out, c.valid ? c.value : 0xFFFD);
    }
  }
  return out + "\"";
}

// `"path":…,"line":…` of a place; nowhere is the line 0 of no file.
static std::string json_place(Span span, const SourceMap& sources) {
  if (!span.valid()) return "\"path\":null,\"line\":0,\"column\":0,\"end_line\":0,\"end_column\":0";
  Location begin = sources.locate(span.begin);
  Location end = sources.locate(span.end);
  return "\"path\":" + json_string(begin.path) + ",\"line\":" + std::to_string(begin.line) +
         ",\"column\":" + std::to_string(begin.column) +
         ",\"end_line\":" + std::to_string(end.line) +
         ",\"end_column\":" + std::to_string(end.column);
}

static std::string json_strings(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) out += (out.size() > 1 ? "," : "") + json_string(text);
  return out + "]";
}

std::string render_json(const Diagnostic& diagnostic, const SourceMap& sources) {
  std::string labels = "[";
  for (const Label& label : diagnostic.labels) {
    labels += (labels.size() > 1 ? "," : "");
    labels += "{" + json_place(label.span, sources) + ",\"text\":" + json_string(label.text) + "}";
  }
  std::string fixes = "[";
  for (const FixIt& fix : diagnostic.fixes) {
    fixes += (fixes.size() > 1 ? "," : "");
    fixes += "{" + json_place(fix.span, sources) +
             ",\"replacement\":" + json_string(fix.replacement) + "}";
  }
  return "{\"code\":" + json_string(diagnostic_row(diagnostic.kind).code) +
         ",\"severity\":" + json_string(severity_name(diagnostic.severity())) +
         ",\"message\":" + json_string(diagnostic.message) + "," +
         json_place(diagnostic.span, sources) + ",\"mark\":" + json_string(diagnostic.mark) +
         ",\"labels\":" + labels + "],\"notes\":" + json_strings(diagnostic.notes) +
         ",\"helps\":" + json_strings(diagnostic.helps) + ",\"fixes\":" + fixes + "]}\n";
}

}  // namespace skein
