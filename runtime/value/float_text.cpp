// See float_text.h.
//
// The shortest digits are found by writing with 15, 16 and 17 digits and reading back. Where 15
// digits are enough, the shortest form is those without their trailing zeros, since any shorter
// decimal that reads back is also the nearest one of 15 digits. Only subnormal numbers, which have
// fewer than 15 digits to give, are tried from one digit up. (Rejected for now: Ryu and its kin, ten
// times as fast and ten kilobytes of tables.)
#include "runtime/value/float_text.h"

#include <cfloat>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace skein::value {

// A decimal number: 0.d1d2d3… times ten to the `exponent`.
struct Decimal {
  bool negative;
  char digits[24];
  int count;
  int exponent;
};

static bool reads_back(double value, const char* text) { return strtod(text, nullptr) == value; }
static bool reads_back(float value, const char* text) { return strtof(text, nullptr) == value; }

static constexpr int kSureDigits[] = {FLT_DIG, DBL_DIG};
static constexpr int kMostDigits[] = {FLT_DECIMAL_DIG, DBL_DECIMAL_DIG};

template <class Float>
static Decimal shortest(Float value) {
  constexpr int kIndex = sizeof(Float) == sizeof(double) ? 1 : 0;
  const bool subnormal = std::fpclassify(value) == FP_SUBNORMAL;
  char text[40];
  int digits = subnormal ? 1 : kSureDigits[kIndex];
  while (true) {
    snprintf(text, sizeof(text), "%.*e", digits - 1, static_cast<double>(value));
    if (digits == kMostDigits[kIndex] || reads_back(value, text)) break;
    ++digits;
  }
  Decimal decimal = {};
  const char* at = text;
  decimal.negative = *at == '-';
  if (decimal.negative) ++at;
  for (; *at != 'e'; ++at) {
    if (*at != '.') decimal.digits[decimal.count++] = *at;
  }
  decimal.exponent = atoi(at + 1) + 1;
  while (decimal.count > 1 && decimal.digits[decimal.count - 1] == '0') decimal.count--;
  return decimal;
}

static size_t put(char* text, const char* bytes, size_t size) {
  memcpy(text, bytes, size);
  return size;
}

static size_t put_zeros(char* text, int count) {
  memset(text, '0', static_cast<size_t>(count));
  return static_cast<size_t>(count);
}

static size_t put_exponent(const Decimal& decimal, char* text) {
  size_t size = put(text, decimal.digits, 1);
  if (decimal.count > 1) {
    text[size++] = '.';
    size += put(text + size, decimal.digits + 1, static_cast<size_t>(decimal.count - 1));
  }
  return size + static_cast<size_t>(sprintf(text + size, "e%d", decimal.exponent - 1));
}

static size_t put_plain(const Decimal& decimal, char* text) {
  size_t size = 0;
  const int count = decimal.count;
  const int whole = decimal.exponent;
  if (whole <= 0) {
    size += put(text, "0.", 2);
    size += put_zeros(text + size, -whole);
    return size + put(text + size, decimal.digits, static_cast<size_t>(count));
  }
  if (whole >= count) {
    size += put(text, decimal.digits, static_cast<size_t>(count));
    size += put_zeros(text + size, whole - count);
    return size + put(text + size, ".0", 2);
  }
  size += put(text, decimal.digits, static_cast<size_t>(whole));
  text[size++] = '.';
  return size + put(text + size, decimal.digits + whole, static_cast<size_t>(count - whole));
}

// inf and NaN; 0 for numbers.
static size_t put_special(double value, char* text) {
  if (std::isnan(value)) return put(text, "NaN", 3);
  if (!std::isinf(value)) return 0;
  return value < 0 ? put(text, "-inf", 4) : put(text, "inf", 3);
}

template <class Float>
static size_t write_shortest(Float value, char* text, bool with_exponent) {
  const size_t special = put_special(value, text);
  if (special > 0) return special;
  const Decimal decimal = shortest(value);
  size_t size = 0;
  if (decimal.negative) text[size++] = '-';
  const bool plain = !with_exponent && decimal.exponent > -6 && decimal.exponent <= 21;
  return size + (plain ? put_plain(decimal, text + size) : put_exponent(decimal, text + size));
}

size_t shortest_text(double value, char* text) { return write_shortest(value, text, false); }
size_t shortest_text(float value, char* text) { return write_shortest(value, text, false); }

size_t fixed_text(double value, int precision, char* text) {
  const size_t special = put_special(value, text);
  if (special > 0) return special;
  const int size = snprintf(text, kFloatText, "%.*f", precision > 60 ? 60 : precision, value);
  return static_cast<size_t>(size);
}

template <class Float>
static size_t write_exponent(Float value, int precision, char* text) {
  const size_t special = put_special(value, text);
  if (special > 0) return special;
  if (precision < 0) return write_shortest(value, text, true);
  if (precision > 60) precision = 60;
  char digits[kFloatText];
  snprintf(digits, sizeof(digits), "%.*e", precision, static_cast<double>(value));
  // C writes e+05 where we write e5.
  char* mark = strchr(digits, 'e');
  const size_t size = put(text, digits, static_cast<size_t>(mark - digits));
  return size + static_cast<size_t>(sprintf(text + size, "e%d", atoi(mark + 1)));
}

size_t exponent_text(double value, int precision, char* text) {
  return write_exponent(value, precision, text);
}
size_t exponent_text(float value, int precision, char* text) {
  return write_exponent(value, precision, text);
}

}  // namespace skein::value
