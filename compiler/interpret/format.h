// Numbers and texts as `${x:spec}` shows them. Written apart from the runtime's own formatting, so
// that a comparison of interpreted and compiled programs tests both.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace skein::interpret {

// `[fill][<>^][0][width][.precision][x|b|o|e|?]`, which check has found well-formed.
struct FormatSpec {
  std::string fill = " ";
  char align = 0;
  bool has_zeros = false;
  uint32_t width = 0;
  int precision = -1;
  char kind = 0;
};
FormatSpec read_spec(std::string_view text);

std::string integer_text(bool is_negative, uint64_t magnitude, const FormatSpec& spec);
// With the digits a float or, if `is_narrow`, an f32 takes to be read back.
std::string float_text(double number, const FormatSpec& spec, bool is_narrow);
std::string duration_text(int64_t nanoseconds, const FormatSpec& spec);
std::string bool_text(bool value, const FormatSpec& spec);
std::string char_text(uint32_t scalar, const FormatSpec& spec);
std::string str_text(std::string_view text, const FormatSpec& spec);

// ---- UTF-8 -----------------------------------------------------------------------------------

void append_utf8(std::string& text, uint64_t scalar);
// The scalar at `at`, which moves behind it. The text is well-formed.
uint32_t next_scalar(std::string_view text, size_t& at);
size_t count_scalars(std::string_view text);

}  // namespace skein::interpret
