// See utf8.h.
#include "runtime/value/utf8.h"

namespace skein::value {

static uint32_t tail(const char* text, size_t at) {
  return static_cast<unsigned char>(text[at]) & 0x3Fu;
}

uint32_t decode(const char* text, size_t& length) {
  const uint32_t first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) {
    length = 1;
    return first;
  }
  if (first < 0xE0) {
    length = 2;
    return (first & 0x1F) << 6 | tail(text, 1);
  }
  if (first < 0xF0) {
    length = 3;
    return (first & 0x0F) << 12 | tail(text, 1) << 6 | tail(text, 2);
  }
  length = 4;
  return (first & 0x07) << 18 | tail(text, 1) << 12 | tail(text, 2) << 6 | tail(text, 3);
}

static char continuation(uint32_t bits) { return static_cast<char>(0x80 | (bits & 0x3F)); }

size_t encode(uint32_t character, char* text) {
  if (character < 0x80) {
    text[0] = static_cast<char>(character);
    return 1;
  }
  if (character < 0x800) {
    text[0] = static_cast<char>(0xC0 | character >> 6);
    text[1] = continuation(character);
    return 2;
  }
  if (character < 0x10000) {
    text[0] = static_cast<char>(0xE0 | character >> 12);
    text[1] = continuation(character >> 6);
    text[2] = continuation(character);
    return 3;
  }
  text[0] = static_cast<char>(0xF0 | character >> 18);
  text[1] = continuation(character >> 12);
  text[2] = continuation(character >> 6);
  text[3] = continuation(character);
  return 4;
}

size_t count_chars(const char* text, size_t size) {
  size_t count = 0;
  for (size_t i = 0; i < size; ++i) count += starts_char(text[i]);
  return count;
}

size_t valid_char(const char* text, size_t size) {
  if (size == 0) return 0;
  const uint32_t first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (length > size) return 0;
  for (size_t i = 1; i < length; ++i) {
    if (starts_char(text[i])) return 0;
  }
  size_t decoded = 0;
  const uint32_t character = decode(text, decoded);
  // Written longer than needed, half of a UTF-16 pair, or beyond the last char.
  if (length == 3 && character < 0x800) return 0;
  if (length == 4 && (character < 0x10000 || character > 0x10FFFF)) return 0;
  if (character >= 0xD800 && character <= 0xDFFF) return 0;
  return length;
}

// Ranges whose upper and lower cases lie side by side (…, upper, lower, upper, lower, …), the upper
// one on an even or an odd number.
static bool is_paired(uint32_t c, uint32_t& parity) {
  parity = 0;
  if ((c >= 0x100 && c <= 0x12F) || (c >= 0x132 && c <= 0x137) || (c >= 0x14A && c <= 0x177) ||
      (c >= 0x1DE && c <= 0x1EF) || (c >= 0x200 && c <= 0x21F) || (c >= 0x222 && c <= 0x233) ||
      (c >= 0x3D8 && c <= 0x3EF) || (c >= 0x460 && c <= 0x481) || (c >= 0x48A && c <= 0x4BF) ||
      (c >= 0x4D0 && c <= 0x52F) || (c >= 0x1E00 && c <= 0x1E95) ||
      (c >= 0x1EA0 && c <= 0x1EFF)) {
    return true;
  }
  parity = 1;
  return (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E) || (c >= 0x1CD && c <= 0x1DC) ||
         (c >= 0x4C1 && c <= 0x4CE);
}

// Ranges that lie a fixed distance apart: [first, last] in lower case, upper = lower - distance.
struct CaseRange {
  uint32_t first;
  uint32_t last;
  uint32_t distance;
};
static constexpr CaseRange kCaseRanges[] = {
    {'a', 'z', 32},     {0xE0, 0xF6, 32},   {0xF8, 0xFE, 32},
    {0x3AD, 0x3AF, 37}, {0x3B1, 0x3C1, 32}, {0x3C3, 0x3CB, 32},
    {0x430, 0x44F, 32}, {0x450, 0x45F, 80}, {0x561, 0x586, 48},
};

uint32_t to_upper(uint32_t c) {
  for (const CaseRange& range : kCaseRanges) {
    if (c >= range.first && c <= range.last) return c - range.distance;
  }
  uint32_t parity = 0;
  if (is_paired(c, parity)) return (c & 1) == parity ? c : c - 1;
  switch (c) {
    case 0xFF: return 0x178;
    case 0x3AC: return 0x386;
    case 0x3C2: return 0x3A3;
    case 0x3CC: return 0x38C;
    case 0x3CD: return 0x38E;
    case 0x3CE: return 0x38F;
    default: return c;
  }
}

uint32_t to_lower(uint32_t c) {
  for (const CaseRange& range : kCaseRanges) {
    const uint32_t lower = c + range.distance;
    if (lower >= range.first && lower <= range.last) return lower;
  }
  uint32_t parity = 0;
  if (c != 0x130 && is_paired(c, parity)) return (c & 1) == parity ? c + 1 : c;
  switch (c) {
    case 0x130: return 'i';
    case 0x178: return 0xFF;
    case 0x386: return 0x3AC;
    case 0x38C: return 0x3CC;
    case 0x38E: return 0x3CD;
    case 0x38F: return 0x3CE;
    default: return c;
  }
}

bool is_white_space(uint32_t c) {
  return c == ' ' || (c >= 9 && c <= 13) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

}  // namespace skein::value
