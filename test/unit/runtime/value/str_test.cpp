// Strings: appending, searching, cutting, numbers read from them.
#include "runtime/value/short_text.h"
#include "runtime/value/str.h"
#include "runtime/value/utf8.h"

#include <cstring>
#include <gtest/gtest.h>
#include <string>

namespace skein::value {

// Owns a str for the length of a test.
class Str {
 public:
  explicit Str(Buffer* buffer) : buffer_(buffer) {}
  explicit Str(std::string_view text) : Str(new_str(text)) {}
  ~Str() { release(buffer_); }
  Str(const Str&) = delete;
  Buffer* get() const { return buffer_; }
  Buffer** place() { return &buffer_; }
  std::string text() const { return std::string(text_of(buffer_)); }

 private:
  Buffer* buffer_;
};

TEST(Buffer, EmptyIsNeverCountedNorFreed) {
  Buffer* nothing = empty();
  retain(nothing);
  release(nothing);
  release(nothing);
  EXPECT_EQ(nothing->count, abi::kImmortal);
  EXPECT_FALSE(is_unique(nothing));
}

TEST(Buffer, GrowingIsAmortised) {
  Str str("");
  int growths = 0;
  int64_t bytes = 0;
  for (int i = 0; i < 100'000; ++i) {
    append(str.place(), "x");
    growths += str.get()->bytes != bytes;
    bytes = str.get()->bytes;
  }
  EXPECT_EQ(str.get()->length, 100'000);
  EXPECT_LT(growths, 30);
}

TEST(Str, AppendToASharedOneLeavesTheOtherOwnersAlone) {
  Str first("hello");
  retain(first.get());
  Str second(first.get());
  append(second.place(), " world");
  EXPECT_EQ(first.text(), "hello");
  EXPECT_EQ(second.text(), "hello world");
  EXPECT_TRUE(is_unique(first.get()));
}

TEST(Str, ShortTextsOfAnyLengthAreCopiedAndCompared) {
  const std::string all = "abcdefghijklmnopqrstuvwxyz0123456789";
  for (size_t size = 0; size <= all.size(); ++size) {
    Str str(std::string_view(all).substr(0, size));
    EXPECT_EQ(str.text(), all.substr(0, size));
    EXPECT_TRUE(equal_text(text_of(str.get()).data(), all.data(), size));
    for (size_t at = 0; at < size; ++at) {
      std::string other = all;
      other[at] = '-';
      EXPECT_FALSE(equal_text(text_of(str.get()).data(), other.data(), size)) << size << ' ' << at;
    }
  }
}

TEST(Str, PartsOfAnyLengthStandAlone) {
  const std::string all = "abcdefghijklmnopqrstuvwxyz0123456789";
  Str whole(all);
  for (size_t from = 0; from <= all.size(); ++from) {
    for (size_t to = from; to <= all.size(); ++to) {
      Str part(new_part(text_of(whole.get()), from, to));
      EXPECT_EQ(part.text(), all.substr(from, to - from));
      append(part.place(), "-end");
      EXPECT_EQ(part.text(), all.substr(from, to - from) + "-end");
    }
  }
  EXPECT_EQ(whole.text(), all);
}

TEST(Str, OneByteIsFoundAsLongerTextsAre) {
  const std::string_view text = "a,b,,c";
  EXPECT_EQ(find(text, ",", 0), 1);
  EXPECT_EQ(find(text, ",", 1), 1);
  EXPECT_EQ(find(text, ",", 4), 4);
  EXPECT_EQ(find(text, ",", 5), -1);
  EXPECT_EQ(find(text, ",", 6), -1);
  EXPECT_EQ(find(text, ",", 7), -1);
  EXPECT_EQ(find(text, "", 6), 6);
  EXPECT_EQ(find(text, ",,", 0), 3);
}

TEST(Str, AppendOfItself) {
  Str str("");
  append(str.place(), "0123456789abcdef");
  for (int i = 0; i < 5; ++i) append(str.place(), text_of(str.get()));
  EXPECT_EQ(str.get()->length, 16 * 32);
  EXPECT_EQ(str.text().substr(16 * 31), "0123456789abcdef");
}

TEST(Str, ConcatWithNothingIsTheSameBuffer) {
  Str str("abc");
  Str both(concat(str.get(), empty()));
  EXPECT_EQ(both.get(), str.get());
  EXPECT_EQ(str.get()->count, 2);
}

TEST(Str, BytesThatAreNoUtf8AreRepaired) {
  EXPECT_EQ(Str(new_str_repaired("a\xFF" "b\xC3\xA9\xE2\x82")).text(),
            "a\xEF\xBF\xBD" "b\xC3\xA9\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(valid_char("\xED\xA0\x80", 3), 0u) << "half of a UTF-16 pair";
  EXPECT_EQ(valid_char("\xC0\x80", 2), 0u) << "longer than needed";
  EXPECT_EQ(valid_char("\xF4\x8F\xBF\xBF", 4), 4u);
}

TEST(Str, EveryCharReadsBackAsItWasWritten) {
  for (uint32_t c : {0x24u, 0x7Fu, 0x80u, 0x7FFu, 0x800u, 0xFFFDu, 0x10000u, 0x10FFFFu}) {
    char bytes[4];
    const size_t size = encode(c, bytes);
    size_t length = 0;
    EXPECT_EQ(decode(bytes, length), c);
    EXPECT_EQ(length, size);
    EXPECT_EQ(valid_char(bytes, size), size);
  }
}

TEST(Str, BoundariesLieBetweenChars) {
  const std::string_view text = "aé";
  EXPECT_TRUE(is_boundary(text, 0) && is_boundary(text, 1) && is_boundary(text, 3));
  EXPECT_FALSE(is_boundary(text, 2) || is_boundary(text, 4) || is_boundary(text, -1));
}

TEST(Str, Case) {
  EXPECT_EQ(Str(to_upper(Str("straße éÿ αω дя ąž").get())).text(), "STRAßE ÉŸ ΑΩ ДЯ ĄŽ");
  EXPECT_EQ(Str(to_lower(Str("ÉŸ ΑΩ ДЯ ĄŽ ABC").get())).text(), "éÿ αω дя ąž abc");
}

TEST(Str, TrimTakesWhiteSpaceFromBothEnds) {
  EXPECT_EQ(Str(trim(Str(" \t a b\u00A0\n").get())).text(), "a b");
  EXPECT_EQ(Str(trim(Str("  ").get())).text(), "");
  Str kept("x");
  EXPECT_EQ(Str(trim(kept.get())).get(), kept.get());
}

TEST(Str, ReplaceAndRepeat) {
  EXPECT_EQ(Str(replace(Str("a-b-c").get(), "-", "--")).text(), "a--b--c");
  EXPECT_EQ(Str(repeat(Str("ab").get(), 3)).text(), "ababab");
  EXPECT_EQ(Str(repeat(Str("ab").get(), -1)).text(), "");
}

static std::vector<std::string> parts_of(std::string_view text, std::string_view separator) {
  Str parts(split(Str(text).get(), separator));
  std::vector<std::string> out;
  for (int64_t i = 0; i < parts.get()->length; ++i) {
    Buffer* part = nullptr;
    memcpy(&part, data_of(parts.get()) + i * static_cast<int64_t>(sizeof(part)), sizeof(part));
    out.emplace_back(text_of(part));
    release(part);
  }
  return out;
}

TEST(Str, SplitKeepsEmptyParts) {
  using Parts = std::vector<std::string>;
  EXPECT_EQ(parts_of("a,b,,c", ","), Parts({"a", "b", "", "c"}));
  EXPECT_EQ(parts_of("", ","), Parts({""}));
  EXPECT_EQ(parts_of(",", ","), Parts({"", ""}));
  EXPECT_EQ(parts_of("a--b---c", "--"), Parts({"a", "b", "-c"}));
  EXPECT_EQ(parts_of("a€b", "€"), Parts({"a", "b"}));
}

// Parts of every length, at the ends of vectors and words and across them.
TEST(Str, SplitOfAnyLengthJoinsToWhatItWas) {
  uint64_t seed = 1;
  for (size_t size = 0; size < 300; ++size) {
    std::string text;
    for (size_t i = 0; i < size; ++i) {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      text += seed >> 33 & 7 & size ? 'a' : ',';
    }
    std::string joined;
    for (const std::string& part : parts_of(text, ",")) {
      EXPECT_EQ(part.find(','), std::string::npos);
      joined += part + ",";
    }
    EXPECT_EQ(joined, text + ",");
  }
}

TEST(Str, OrderIsBytewise) {
  EXPECT_EQ(compare("a", "b"), -1);
  EXPECT_EQ(compare("b", "a"), 1);
  EXPECT_EQ(compare("ab", "a"), 1);
  EXPECT_EQ(compare("", ""), 0);
  EXPECT_EQ(compare("z", "é"), -1);
}

TEST(Str, NumbersAreReadExactlyOrNotAtAll) {
  int64_t number = 0;
  EXPECT_TRUE(parse_int("-9223372036854775808", number));
  EXPECT_EQ(number, INT64_MIN);
  EXPECT_TRUE(parse_int("+7", number));
  EXPECT_EQ(number, 7);
  for (const char* text : {"", "-", "9223372036854775808", "1 ", "0x1", "1.0"}) {
    EXPECT_FALSE(parse_int(text, number)) << text;
  }
  double value = 0;
  EXPECT_TRUE(parse_float("-1.5e3", value));
  EXPECT_EQ(value, -1500.0);
  EXPECT_TRUE(parse_float("inf", value));
  for (const char* text : {"", " 1", "1 ", "0x1p3", "nan", "1e", "--1"}) {
    EXPECT_FALSE(parse_float(text, value)) << text;
  }
}

}  // namespace skein::value
