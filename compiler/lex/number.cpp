// Numbers are read in two steps: first the shape (base, digits, fraction, exponent, suffix), then
// the value. Whatever is wrong is reported once and the token is still a number, so the parser
// sees nothing unusual.
#include "compiler/lex/number.h"

#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>

#include "compiler/support/unicode.h"

namespace skein::lex {

using syntax::NumberSuffix;
using syntax::Token;
using syntax::TokenBuffer;
using syntax::TokenKind;
using syntax::WideInt;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static uint32_t digit_value(char c) {
  if (is_digit(c)) return static_cast<uint32_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<uint32_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<uint32_t>(c - 'A' + 10);
  return UINT32_MAX;
}

static std::optional<NumberSuffix> number_suffix(std::string_view text) {
  for (uint32_t i = 0; i <= static_cast<uint32_t>(NumberSuffix::Float); ++i) {
    NumberSuffix suffix = static_cast<NumberSuffix>(i);
    if (text == syntax::suffix_text(suffix)) return suffix;
  }
  return std::nullopt;
}

static bool is_float_suffix(NumberSuffix suffix) {
  return suffix == NumberSuffix::F32 || suffix == NumberSuffix::Float;
}

// Nanoseconds of a duration's unit; 0 for no unit.
static int64_t unit_nanoseconds(std::string_view unit) {
  if (unit == "ns") return 1;
  if (unit == "us" || unit == "µs" || unit == "μs") return 1'000;
  if (unit == "ms") return 1'000'000;
  if (unit == "s") return 1'000'000'000;
  if (unit == "min") return 60'000'000'000;
  if (unit == "h") return 3'600'000'000'000;
  return 0;
}

namespace {

// One number being read.
class NumberReader {
 public:
  NumberReader(std::string_view text, uint32_t at, uint32_t base, TokenBuffer& tokens,
               DiagnosticSink& sink)
      : text_(text), begin_(at), at_(at), base_(base), tokens_(tokens), sink_(sink) {}

  Token read_digits_only() {
    while (is_digit(peek())) ++at_;
    return integer_token(10, slice(begin_, at_), NumberSuffix::None);
  }

  Token read() {
    if (peek() == '0') {
      char marker = peek(1);
      if (marker == 'x' || marker == 'X') return read_based(16, "a hexadecimal");
      if (marker == 'b' || marker == 'B') return read_based(2, "a binary");
      if (marker == 'o' || marker == 'O') return read_based(8, "an octal");
    }
    return read_decimal();
  }

