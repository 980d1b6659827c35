// Copying and comparing a few bytes, for which a call of memcpy or memcmp costs more than the work.
#pragma once

#include "runtime/base/atomic.h"

#include <cstdint>
#include <cstring>
#include <emmintrin.h>

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

// Of a short text that is not empty all bytes are read at once, and those behind it: no branch depends on its length, which
// a processor can foresee no better than the texts. So many may be read wherever a text of a buffer begins:
// the memory of buffers is a multiple of 16 bytes, and constants are filled up.

SKEIN_INLINE bool is_short(size_t size) { return size - 1 < kShortText; }

SKEIN_INLINE __m128i bytes_at(const void* at) {
  return _mm_loadu_si128(static_cast<const __m128i*>(at));
}

// With zeros for what is behind it.
SKEIN_INLINE __m128i short_text(const char* at, size_t size) {
  alignas(2 * kShortText) static constexpr uint64_t kOnes[] = {~uint64_t(0), ~uint64_t(0), 0, 0};
  const char* ones = reinterpret_cast<const char*>(kOnes) + kShortText - size;
  return _mm_and_si128(bytes_at(at), bytes_at(ones));
}

// Both are texts of buffers.
SKEIN_INLINE bool equal_text(const char* left, const char* right, size_t size) {
  if (!is_short(size)) return size == 0 || memcmp(left, right, size) == 0;
  const __m128i equal = _mm_cmpeq_epi8(bytes_at(left), bytes_at(right));
  // A bit for each byte; those behind the text are shifted out.
  const uint32_t differ = ~static_cast<uint32_t>(_mm_movemask_epi8(equal));
  return differ << (32 - size) == 0;
}

}  // namespace skein::value
