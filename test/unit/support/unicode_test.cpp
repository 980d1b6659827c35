// UTF-8 and the facts about characters.
#include "compiler/support/unicode.h"

#include <gtest/gtest.h>

namespace skein {
namespace {

TEST(Unicode, DecodesWhatItEncodes) {
  for (char32_t c : {U'a', U'é', U'名', U'\u07FF', U'\uFFFD', U'😀', U'\U0010FFFF'}) {
    std::string text;
    append_utf8(text, c);
    DecodedChar decoded = decode_utf8(text, 0);
    EXPECT_TRUE(decoded.valid);
    EXPECT_EQ(decoded.value, c);
    EXPECT_EQ(decoded.size, text.size());
  }
}

TEST(Unicode, RefusesMalformedText) {
  for (std::string_view text : {"\x80", "\xC0\x80", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80",
                                "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\xC3("}) {
    DecodedChar decoded = decode_utf8(text, 0);
    EXPECT_FALSE(decoded.valid);
    EXPECT_EQ(decoded.size, 1u);
  }
}

TEST(Unicode, NamesAreLettersDigitsAndUnderscores) {
  for (char32_t c : {U'a', U'Z', U'_', U'é', U'ß', U'名', U'ж', U'ا'}) {
    EXPECT_TRUE(is_name_start(c)) << code_point_name(c);
  }
  for (char32_t c : {U'0', U'\u0301'}) {
    EXPECT_FALSE(is_name_start(c));
    EXPECT_TRUE(is_name_part(c));
  }
  for (char32_t c : {U' ', U'-', U'“', U'×', U'→', U'\u200B', U'\u3000', U'😀', U'\uFF08'}) {
    EXPECT_FALSE(is_name_part(c)) << code_point_name(c);
  }
}

TEST(Unicode, KnowsHowWideCharactersAre) {
  EXPECT_EQ(display_width(U'a'), 1u);
  EXPECT_EQ(display_width(U'é'), 1u);
  EXPECT_EQ(display_width(U'名'), 2u);
  EXPECT_EQ(display_width(U'😀'), 2u);
  EXPECT_EQ(display_width(U'\u0301'), 0u);
}

}  // namespace
}  // namespace skein
