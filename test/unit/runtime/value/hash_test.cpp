// Hashes of text: what they depend on.
#include "runtime/value/hash.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

#include "runtime/value/str.h"

namespace skein::value {

// Of a str with this text.
static uint64_t hash_of(std::string_view text, uint64_t seed) {
  Buffer* str = new_str(text);
  const uint64_t found = hash(str, seed);
  release(str);
  return found;
}

TEST(Hash, EveryByteAndTheLengthCount) {
  std::set<uint64_t> seen;
  for (size_t length = 0; length <= 40; ++length) {
    std::string text(length, 'a');
    EXPECT_TRUE(seen.insert(hash_of(text, 1)).second) << length;
    for (size_t i = 0; i < length; ++i) {
      std::string other = text;
      other[i] = 'b';
      EXPECT_TRUE(seen.insert(hash_of(other, 1)).second) << length << " " << i;
    }
  }
  EXPECT_NE(hash_of("a", 1), hash_of(std::string_view("a\0", 2), 1));
}

// What lies behind a short text is read with it.
TEST(Hash, NothingButTheTextCounts) {
  for (size_t length = 1; length <= 40; ++length) {
    Buffer* long_one = new_str("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz");
    long_one->length = static_cast<int64_t>(length);
    EXPECT_EQ(hash(long_one, 3), hash_of(text_of(long_one), 3)) << length;
    release(long_one);
  }
}

TEST(Hash, TheSeedCounts) {
  for (const char* text : {"", "a", "abcd", "abcdefgh", "abcdefghijklmnopqrstuvwxyz"}) {
    EXPECT_EQ(hash_of(text, 7), hash_of(text, 7));
    EXPECT_NE(hash_of(text, 7), hash_of(text, 8));
  }
}

}  // namespace skein::value
