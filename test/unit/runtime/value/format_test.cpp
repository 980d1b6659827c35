// Values as text, with and without a format.
#include "runtime/value/float_text.h"
#include "runtime/value/format.h"
#include "runtime/value/str.h"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <random>
#include <string>

namespace skein::value {

static FormatSpec spec(int32_t width, int32_t precision = -1, char align = 0, char kind = 0,
                       bool zero = false, uint32_t fill = 0) {
  return {fill, width, precision, static_cast<uint8_t>(align), static_cast<uint8_t>(zero),
          static_cast<uint8_t>(kind), 0};
}

// What `write` appends to an empty str.
template <class Write>
static std::string text(Write write) {
  Buffer* str = empty();
  write(&str);
  const std::string made(text_of(str));
  release(str);
  return made;
}

static std::string integer(int64_t value, const FormatSpec& form) {
  return text([&](Buffer** place) { format_int(place, value, &form); });
}
static std::string shown(double value) {
  return text([&](Buffer** place) { format_float(place, value, nullptr); });
}
static std::string shown(double value, const FormatSpec& form) {
  return text([&](Buffer** place) { format_float(place, value, &form); });
}
static std::string duration(int64_t nanoseconds) {
  return text([&](Buffer** place) { format_duration(place, nanoseconds, nullptr); });
}

TEST(Format, Integers) {
  EXPECT_EQ(integer(-42, spec(0)), "-42");
  EXPECT_EQ(integer(INT64_MIN, spec(0)), "-9223372036854775808");
  EXPECT_EQ(integer(42, spec(6)), "    42");
  EXPECT_EQ(integer(42, spec(6, -1, '<')), "42    ");
  EXPECT_EQ(integer(42, spec(7, -1, '^', 0, false, '*')), "**42***");
  EXPECT_EQ(integer(-42, spec(6, -1, 0, 0, true)), "-00042");
  EXPECT_EQ(integer(255, spec(0, -1, 0, 'x')), "ff");
  EXPECT_EQ(integer(5, spec(8, -1, 0, 'b', true)), "00000101");
  EXPECT_EQ(integer(-8, spec(0, -1, 0, 'o')), "-10");
  EXPECT_EQ(text([](Buffer** place) { format_uint(place, UINT64_MAX, nullptr); }),
            "18446744073709551615");
}

TEST(Format, FloatsAlwaysShowThatTheyAre) {
  EXPECT_EQ(shown(0.0), "0.0");
  EXPECT_EQ(shown(-0.0), "-0.0");
  EXPECT_EQ(shown(3.0), "3.0");
  EXPECT_EQ(shown(0.1), "0.1");
  EXPECT_EQ(shown(1.0 / 3.0), "0.3333333333333333");
  EXPECT_EQ(shown(100.0), "100.0");
  EXPECT_EQ(shown(123456.789), "123456.789");
  EXPECT_EQ(shown(1e20), "100000000000000000000.0");
  EXPECT_EQ(shown(1e21), "1e21");
  EXPECT_EQ(shown(1.5e-7), "1.5e-7");
  EXPECT_EQ(shown(0.000001), "0.000001");
  EXPECT_EQ(shown(0.0000001), "1e-7");
  EXPECT_EQ(shown(0.00001), "0.00001");
  EXPECT_EQ(shown(5e-324), "5e-324");
  EXPECT_EQ(shown(1.7976931348623157e308), "1.7976931348623157e308");
  EXPECT_EQ(shown(INFINITY), "inf");
  EXPECT_EQ(shown(-INFINITY), "-inf");
  EXPECT_EQ(shown(NAN), "NaN");
  EXPECT_EQ(text([](Buffer** place) { format_f32(place, 0.1f, nullptr); }), "0.1");
  EXPECT_EQ(text([](Buffer** place) { format_f32(place, 16777216.0f, nullptr); }), "16777216.0");
}

TEST(Format, FloatsByTheirForm) {
  EXPECT_EQ(shown(3.14159, spec(0, 2)), "3.14");
  EXPECT_EQ(shown(2.0, spec(0, 0)), "2");
  EXPECT_EQ(shown(-1.5, spec(8, 2, 0, 0, true)), "-0001.50");
  EXPECT_EQ(shown(1234.5, spec(0, -1, 0, 'e')), "1.2345e3");
  EXPECT_EQ(shown(1234.5, spec(0, 1, 0, 'e')), "1.2e3");
  EXPECT_EQ(shown(3.14159, spec(8, 1, '^')), "  3.1   ");
}

TEST(Format, FloatsReadBack) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 20'000; ++i) {
    const uint64_t bits = random();
    double value;
    memcpy(&value, &bits, sizeof(value));
    if (!std::isfinite(value)) continue;
    char buffer[kFloatText];
    const size_t size = shortest_text(value, buffer);
    buffer[size] = 0;
    ASSERT_EQ(strtod(buffer, nullptr), value) << buffer;
    float narrow;
    const uint32_t half = static_cast<uint32_t>(bits);
    memcpy(&narrow, &half, sizeof(narrow));
    if (!std::isfinite(narrow)) continue;
    buffer[shortest_text(narrow, buffer)] = 0;
    ASSERT_EQ(strtof(buffer, nullptr), narrow) << buffer;
  }
}

TEST(Format, TextIsCountedInChars) {
  const FormatSpec wide = spec(5);
  const FormatSpec cut = spec(0, 2);
  const FormatSpec quoted = spec(0, -1, 0, '?');
  EXPECT_EQ(text([&](Buffer** place) { format_str(place, "éa", &wide); }), "éa   ");
  EXPECT_EQ(text([&](Buffer** place) { format_str(place, "éab", &cut); }), "éa");
  EXPECT_EQ(text([&](Buffer** place) { format_str(place, "a\"\n$é\x01", &quoted); }),
            "\"a\\\"\\n\\$é\\u{1}\"");
  EXPECT_EQ(text([&](Buffer** place) { format_char(place, '\'', &quoted); }), "'\\''");
  EXPECT_EQ(text([&](Buffer** place) { format_char(place, 0xE9, nullptr); }), "é");
  EXPECT_EQ(text([&](Buffer** place) { format_bool(place, true, &wide); }), "true ");
}

TEST(Format, Durations) {
  EXPECT_EQ(duration(0), "0s");
  EXPECT_EQ(duration(1'500'000'000), "1.5s");
  EXPECT_EQ(duration(10'000'000), "10ms");
  EXPECT_EQ(duration(180'000'000'000), "180s");
  EXPECT_EQ(duration(2'500), "2.5us");
  EXPECT_EQ(duration(7), "7ns");
  EXPECT_EQ(duration(-1'000'001), "-1.000001ms");
  EXPECT_EQ(duration(INT64_MIN), "-9223372036.854775808s");
}

}  // namespace skein::value
