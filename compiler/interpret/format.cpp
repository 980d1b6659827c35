// See format.h.
#include "compiler/interpret/format.h"

#include <charconv>
#include <cmath>
#include <cstdio>

namespace skein::interpret {

// ---- UTF-8 -----------------------------------------------------------------------------------

void append_utf8(std::string& text, uint64_t c) {
  auto add = [&](uint64_t byte) { text += static_cast<char>(byte); };
  if (c < 0x80) return add(c);
  if (c < 0x800) {
    add(0xc0 | c >> 6);
  } else {
    if (c < 0x10000) {
      add(0xe0 | c >> 12);
    } else {
      add(0xf0 | c >> 18);
      add(0x80 | (c >> 12 & 0x3f));
    }
    add(0x80 | (c >> 6 & 0x3f));
  }
  add(0x80 | (c & 0x3f));
}

uint32_t next_scalar(std::string_view text, size_t& at) {
  unsigned char first = static_cast<unsigned char>(text[at++]);
  if (first < 0x80) return first;
  int more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
  uint32_t scalar = first & (0x3fu >> more);
  for (; more > 0 && at < text.size(); --more) {
    scalar = scalar << 6 | (static_cast<unsigned char>(text[at++]) & 0x3fu);
  }
  return scalar;
}

size_t count_scalars(std::string_view text) {
  size_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return count;
}

// ---- the spec --------------------------------------------------------------------------------

static bool is_align(char c) { return c == '<' || c == '>' || c == '^'; }

static uint32_t read_number(std::string_view& text) {
  uint32_t number = 0;
  std::from_chars_result end = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<size_t>(end.ptr - text.data()));
  return number;
}

FormatSpec read_spec(std::string_view text) {
  FormatSpec spec;
  if (text.empty()) return spec;
  size_t behind = 0;
  next_scalar(text, behind);
  if (behind < text.size() && is_align(text[behind])) {
    spec.fill = text.substr(0, behind);
    text.remove_prefix(behind);
  }
  if (is_align(text[0])) {
    spec.align = text[0];
    text.remove_prefix(1);
  }
  if (text.starts_with('0')) {
    spec.has_zeros = true;
    text.remove_prefix(1);
  }
  spec.width = read_number(text);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    spec.precision = static_cast<int>(read_number(text));
  }
  if (!text.empty()) spec.kind = text[0];
  return spec;
}

static std::string repeated(std::string_view part, size_t count) {
  std::string text;
  for (; count > 0; --count) text += part;
  return text;
}

static std::string padded(std::string text, const FormatSpec& spec, char usual_align) {
  size_t size = count_scalars(text);
  if (size >= spec.width) return text;
  size_t room = spec.width - size;
  char align = spec.align == 0 ? usual_align : spec.align;
  size_t before = align == '<' ? 0 : align == '>' ? room : room / 2;
  return repeated(spec.fill, before) + text + repeated(spec.fill, room - before);
}

// Zeros go between the sign and the digits.
static std::string padded_number(bool is_negative, std::string digits, const FormatSpec& spec) {
  std::string sign = is_negative ? "-" : "";
  size_t size = sign.size() + digits.size();
  if (spec.has_zeros && spec.align == 0 && size < spec.width) {
    return sign + std::string(spec.width - size, '0') + digits;
  }
  return padded(sign + digits, spec, '>');
}

// ---- numbers ---------------------------------------------------------------------------------

// C writes e+05 where we write e5.
static std::string with_short_exponent(std::string text) {
  size_t mark = text.find('e');
  if (mark == std::string::npos) return text;
  return text.substr(0, mark + 1) + std::to_string(std::stoi(text.substr(mark + 1)));
}

// d.ddde5; without a precision, the fewest digits that read back.
static std::string exponent_digits(double size, int precision, bool is_narrow) {
  char buffer[128];
  char* end = buffer + sizeof buffer;
  constexpr std::chars_format kForm = std::chars_format::scientific;
  if (precision >= 0) {
    end = std::to_chars(buffer, end, size, kForm, std::min(precision, 60)).ptr;
  } else if (is_narrow) {
    end = std::to_chars(buffer, end, static_cast<float>(size), kForm).ptr;
  } else {
    end = std::to_chars(buffer, end, size, kForm).ptr;
  }
  return with_short_exponent(std::string(buffer, end));
}

