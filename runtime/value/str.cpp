// See str.h.
#include "runtime/value/str.h"

#include "runtime/base/platform.h"
#include "runtime/value/short_text.h"
#include "runtime/value/utf8.h"

#include <cmath>
#include <cstdlib>
#include <cstring>

namespace skein::value {

Buffer* new_str(std::string_view text) {
  if (text.empty()) return empty();
  const size_t bytes = memory::aligned_bytes(abi::kBufferData + text.size());
  Buffer* str = new_buffer_of(bytes, static_cast<int64_t>(bytes - abi::kBufferData));
  str->length = static_cast<int64_t>(text.size());
  copy_text(data_of(str), text.data(), text.size());
  return str;
}

Buffer* new_str_repaired(std::string_view text) {
  Buffer* str = empty();
  size_t good = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t length = valid_char(text.data() + at, text.size() - at);
    if (length > 0) {
      at += length;
      continue;
    }
    append(&str, slice(text, good, at));
    append_char(&str, kReplacement);
    good = ++at;
  }
  append(&str, slice(text, good));
  return str;
}

// To a str that others have too, or that has too little room.
static void append_to_another(Buffer** place, std::string_view text, int64_t length) {
  Buffer* str = *place;
  if (!is_unique(str)) {
    Buffer* made = copy(str, 1, str->length == 0 ? length : length + length / 2);
    copy_text(data_of(made) + made->length, text.data(), text.size());
    release(str);
    *place = made;
  } else {
    // The text may be part of the str itself, which is about to move.
    const char* begin = data_of(str);
    const bool is_inside = text.data() >= begin && text.data() < begin + str->length;
    const int64_t offset = is_inside ? text.data() - begin : 0;
    str = grow(str, 1, length);
    const char* from = is_inside ? data_of(str) + offset : text.data();
    copy_text(data_of(str) + str->length, from, text.size());
    *place = str;
  }
  (*place)->length = length;
}

void append(Buffer** place, std::string_view text) {
  if (text.empty()) return;
  Buffer* str = *place;
  const int64_t length = str->length + static_cast<int64_t>(text.size());
  if (!is_unique(str) || length > str->capacity) return append_to_another(place, text, length);
  copy_text(data_of(str) + str->length, text.data(), text.size());
  str->length = length;
}

void append_char(Buffer** place, uint32_t character) {
  char bytes[4];
  const size_t size = encode(character, bytes);
  append(place, {bytes, size});
}

Buffer* concat(Buffer* left, Buffer* right) {
  if (right->length == 0) {
    retain(left);
    return left;
  }
  if (left->length == 0) {
    retain(right);
    return right;
  }
  Buffer* str = copy(left, 1, left->length + right->length);
  memcpy(data_of(str) + str->length, data_of(right), static_cast<size_t>(right->length));
  str->length += right->length;
  return str;
}

int compare(std::string_view left, std::string_view right) {
  const size_t shorter = left.size() < right.size() ? left.size() : right.size();
  const int order = shorter == 0 ? 0 : memcmp(left.data(), right.data(), shorter);
  if (order != 0) return order < 0 ? -1 : 1;
  return left.size() == right.size() ? 0 : left.size() < right.size() ? -1 : 1;
}

int64_t find(std::string_view text, std::string_view needle, int64_t from) {
  if (from < 0) from = 0;
  if (static_cast<uint64_t>(from) > text.size()) return -1;
  if (needle.empty()) return from;
  const char* begin = text.data() + from;
  const size_t size = text.size() - static_cast<size_t>(from);
  const void* found = needle.size() == 1 ? memchr(begin, needle[0], size)
                                         : memmem(begin, size, needle.data(), needle.size());
  return found == nullptr ? -1 : static_cast<const char*>(found) - text.data();
}

static Buffer* map_chars(Buffer* str, uint32_t (*map)(uint32_t)) {
  const std::string_view text = text_of(str);
  Buffer* made = new_buffer(1, str->length);
  for (size_t at = 0; at < text.size();) {
    size_t length = 0;
    append_char(&made, map(decode(text.data() + at, length)));
    at += length;
  }
  return made;
}

Buffer* to_upper(Buffer* str) { return map_chars(str, to_upper); }
Buffer* to_lower(Buffer* str) { return map_chars(str, to_lower); }

Buffer* trim(Buffer* str) {
  const std::string_view text = text_of(str);
  size_t begin = 0;
  size_t end = 0;  // behind the last char that stays
  bool started = false;
  for (size_t at = 0; at < text.size();) {
    size_t length = 0;
    const bool white = is_white_space(decode(text.data() + at, length));
    if (!white && !started) {
      begin = at;
      started = true;
    }
    at += length;
    if (!white) end = at;
  }
  if (started && begin == 0 && end == text.size()) {
    retain(str);
    return str;
  }
  return started ? new_str(slice(text, begin, end)) : empty();
}

Buffer* repeat(Buffer* str, int64_t times) {
  if (times <= 0 || str->length == 0) return empty();
  int64_t size = 0;
  if (__builtin_mul_overflow(str->length, times, &size)) {
    base::fatal("out of memory: a str is too long");
  }
  Buffer* made = new_buffer(1, size);
  const size_t step = static_cast<size_t>(str->length);
  for (int64_t i = 0; i < times; ++i) {
    memcpy(data_of(made) + static_cast<size_t>(i) * step, data_of(str), step);
  }
  made->length = size;
  return made;
}

Buffer* replace(Buffer* str, std::string_view from, std::string_view to) {
  if (from.empty() || find(text_of(str), from, 0) < 0) {
    retain(str);
    return str;
  }
  const std::string_view text = text_of(str);
  Buffer* made = new_buffer(1, str->length);
  size_t at = 0;
  while (true) {
    const int64_t found = find(text, from, static_cast<int64_t>(at));
    if (found < 0) break;
    append(&made, slice(text, at, static_cast<size_t>(found)));
    append(&made, to);
    at = static_cast<size_t>(found) + from.size();
  }
  append(&made, slice(text, at));
  return made;
}

bool parse_int(std::string_view text, int64_t& value) {
  size_t at = 0;
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) at = 1;
  if (at == text.size()) return false;
  // Counted downwards, since there is one more negative number.
  int64_t result = 0;
  for (; at < text.size(); ++at) {
    if (text[at] < '0' || text[at] > '9') return false;
    if (__builtin_mul_overflow(result, int64_t(10), &result) ||
        __builtin_sub_overflow(result, int64_t(text[at] - '0'), &result)) {
      return false;
    }
  }
  if (!negative && __builtin_sub_overflow(int64_t(0), result, &result)) return false;
  value = result;
  return true;
}

// What strtod takes beyond Skein's floats (white space, hexadecimal) is refused first.
bool parse_float(std::string_view text, double& value) {
  char copy[512];
  if (text.empty() || text.size() >= sizeof(copy)) return false;
  const std::string_view digits = text[0] == '-' || text[0] == '+' ? slice(text, 1) : text;
  const bool is_word = digits == "inf" || digits == "NaN";
  for (char c : digits) {
    const bool is_digit = c >= '0' && c <= '9';
    const bool is_mark = c == '.' || c == 'e' || c == 'E' || c == '-' || c == '+';
    if (!is_digit && !is_mark && !is_word) return false;
  }
  memcpy(copy, text.data(), text.size());
  copy[text.size()] = 0;
  char* end = nullptr;
  const double result = strtod(copy, &end);
  if (end != copy + text.size()) return false;
  value = result;
  return true;
}

}  // namespace skein::value
