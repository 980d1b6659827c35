// See format.h.
#include "runtime/value/format.h"

#include "runtime/value/float_text.h"
#include "runtime/value/str.h"
#include "runtime/value/utf8.h"

#include <cstring>

namespace skein::value {

// A number in text: where zeros go when it is padded with them.
struct NumberText {
  std::string_view sign;  // and prefix
  std::string_view digits;
};

static void fill(Buffer** place, uint32_t character, int64_t count) {
  if (character == 0) character = ' ';
  char bytes[4];
  const size_t size = encode(character, bytes);
  for (int64_t i = 0; i < count; ++i) append(place, {bytes, size});
}

// The chars missing to the spec's width.
static int64_t missing(size_t chars, const FormatSpec* spec) {
  return spec == nullptr ? 0 : int64_t(spec->width) - static_cast<int64_t>(chars);
}

static void pad(Buffer** place, std::string_view text, const FormatSpec* spec, char usual_align) {
  const int64_t room = missing(count_chars(text.data(), text.size()), spec);
  if (room <= 0) return append(place, text);
  const char align = spec->align == 0 ? usual_align : static_cast<char>(spec->align);
  const int64_t before = align == '<' ? 0 : align == '>' ? room : room / 2;
  fill(place, spec->fill, before);
  append(place, text);
  fill(place, spec->fill, room - before);
}

static void put_number(Buffer** place, const NumberText& number, const FormatSpec* spec) {
  const int64_t room = missing(number.sign.size() + number.digits.size(), spec);
  if (room > 0 && spec->zero != 0 && spec->align == 0) {
    append(place, number.sign);
    fill(place, '0', room);
    return append(place, number.digits);
  }
  if (room <= 0) {
    append(place, number.sign);
    return append(place, number.digits);
  }
  char whole[kFloatText + 2];
  const size_t sign = number.sign.size();
  memcpy(whole, number.sign.data(), sign);
  memcpy(whole + sign, number.digits.data(), number.digits.size());
  pad(place, {whole, sign + number.digits.size()}, spec, '>');
}

// Digits of an unsigned number, written backwards before `end`; gives where they begin.
static char* put_digits(uint64_t value, unsigned base, char* end) {
  do {
    *--end = "0123456789abcdef"[value % base];
    value /= base;
  } while (value != 0);
  return end;
}

static void put_integer(Buffer** place, uint64_t magnitude, bool negative, const FormatSpec* spec) {
  const uint8_t kind = spec == nullptr ? uint8_t(0) : spec->kind;
  const std::string_view sign = negative ? "-" : "";
  if (kind == 'e') {
    char text[kFloatText];
    const size_t size = exponent_text(static_cast<double>(magnitude), spec->precision, text);
    return put_number(place, {sign, {text, size}}, spec);
  }
  const unsigned base = kind == 'x' ? 16 : kind == 'b' ? 2 : kind == 'o' ? 8 : 10;
  char text[64];
  char* end = text + sizeof(text);
  char* begin = put_digits(magnitude, base, end);
  put_number(place, {sign, {begin, static_cast<size_t>(end - begin)}}, spec);
}

void format_int(Buffer** place, int64_t value, const FormatSpec* spec) {
  const bool negative = value < 0;
  put_integer(place, negative ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value),
              negative, spec);
}

void format_uint(Buffer** place, uint64_t value, const FormatSpec* spec) {
  put_integer(place, value, false, spec);
}

template <class Float>
static void put_float(Buffer** place, Float value, const FormatSpec* spec) {
  char text[kFloatText];
  size_t size = 0;
  if (spec != nullptr && spec->kind == 'e') {
    size = exponent_text(value, spec->precision, text);
  } else if (spec != nullptr && spec->precision >= 0) {
    size = fixed_text(value, spec->precision, text);
  } else {
    size = shortest_text(value, text);
  }
  const std::string_view whole(text, size);
  const size_t sign = text[0] == '-' ? 1 : 0;
  put_number(place, {slice(whole, 0, sign), slice(whole, sign)}, spec);
}

void format_float(Buffer** place, double value, const FormatSpec* spec) {
  put_float(place, value, spec);
}
void format_f32(Buffer** place, float value, const FormatSpec* spec) {
  put_float(place, value, spec);
}

