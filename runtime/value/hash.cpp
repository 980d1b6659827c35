// See hash.h.
#include "runtime/value/hash.h"

#include "runtime/base/platform.h"
#include "runtime/value/short_text.h"

namespace skein::value {

uint64_t hash_secret = 0x9E3779B97F4A7C15u;

static constexpr uint64_t kFirst = 0xA0761D6478BD642Fu;
static constexpr uint64_t kSecond = 0xE7037ED1A0B428DBu;

// Multiply to 128 bits and fold.
static uint64_t mix(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

void make_hash_secret() {
  hash_secret = mix(base::random_seed() ^ kFirst, kSecond);
}

// Both factors of each product depend on the seed: text that makes one of them zero, whatever the
// other is, cannot be chosen without it.
uint64_t hash(const Buffer* str, uint64_t seed) {
  const char* at = data_of(str);
  size_t left = static_cast<size_t>(str->length);
  uint64_t state = mix(seed ^ kFirst, kSecond ^ left);
  uint64_t low = 0;
  uint64_t high = 0;
  if (is_short(left)) {
    const __m128i text = short_text(at, left);
    low = static_cast<uint64_t>(_mm_cvtsi128_si64(text));
    high = static_cast<uint64_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(text, text)));
  } else if (left > 0) {
    for (; left > kShortText; left -= kShortText, at += kShortText) {
      state = mix(word_at(at) ^ state, word_at(at + 8) ^ seed ^ kSecond);
    }
    low = word_at(at + left - 16);
    high = word_at(at + left - 8);
  }
  return mix(mix(low ^ state, high ^ seed ^ kSecond) ^ kFirst, state ^ kSecond);
}

}  // namespace skein::value
