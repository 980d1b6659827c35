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

SKEIN_INLINE bool equal_text(const char* left, const char* right, size_t size) {
  if (size > kShortText) return memcmp(left, right, size) == 0;
  if (size >= 8) {
    return word_at(left) == word_at(right) &&
           word_at(left + size - 8) == word_at(right + size - 8);
  }
  if (size >= 4) {
    return half_at(left) == half_at(right) &&
           half_at(left + size - 4) == half_at(right + size - 4);
  }
  return size == 0 || (left[0] == right[0] && left[size / 2] == right[size / 2] &&
                       left[size - 1] == right[size - 1]);
}

}  // namespace skein::value
