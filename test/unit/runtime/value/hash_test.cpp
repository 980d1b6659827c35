// Hashes of text: what they depend on.
#include "runtime/value/hash.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace skein::value {

TEST(Hash, EveryByteAndTheLengthCount) {
  std::set<uint64_t> seen;
  for (size_t length = 0; length <= 40; ++length) {
    std::string text(length, 'a');
    EXPECT_TRUE(seen.insert(hash(text, 1)).second) << length;
    for (size_t i = 0; i < length; ++i) {
      std::string other = text;
      other[i] = 'b';
      EXPECT_TRUE(seen.insert(hash(other, 1)).second) << length << " " << i;
    }
  }
  EXPECT_NE(hash("a", 1), hash(std::string_view("a\0", 2), 1));
}

TEST(Hash, TheSeedCounts) {
  for (const char* text : {"", "a", "abcd", "abcdefgh", "abcdefghijklmnopqrstuvwxyz"}) {
    EXPECT_EQ(hash(text, 7), hash(text, 7));
    EXPECT_NE(hash(text, 7), hash(text, 8));
  }
}

}  // namespace skein::value
