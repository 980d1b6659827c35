// Chars and their bytes. A str always holds valid UTF-8: literals are checked by the compiler, and
// what comes from outside is repaired before it becomes a str.
#pragma once

#include <cstddef>
#include <cstdint>

namespace skein::value {

constexpr uint32_t kReplacement = 0xFFFD;

// True for every byte but the second to fourth of a char.
inline bool starts_char(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

// The char at `text`, which must be the start of one in valid UTF-8; `length` becomes its bytes.
uint32_t decode(const char* text, size_t& length);

// Writes a char as one to four bytes and gives how many.
size_t encode(uint32_t character, char* text);

size_t count_chars(const char* text, size_t size);

// How many bytes at `text` form a valid char; 0 if they do not.
size_t valid_char(const char* text, size_t size);

// Simple case mapping, one char to one char: Latin, Greek, Cyrillic, Armenian.
uint32_t to_upper(uint32_t character);
uint32_t to_lower(uint32_t character);

bool is_white_space(uint32_t character);

}  // namespace skein::value
