// Looking through tables of maps.
#include "runtime/value/table.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace skein::value {

static uint64_t word(uint64_t hash, uint64_t number) { return hash << 32 | number; }

// One word after the other, as stdlib/core/map.sk says it.
static int64_t probe_slowly(const std::vector<uint64_t>& words, int64_t at, uint32_t hash) {
  const int64_t size = static_cast<int64_t>(words.size());
  while (true) {
    const uint64_t found = words[static_cast<size_t>(at)];
    if (found == 0 || found >> 32 == hash) return at;
    at = (at + 1) % size;
  }
}

// As the core library enters it: at the first free place from its home on.
static void enter(std::vector<uint64_t>& words, uint64_t hash, uint64_t number) {
  size_t at = hash % words.size();
  while (words[at] != 0) at = (at + 1) % words.size();
  words[at] = word(hash, number);
}

TEST(Table, FindsTheFirstWordThatEndsTheSearch) {
  uint64_t seed = 1;
  auto random = [&](uint64_t below) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % below;
  };
  // Few hashes, so that some agree and clusters are long. The highest ones are used too.
  auto random_hash = [&] { return uint32_t(0) - static_cast<uint32_t>(random(40)); };
  for (int round = 0; round < 2000; ++round) {
    const int64_t size = kLeastWords << random(4);
    std::vector<uint64_t> words(static_cast<size_t>(size));
    const uint64_t count = random(words.size());
    for (uint64_t i = 1; i <= count; ++i) enter(words, random_hash(), i);
    for (int i = 0; i < 40; ++i) {
      const uint32_t hash = random_hash();
      // From its home, and from behind each word that was no match, as a search goes.
      int64_t at = hash % size;
      while (true) {
        const int64_t found = probe(words.data(), size, at, hash);
        ASSERT_EQ(found, probe_slowly(words, at, hash));
        if (words[static_cast<size_t>(found)] == 0) break;
        at = (found + 1) % size;
      }
    }
  }
}

TEST(Table, AHashOfNothingIsNoEmptyWord) {
  const std::vector<uint64_t> words = {word(5, 1), word(0, 2), 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(probe(words.data(), kLeastWords, 0, 0), 1);
  EXPECT_EQ(probe(words.data(), kLeastWords, 0, 5), 0);
  EXPECT_EQ(probe(words.data(), kLeastWords, 1, 5), 2);
}

}  // namespace skein::value