 private:
  char peek(uint32_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  std::string_view slice(uint32_t begin, uint32_t end) const {
    return text_.substr(begin, end - begin);
  }
  Span span(uint32_t begin, uint32_t end) const { return {base_ + begin, base_ + end}; }
  Token token(TokenKind kind, uint32_t value) const { return {kind, value, span(begin_, at_)}; }

  void skip_digits() {
    while (is_digit(peek()) || peek() == '_') ++at_;
  }

  // The letters and digits that touch the number's end.
  std::string_view read_suffix() {
    uint32_t begin = at_;
    while (at_ < text_.size()) {
      DecodedChar c = decode_utf8(text_, at_);
      // The micro sign is a symbol, not a letter, but `µs` is a unit.
      bool is_part = c.valid && (is_name_part(c.value) || c.value == 0xB5);
      if (!is_part) break;
      at_ += c.size;
    }
    return slice(begin, at_);
  }

  Token read_based(uint32_t radix, std::string_view article_base) {
    at_ += 2;
    uint32_t digits_begin = at_;
    while (true) {
      char c = peek();
      // A decimal digit that is too large is a mistake in the digits, not a suffix.
      bool is_part = c == '_' || is_digit(c) || digit_value(c) < radix;
      if (!is_part) break;
      ++at_;
    }
    std::string_view digits = slice(digits_begin, at_);
    uint32_t digits_end = at_;
    std::string_view suffix_words = read_suffix();
    if (digits.find_first_not_of('_') == std::string_view::npos) {
      sink_.report(span(begin_, at_), D::MissingDigits, {slice(begin_, at_)});
      return integer_token(radix, "0", NumberSuffix::None);
    }
    for (uint32_t i = digits_begin; i < digits_end; ++i) {
      if (text_[i] == '_' || digit_value(text_[i]) < radix) continue;
      sink_.report(span(i, i + 1), D::BadDigit, {slice(i, i + 1), article_base});
      return integer_token(radix, "0", NumberSuffix::None);
    }
    std::optional<NumberSuffix> suffix = number_suffix(suffix_words);
    if (!suffix || is_float_suffix(*suffix)) {
      report_suffix(digits_end, article_base);
      suffix = NumberSuffix::None;
    }
    return integer_token(radix, digits, *suffix);
  }

  Token read_decimal() {
    skip_digits();
    uint32_t whole_end = at_;
    bool has_point = peek() == '.' && is_digit(peek(1));
    if (has_point) {
      ++at_;
      skip_digits();
    }
    uint32_t fraction_end = at_;
    bool has_exponent = read_exponent();
    uint32_t digits_end = at_;
    std::string_view suffix_words = read_suffix();
    bool is_float = has_point || has_exponent;

    if (int64_t unit = unit_nanoseconds(suffix_words); unit != 0 && !has_exponent) {
      uint32_t fraction_begin = has_point ? whole_end + 1 : fraction_end;
      return duration_token(slice(begin_, whole_end), slice(fraction_begin, fraction_end), unit);
    }
    std::optional<NumberSuffix> suffix = number_suffix(suffix_words);
    bool fits = suffix && (!is_float || *suffix == NumberSuffix::None || is_float_suffix(*suffix));
    if (!fits) {
      report_suffix(digits_end, is_float ? "a floating-point" : "a");
      suffix = NumberSuffix::None;
    }
    if (is_float || is_float_suffix(*suffix)) {
      return float_token(slice(begin_, digits_end), *suffix);
    }
    return integer_token(10, slice(begin_, digits_end), *suffix);
  }

  // `e3`, `E-10`; only when digits follow, so that `1e` is a wrong suffix and not half a number.
  bool read_exponent() {
    if (peek() != 'e' && peek() != 'E') return false;
    bool has_sign = peek(1) == '+' || peek(1) == '-';
    if (!is_digit(peek(has_sign ? 2 : 1))) return false;
    at_ += has_sign ? 2 : 1;
    skip_digits();
    return true;
  }

  void report_suffix(uint32_t suffix_begin, std::string_view article_kind) {
    std::string_view suffix = slice(suffix_begin, at_);
    Report report =
        sink_.report(span(suffix_begin, at_), D::BadNumberSuffix, {suffix, article_kind});
    if (suffix == "f64" || suffix == "f") {
      report.help("`float` has 64 bits: write `1.5` or `1.5f32`");
    } else if (suffix == "usize" || suffix == "isize" || suffix == "l" || suffix == "L" ||
               suffix == "u" || suffix == "U") {
      report.help("`int` and `uint` have 64 bits: write `1`, `1uint` or `1i64`");
    } else if (suffix == "m" || suffix == "sec" || suffix == "d" || suffix == "day") {
      report.help("units of durations are `ns us ms s min h`");
    } else if (suffix == "e" || suffix == "E") {
      report.help("an exponent has digits: `1e6`");
    } else {
      report.help("suffixes are `i8 i16 i32 i64 int u8 u16 u32 u64 uint f32 float`, "
                  "units of durations `ns us ms s min h`");
    }
  }

  void report_too_large() { sink_.report(span(begin_, at_), D::NumberTooLarge); }

  Token integer_token(uint32_t radix, std::string_view digits, NumberSuffix suffix) {
    static constexpr WideInt kMax = ~WideInt(0);
    WideInt value = 0;
    for (char c : digits) {
      if (c == '_') continue;
      uint32_t digit = digit_value(c);
      if (value > (kMax - digit) / radix) {
        report_too_large();
        value = 0;
        break;
      }
      value = value * radix + digit;
    }
    return token(TokenKind::Int, tokens_.add_int({value, suffix}));
  }

  Token float_token(std::string_view digits, NumberSuffix suffix) {
    std::string plain;
    for (char c : digits) {
      if (c != '_') plain += c;
    }
    // Rounding to f32 at once: by way of double it could be rounded twice.
    double value = suffix == NumberSuffix::F32 ? std::strtof(plain.c_str(), nullptr)
                                               : std::strtod(plain.c_str(), nullptr);
    if (std::isinf(value)) {
      report_too_large();
      value = 0;
    }
    return token(TokenKind::Float, tokens_.add_float({value, suffix}));
  }

  // Exact: `1.5ms` is 1 500 000 ns, with no floating point on the way.
  Token duration_token(std::string_view whole, std::string_view fraction, int64_t unit) {
    static constexpr int64_t kMax = INT64_MAX;
    __int128 total = 0;
    bool too_large = false;
    for (char c : whole) {
      if (c == '_') continue;
      total = total * 10 + (c - '0');
      if (total > kMax) too_large = true;
      if (too_large) total = 0;
    }
    total *= unit;
    std::optional<int64_t> rest = fraction_nanoseconds(fraction, unit);
    total += rest.value_or(0);
    if (too_large || total > kMax) {
      sink_.report(span(begin_, at_), D::DurationTooLarge);
      total = 0;
    } else if (!rest) {
      sink_.report(span(begin_, at_), D::DurationTooFine);
    }
    return token(TokenKind::Duration, tokens_.add_duration(static_cast<int64_t>(total)));
  }

  // Nothing when it is no whole number. 18 digits times the longest unit stay far below 2^127.
  static std::optional<int64_t> fraction_nanoseconds(std::string_view fraction, int64_t unit) {
    __int128 digits = 0;
    __int128 divisor = 1;
    for (char c : fraction.substr(0, fraction.find_last_not_of("0_") + 1)) {
      if (c == '_') continue;
      if (divisor == kMaxDivisor) return std::nullopt;
      digits = digits * 10 + (c - '0');
      divisor *= 10;
    }
    __int128 scaled = digits * unit;
    if (scaled % divisor != 0) return std::nullopt;
    return static_cast<int64_t>(scaled / divisor);
  }

  static constexpr __int128 kMaxDivisor = 1'000'000'000'000'000'000;

  std::string_view text_;
  uint32_t begin_;
  uint32_t at_;
  uint32_t base_;
  TokenBuffer& tokens_;
  DiagnosticSink& sink_;
};

}  // namespace

Token read_number(std::string_view text, uint32_t at, uint32_t base, bool behind_dot,
                  TokenBuffer& tokens, DiagnosticSink& sink) {
  NumberReader reader(text, at, base, tokens, sink);
  return behind_dot ? reader.read_digits_only() : reader.read();
}

}  // namespace skein::lex
