// UTF-8 and the few facts about Unicode that a compiler needs: which characters may stand in a
// name, which ones can make a page of source look like another program, how wide one is printed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace skein {

struct DecodedChar {
  char32_t value = 0xFFFD;
  uint32_t size = 1;   // bytes; 1 when the text is malformed
  bool valid = false;
};

// The character that begins at `at`, which is inside of `text`.
DecodedChar decode_utf8(std::string_view text, size_t at);
void append_utf8(std::string& out, char32_t c);

// A Unicode scalar: no surrogate, not beyond U+10FFFF.
bool is_scalar(char32_t c);
// Overrides the direction of text, so that it shows in another order than it is read.
bool is_bidi_control(char32_t c);
bool is_name_start(char32_t c);
bool is_name_part(char32_t c);
// Columns of a terminal: 0, 1 or 2.
uint32_t display_width(char32_t c);
std::string code_point_name(char32_t c);  // "U+00E9"

}  // namespace skein
