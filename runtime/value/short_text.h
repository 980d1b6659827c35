// Copying and comparing a few bytes, for which a call of memcpy or memcmp costs more than the work.
#pragma once

#include "runtime/base/atomic.h"

#include <cstdint>
#include <cstring>

namespace skein::value {

// Longer runs are left to the C library.
constexpr size_t kShortText = 16;

SKEIN_INLINE uint64_t word_at(const char* at) {
  uint64_t word;
  memcpy(&word, at, sizeof(word));
  return word;
}

SKEIN_INLINE uint32_t half_at(const char* at) {
  uint32_t half;
  memcpy(&half, at, sizeof(half));
  return half;
}

// Of runs that have at least a word or half one, the first and the last may overlap.

SKEIN_INLINE void copy_text(char* to, const char* from, size_t size) {
  if (size > kShortText) {
    memcpy(to, from, size);
  } else if (size >= 8) {
    const uint64_t last = word_at(from + size - 8);
    memcpy(to, from, 8);
    memcpy(to + size - 8, &last, 8);
  } else if (size >= 4) {
    const uint32_t last = half_at(from + size - 4);
    memcpy(to, from, 4);
    memcpy(to + size - 4, &last, 4);
  } else if (size > 0) {
    to[0] = from[0];
    to[size / 2] = from[size / 2];
    to[size - 1] = from[size - 1];
  }
}

// A short text that is not empty, as one number: no branch depends on its length, which a processor can foresee no better than
// the texts. So many bytes may be read wherever a text of a buffer begins: the memory of buffers is a
// multiple of 16 bytes, and constants are filled up.
using ShortText = unsigned __int128;
static_assert(sizeof(ShortText) == kShortText);
SKEIN_INLINE ShortText short_text(const char* at, size_t size) {
  ShortText bytes;
  memcpy(&bytes, at, sizeof(bytes));
  return bytes << (8 * (kShortText - size));
}

// Both are texts of buffers.
SKEIN_INLINE bool equal_text(const char* left, const char* right, size_t size) {
  if (size > kShortText) return memcmp(left, right, size) == 0;
  return size == 0 || short_text(left, size) == short_text(right, size);
}

}  // namespace skein::value
