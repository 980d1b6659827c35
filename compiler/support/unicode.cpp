// The tables behind the facts about characters, and UTF-8 both ways.
#include "compiler/support/unicode.h"

#include <algorithm>
#include <cstdio>
#include <iterator>

namespace skein {

struct CharRange {
  char32_t first;
  char32_t last;
};

// Sorted by `first`; ranges do not touch.
template <size_t N>
static bool is_in(const CharRange (&ranges)[N], char32_t c) {
  const CharRange* after = std::upper_bound(
      std::begin(ranges), std::end(ranges), c,
      [](char32_t value, const CharRange& range) { return value < range.first; });
  return after != std::begin(ranges) && c <= (after - 1)->last;
}

// Characters beyond ASCII that cannot stand in a name: controls, spaces, punctuation, symbols,
// emoji, private use. Whole blocks, so that a new letter of Unicode is a letter here at once.
static constexpr CharRange kNotInNames[] = {
    {0x0080, 0x00A9},   {0x00AB, 0x00B4},   {0x00B6, 0x00B9},     {0x00BB, 0x00BF},
    {0x00D7, 0x00D7},   {0x00F7, 0x00F7},   {0x037E, 0x037E},     {0x0387, 0x0387},
    {0x060C, 0x060D},   {0x061B, 0x061F},   {0x066A, 0x066D},     {0x06D4, 0x06D4},
    {0x0964, 0x0965},   {0x115F, 0x1160},   {0x1680, 0x1680},     {0x180E, 0x180E},
    {0x2000, 0x206F},   {0x20A0, 0x20CF},   {0x2190, 0x2BFF},     {0x2E00, 0x2E7F},
    {0x3000, 0x3004},   {0x3008, 0x3020},   {0x3030, 0x3030},     {0x303D, 0x303D},
    {0x30FB, 0x30FB},   {0x3164, 0x3164},   {0xD800, 0xF8FF},     {0xFD3E, 0xFD3F},
    {0xFDD0, 0xFDEF},   {0xFE10, 0xFE1F},   {0xFE30, 0xFE32},     {0xFE35, 0xFE4C},
    {0xFE50, 0xFE6F},   {0xFEFF, 0xFEFF},   {0xFF01, 0xFF0F},     {0xFF1A, 0xFF20},
    {0xFF3B, 0xFF40},   {0xFF5B, 0xFF65},   {0xFFA0, 0xFFA0},     {0xFFE0, 0xFFFF},
    {0x1F000, 0x1FAFF}, {0x1FFFE, 0x1FFFF}, {0xE0000, 0xE0FFF}, {0xF0000, 0x10FFFF},
};

// Marks that can go on with a name but not begin one.
static constexpr CharRange kCombining[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F},
    {0x0900, 0x0903}, {0x093A, 0x093C}, {0x0941, 0x0948}, {0x094D, 0x094D}, {0x0E31, 0x0E31},
    {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF},
    {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
};

// Two columns wide in a terminal: East Asian wide and full width, emoji.
static constexpr CharRange kWide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},
    {0x25FD, 0x25FE},   {0x2614, 0x2615},   {0x2648, 0x2653},   {0x26AA, 0x26AB},
    {0x26BD, 0x26BE},   {0x26C4, 0x26C5},   {0x26D4, 0x26D4},   {0x26EA, 0x26EA},
    {0x26F2, 0x26F3},   {0x26F5, 0x26F5},   {0x26FA, 0x26FA},   {0x26FD, 0x26FD},
    {0x2705, 0x2705},   {0x270A, 0x270B},   {0x2728, 0x2728},   {0x274C, 0x274C},
    {0x2753, 0x2755},   {0x2757, 0x2757},   {0x2795, 0x2797},   {0x2B1B, 0x2B1C},
    {0x2B50, 0x2B50},   {0x2B55, 0x2B55},   {0x2E80, 0x303E},   {0x3041, 0x33FF},
    {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF01, 0xFF60},   {0xFFE0, 0xFFE6},
    {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x1FA70, 0x1FAFF},
    {0x20000, 0x3FFFD},
};

DecodedChar decode_utf8(std::string_view text, size_t at) {
  unsigned char first = static_cast<unsigned char>(text[at]);
  if (first < 0x80) return {first, 1, true};
  uint32_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || at + size > text.size()) return {};
  char32_t value = first & (0xFFu >> (size + 1));
  for (uint32_t i = 1; i < size; ++i) {
    unsigned char next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xC0) != 0x80) return {};
    value = (value << 6) | (next & 0x3Fu);
  }
  static constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kLeast[size] || !is_scalar(value)) return {};
  return {value, size, true};
}

void append_utf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
    return;
  }
  if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
  }
  out += static_cast<char>(0x80 | (c & 0x3F));
}

bool is_scalar(char32_t c) { return c <= 0x10FFFF && !(c >= 0xD800 && c <= 0xDFFF); }

bool is_bidi_control(char32_t c) {
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

bool is_name_part(char32_t c) {
  if (c < 0x80) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
  return is_scalar(c) && !is_in(kNotInNames, c);
}

bool is_name_start(char32_t c) {
  if (c >= '0' && c <= '9') return false;
  return is_name_part(c) && !is_in(kCombining, c);
}

uint32_t display_width(char32_t c) {
  if (c < 0x20 || c == 0x7F || (c >= 0x80 && c < 0xA0)) return 0;
  if (c < 0x300) return 1;
  if (is_in(kCombining, c) || c == 0x200B || c == 0x200D || c == 0xFEFF || is_bidi_control(c)) {
    return 0;
  }
  return is_in(kWide, c) ? 2 : 1;
}

std::string code_point_name(char32_t c) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "U+%04X", static_cast<unsigned>(c));
  return buffer;
}

}  // namespace skein
