// The values of literals as the lexer reads them and the tree keeps them.
#pragma once

#include <cstdint>

namespace skein::syntax {

// Wide enough for every integer literal; whether it fits its type is asked later.
using WideInt = unsigned __int128;

// The type written behind a number: `1u8`, `2.0f32`.
enum class NumberSuffix : uint8_t {
  None,
  I8,
  I16,
  I32,
  I64,
  Int,
  U8,
  U16,
  U32,
  U64,
  Uint,
  F32,
  Float,
};

// `1u8` → "u8"; "" for None.
const char* suffix_text(NumberSuffix suffix);

// The format of an interpolated value: `${x:*>08.2x}`.
struct FormatSpec {
  enum class Align : uint8_t { Default, Left, Center, Right };
  // `x b o e ?`; Default shows the value as `Show` does.
  enum class Kind : uint8_t { Default, Hex, Binary, Octal, Exponent, Debug };
  static constexpr uint32_t kNoPrecision = UINT32_MAX;

  char32_t fill = U' ';
  Align align = Align::Default;
  bool zero = false;     // pad numbers with zeros, behind the sign
  uint32_t width = 0;    // 0: as wide as the value
  uint32_t precision = kNoPrecision;
  Kind kind = Kind::Default;
};

}  // namespace skein::syntax