void format_bool(Buffer** place, bool value, const FormatSpec* spec) {
  pad(place, value ? "true" : "false", spec, '<');
}

// One char as it stands in a literal between `quote`s.
static void put_quoted_char(Buffer** place, uint32_t character, char quote) {
  switch (character) {
    case '\n': return append(place, "\\n");
    case '\t': return append(place, "\\t");
    case '\r': return append(place, "\\r");
    case 0: return append(place, "\\0");
    case '\\': return append(place, "\\\\");
    default: break;
  }
  if (character == static_cast<unsigned char>(quote) || (character == '$' && quote == '"')) {
    append(place, "\\");
  } else if (character < 0x20 || character == 0x7F) {
    char text[16];
    char* begin = put_digits(character, 16, text + sizeof(text));
    append(place, "\\u{");
    append(place, {begin, static_cast<size_t>(text + sizeof(text) - begin)});
    return append(place, "}");
  }
  append_char(place, character);
}

void format_char(Buffer** place, uint32_t value, const FormatSpec* spec) {
  if (spec != nullptr && spec->kind == '?') {
    Buffer* quoted = empty();
    append(&quoted, "'");
    put_quoted_char(&quoted, value, '\'');
    append(&quoted, "'");
    pad(place, text_of(quoted), spec, '<');
    return release(quoted);
  }
  char bytes[4];
  const size_t size = encode(value, bytes);
  pad(place, {bytes, size}, spec, '<');
}

static void put_quoted(Buffer** place, std::string_view text) {
  append(place, "\"");
  for (size_t at = 0; at < text.size();) {
    size_t length = 0;
    put_quoted_char(place, decode(text.data() + at, length), '"');
    at += length;
  }
  append(place, "\"");
}

// The first `chars` chars.
static std::string_view cut(std::string_view text, int64_t chars) {
  size_t at = 0;
  for (; at < text.size() && chars > 0; --chars) {
    size_t length = 0;
    decode(text.data() + at, length);
    at += length;
  }
  return slice(text, 0, at);
}

void format_str(Buffer** place, std::string_view text, const FormatSpec* spec) {
  if (spec == nullptr) return append(place, text);
  const std::string_view shown = spec->precision >= 0 ? cut(text, spec->precision) : text;
  if (spec->kind != '?') return pad(place, shown, spec, '<');
  Buffer* quoted = empty();
  put_quoted(&quoted, shown);
  pad(place, text_of(quoted), spec, '<');
  release(quoted);
}

// A duration in the largest unit of which there is at least one, seconds at most: 90s, 1.5s, 10ms.
void format_duration(Buffer** place, int64_t nanoseconds, const FormatSpec* spec) {
  struct Unit {
    uint64_t size;
    const char* name;
    int decimals;
  };
  static constexpr Unit kUnits[] = {
      {1'000'000'000, "s", 9}, {1'000'000, "ms", 6}, {1'000, "us", 3}, {1, "ns", 0}};
  const bool negative = nanoseconds < 0;
  const uint64_t magnitude =
      negative ? 0 - static_cast<uint64_t>(nanoseconds) : static_cast<uint64_t>(nanoseconds);
  const Unit* unit = kUnits;
  while (unit->decimals > 0 && magnitude < unit->size) ++unit;
  if (magnitude == 0) unit = kUnits;
  char text[48];
  char* end = text + sizeof(text) - 3;
  char* begin = end;
  uint64_t rest = magnitude % unit->size;
  int decimals = unit->decimals;
  while (decimals > 0 && rest % 10 == 0) {
    rest /= 10;
    --decimals;
  }
  for (; decimals > 0; --decimals) {
    *--begin = static_cast<char>('0' + rest % 10);
    rest /= 10;
  }
  if (begin != end) *--begin = '.';
  begin = put_digits(magnitude / unit->size, 10, begin);
  for (const char* c = unit->name; *c != 0; ++c) *end++ = *c;
  put_number(place, {negative ? "-" : "", {begin, static_cast<size_t>(end - begin)}}, spec);
}

}  // namespace skein::value
