// Looking through the tables of maps (stdlib/core/map.sk), four words at a time.
//
// Where keys of a table with open addressing stand is as good as random. A loop that goes from word to
// word is left after one, two or three, which a processor cannot foresee, and each wrong guess costs more
// than the whole search. Among four words nearly every search ends, without a branch on which one it was.
#pragma once

#include "runtime/base/atomic.h"

#include <cstdint>
#include <emmintrin.h>

namespace skein::value {

// Of a table: a power of two.
constexpr int64_t kLeastWords = 8;

// Where, from `at` on and round the end, the first word stands that has `hash` as its upper half, or that is 0 if such a word
// comes first. One word is 0.
SKEIN_INLINE int64_t probe(const uint64_t* words, int64_t size, int64_t at, uint32_t hash) {
  constexpr int64_t kGroup = 4;
  const __m128i wanted = _mm_set1_epi32(static_cast<int>(hash));
  while (true) {
    const int64_t last = size - kGroup;
    const int64_t begin = at < last ? at : last;
    const __m128i* group = reinterpret_cast<const __m128i*>(words + begin);
    const __m128 first = _mm_castsi128_ps(_mm_loadu_si128(group));
    const __m128 second = _mm_castsi128_ps(_mm_loadu_si128(group + 1));
    // Which of the four have halves like `half`. Those before `at` were not asked for.
    auto places = [&](__m128 halves, __m128i half) {
      const __m128i equal = _mm_cmpeq_epi32(_mm_castps_si128(halves), half);
      return static_cast<unsigned>(_mm_movemask_ps(_mm_castsi128_ps(equal))) >> (at - begin);
    };
    // Of a table that goes round its end the beginning of the same search may stand behind a free word.
    const unsigned ends =
        places(_mm_shuffle_ps(first, second, _MM_SHUFFLE(3, 1, 3, 1)), wanted) |
        places(_mm_shuffle_ps(first, second, _MM_SHUFFLE(2, 0, 2, 0)), _mm_setzero_si128());
    if (SKEIN_LIKELY(ends != 0)) return at + __builtin_ctz(ends);
    at = (begin + kGroup) & (size - 1);
  }
}

}  // namespace skein::value
