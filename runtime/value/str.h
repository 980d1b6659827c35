// Operations on str. Arguments are borrowed, results are owned by the caller, unless it says so.
#pragma once

#include "runtime/value/buffer.h"
#include "runtime/value/short_text.h"
#include "runtime/value/utf8.h"

#include <cstring>
#include <string_view>

namespace skein::value {

inline std::string_view text_of(const Buffer* str) {
  return {data_of(str), static_cast<size_t>(str->length)};
}

// Part of a text. (string_view's own substr checks, and throws by way of libstdc++.)
inline std::string_view slice(std::string_view text, size_t from, size_t to) {
  return {text.data() + from, to - from};
}
inline std::string_view slice(std::string_view text, size_t from) {
  return slice(text, from, text.size());
}

Buffer* new_str(std::string_view text);

// The bytes of a text from `from` on and before `to`.
SKEIN_INLINE Buffer* new_part(std::string_view text, size_t from, size_t to) {
  const size_t size = to - from;
  if (!is_short(size) || text.size() - from < kShortText) return new_str(slice(text, from, to));
  // What is behind the part is copied with it, and does not matter.
  Buffer* str = new_buffer_of(abi::kBufferData + kShortText, kShortText);
  str->length = static_cast<int64_t>(size);
  memcpy(data_of(str), text.data() + from, kShortText);
  return str;
}

// From outside: bytes that are no UTF-8 become U+FFFD.
Buffer* new_str_repaired(std::string_view text);

// Appends to the str in `place`, in place when it is unique. `text` may lie inside it.
void append(Buffer** place, std::string_view text);
void append_char(Buffer** place, uint32_t character);

Buffer* concat(Buffer* left, Buffer* right);

int compare(std::string_view left, std::string_view right);

// Byte offset of the first `needle` at or after `from`, -1 if there is none.
int64_t find(std::string_view text, std::string_view needle, int64_t from);

// True when `offset` lies in the text or at its end, and no char is cut there.
inline bool is_boundary(std::string_view text, int64_t offset) {
  if (offset < 0 || static_cast<uint64_t>(offset) > text.size()) return false;
  const size_t at = static_cast<size_t>(offset);
  return at == text.size() || starts_char(text[at]);
}

Buffer* to_upper(Buffer* str);
Buffer* to_lower(Buffer* str);
Buffer* trim(Buffer* str);
Buffer* repeat(Buffer* str, int64_t times);
Buffer* replace(Buffer* str, std::string_view from, std::string_view to);
// An array of str. The separator has at least one byte.
Buffer* split(const Buffer* str, std::string_view separator);

bool parse_int(std::string_view text, int64_t& value);
bool parse_float(std::string_view text, double& value);

}  // namespace skein::value