// The fewest digits that read back, without an exponent where that is not too long.
static std::string shortest_digits(double size, bool is_narrow) {
  if (size == 0) return "0.0";
  std::string text = exponent_digits(size, -1, is_narrow);
  size_t mark = text.find('e');
  int exponent = std::stoi(text.substr(mark + 1));
  if (exponent < -6 || exponent > 20) return text;
  std::string digits = text.substr(0, 1) + (mark > 2 ? text.substr(2, mark - 2) : "");
  if (exponent < 0) return "0." + std::string(static_cast<size_t>(-exponent - 1), '0') + digits;
  size_t whole = static_cast<size_t>(exponent) + 1;
  if (digits.size() <= whole) return digits + std::string(whole - digits.size(), '0') + ".0";
  return digits.substr(0, whole) + "." + digits.substr(whole);
}

static std::string fixed_digits(double size, int precision) {
  char buffer[512];
  snprintf(buffer, sizeof buffer, "%.*f", std::min(precision, 60), size);
  return buffer;
}

std::string float_text(double number, const FormatSpec& spec, bool is_narrow) {
  if (std::isnan(number)) return padded_number(false, "NaN", spec);
  bool is_negative = std::signbit(number);
  double size = std::fabs(number);
  if (std::isinf(size)) return padded_number(is_negative, "inf", spec);
  std::string digits = spec.kind == 'e'      ? exponent_digits(size, spec.precision, is_narrow)
                       : spec.precision >= 0 ? fixed_digits(size, spec.precision)
                                             : shortest_digits(size, is_narrow);
  return padded_number(is_negative, std::move(digits), spec);
}

std::string integer_text(bool is_negative, uint64_t magnitude, const FormatSpec& spec) {
  if (spec.kind == 'e') {
    double size = static_cast<double>(magnitude);
    return padded_number(is_negative, exponent_digits(size, spec.precision, false), spec);
  }
  int base = spec.kind == 'x' ? 16 : spec.kind == 'b' ? 2 : spec.kind == 'o' ? 8 : 10;
  char buffer[64];
  std::to_chars_result end = std::to_chars(buffer, buffer + sizeof buffer, magnitude, base);
  return padded_number(is_negative, std::string(buffer, end.ptr), spec);
}

std::string duration_text(int64_t nanoseconds, const FormatSpec& spec) {
  uint64_t size = nanoseconds < 0 ? 0 - static_cast<uint64_t>(nanoseconds)
                                  : static_cast<uint64_t>(nanoseconds);
  bool is_seconds = size == 0 || size >= 1'000'000'000;
  int decimals = is_seconds ? 9 : size >= 1'000'000 ? 6 : size >= 1000 ? 3 : 0;
  std::string digits = std::to_string(size);
  size_t point = static_cast<size_t>(decimals);
  if (digits.size() <= point) digits.insert(0, point + 1 - digits.size(), '0');
  std::string rest = digits.substr(digits.size() - point);
  while (rest.ends_with('0')) rest.pop_back();
  std::string text = digits.substr(0, digits.size() - point) + (rest.empty() ? "" : ".") + rest;
  text += is_seconds ? "s" : decimals == 6 ? "ms" : decimals == 3 ? "us" : "ns";
  return padded_number(nanoseconds < 0, std::move(text), spec);
}

// ---- text ------------------------------------------------------------------------------------

std::string bool_text(bool value, const FormatSpec& spec) {
  return padded(value ? "true" : "false", spec, '<');
}

static void append_quoted(std::string& text, uint32_t scalar, char quote) {
  switch (scalar) {
    case '\n': text += "\\n"; return;
    case '\t': text += "\\t"; return;
    case '\r': text += "\\r"; return;
    case 0: text += "\\0"; return;
    case '\\': text += "\\\\"; return;
    default: break;
  }
  if (scalar < 0x20 || scalar == 0x7f) {
    char buffer[16];
    snprintf(buffer, sizeof buffer, "\\u{%x}", scalar);
    text += buffer;
    return;
  }
  bool is_special = scalar == static_cast<uint32_t>(quote) || (scalar == '$' && quote == '"');
  if (is_special) text += '\\';
  append_utf8(text, scalar);
}

std::string char_text(uint32_t scalar, const FormatSpec& spec) {
  std::string text;
  if (spec.kind == '?') {
    text = "'";
    append_quoted(text, scalar, '\'');
    text += "'";
  } else {
    append_utf8(text, scalar);
  }
  return padded(std::move(text), spec, '<');
}

std::string str_text(std::string_view text, const FormatSpec& spec) {
  if (spec.precision >= 0) {
    size_t end = 0;
    for (int i = 0; i < spec.precision && end < text.size(); ++i) next_scalar(text, end);
    text = text.substr(0, end);
  }
  if (spec.kind != '?') return padded(std::string(text), spec, '<');
  std::string quoted = "\"";
  for (size_t at = 0; at < text.size();) append_quoted(quoted, next_scalar(text, at), '"');
  return padded(quoted + "\"", spec, '<');
}

}  // namespace skein::interpret
