// Values while SIR is interpreted: trees whose inner nodes are shared until one is written to.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "compiler/sir/sir.h"

namespace skein::interpret {

struct Value {
  enum class Kind : uint8_t {
    Unset,    // moved away, or never set
    Bits,     // integers, bool, char, times, (): two's complement, extended to 64 bits
    Number,   // float and f32
    Text,     // str
    Parts,    // tuples, structs, ranges, arrays; `variant` of enums, options and results
    Cell,     // an Atomic: one part, which all copies share
    Function, // a value of fn type: `bits` is the function, the part its environment
  };
  Kind kind = Kind::Unset;
  uint32_t variant = 0;
  uint64_t bits = 0;
  double number = 0;
  std::shared_ptr<std::string> text;
  std::shared_ptr<std::vector<Value>> parts;

  static Value of_bits(uint64_t bits);
  static Value of_number(double number);
  static Value of_text(std::string text);
  static Value of_parts(std::vector<Value> parts, uint32_t variant = 0);

  size_t size() const { return parts ? parts->size() : 0; }
  const std::string& str() const;
  // For writing: what others share is copied first.
  std::string& own_text();
  std::vector<Value>& own_parts();
};

// -1, 0 or 1, by the order of `derive(Ord)`. Both are values of one type.
int compare(const Value& a, const Value& b, bool is_signed);

}  // namespace skein::interpret
