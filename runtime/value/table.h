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
    const __m128i lower = _mm_castps_si128(_mm_shuffle_ps(first, second, _MM_SHUFFLE(2, 0, 2, 0)));
    const __m128i upper = _mm_castps_si128(_mm_shuffle_ps(first, second, _MM_SHUFFLE(3, 1, 3, 1)));
    // Both at once: of a table that goes round its end the beginning of the same search may stand behind a free word.
    const __m128i equal = _mm_or_si128(_mm_cmpeq_epi32(upper, wanted),
                                       _mm_cmpeq_epi32(lower, _mm_setzero_si128()));
    const unsigned places = static_cast<unsigned>(_mm_movemask_ps(_mm_castsi128_ps(equal)));
    // Those before `at` were not asked for.
    const unsigned ends = places >> (at - begin);
    if (SKEIN_LIKELY(ends != 0)) {
      const int64_t found = at + __builtin_ctz(ends);
      // The map's test of the index goes away.
      __builtin_assume(found >= 0 && found < size);
      return found;
    }
    at = (begin + kGroup) & (size - 1);
  }
}

}  // namespace skein::value
