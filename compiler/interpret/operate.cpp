// Arithmetic and conversions, checked as the compiled program checks them.
#include <algorithm>
#include <cmath>
#include <optional>

#include "compiler/interpret/format.h"
#include "compiler/interpret/machine.h"
#include "compiler/support/check.h"

namespace skein::interpret {

using sir::BinaryOp;
using sir::Inst;
using sir::UnaryOp;
using types::TypeKind;

bool has_sign(TypeKind kind) {
  return kind == TypeKind::Duration || kind == TypeKind::Instant ||
         (types::is_integer(kind) && types::is_signed(kind));
}

unsigned width(TypeKind kind) {
  if (types::is_integer(kind)) return types::bit_width(kind);
  if (kind == TypeKind::Bool) return 1;
  return kind == TypeKind::Char ? 32 : 64;
}

uint64_t wrap(TypeKind kind, __int128 value) {
  unsigned unused = 64 - width(kind);
  uint64_t high = static_cast<uint64_t>(value) << unused;
  if (has_sign(kind)) return static_cast<uint64_t>(static_cast<int64_t>(high) >> unused);
  return high >> unused;
}

__int128 number_of(TypeKind kind, uint64_t bits) {
  uint64_t wrapped = wrap(kind, bits);
  return has_sign(kind) ? __int128{static_cast<int64_t>(wrapped)} : __int128{wrapped};
}

bool fits(TypeKind kind, __int128 value) { return number_of(kind, wrap(kind, value)) == value; }

uint64_t saturate(TypeKind kind, __int128 value) {
  unsigned bits = has_sign(kind) ? width(kind) - 1 : width(kind);
  __int128 high = (__int128{1} << bits) - 1;
  __int128 low = has_sign(kind) ? -high - 1 : 0;
  return wrap(kind, std::min(std::max(value, low), high));
}

uint64_t saturate(TypeKind kind, double value) {
  if (std::isnan(value)) return 0;
  // Beyond what any integer type holds, so that the number itself does not matter.
  constexpr double kFar = 1e30;
  return saturate(kind, static_cast<__int128>(std::min(std::max(value, -kFar), kFar)));
}

__int128 multiply(__int128 a, __int128 b) {
  return static_cast<__int128>(static_cast<unsigned __int128>(a) *
                               static_cast<unsigned __int128>(b));
}

void Machine::set_integer(const Inst& inst, TypeKind kind, __int128 value,
                          const char* operation) {
  if (!fits(kind, value)) return panic_with("integer overflow in %s", operation);
  set_bits(inst, wrap(kind, value));
}

void Machine::unary(const Inst& inst) {
  TypeKind kind = kind_of(inst.operands[0]);
  Value operand = read(inst.operands[0]);
  switch (inst.unary) {
    case UnaryOp::Neg:
      if (types::is_float(kind)) return set(inst, Value::of_number(-operand.number));
      return set_integer(inst, kind, -number_of(kind, operand.bits), "negation");
    case UnaryOp::Not:
      return set_bits(inst, operand.bits ^ 1);
    case UnaryOp::BitNot:
      return set_bits(inst, wrap(kind, ~number_of(kind, operand.bits)));
  }
}

void Machine::float_binary(const Inst& inst, TypeKind kind, double a, double b) {
  auto give = [&](double value) {
    bool is_narrow = kind == TypeKind::F32;
    set(inst, Value::of_number(is_narrow ? static_cast<float>(value) : value));
  };
  auto decide = [&](bool value) { set(inst, Value::of_bits(value)); };
  switch (inst.binary) {
    case BinaryOp::Add: return give(a + b);
    case BinaryOp::Sub: return give(a - b);
    case BinaryOp::Mul: return give(a * b);
    case BinaryOp::Div: return give(a / b);
    case BinaryOp::Rem: return give(std::fmod(a, b));
    case BinaryOp::Eq: return decide(a == b);
    case BinaryOp::Ne: return decide(a != b);
    case BinaryOp::Lt: return decide(a < b);
    case BinaryOp::Le: return decide(a <= b);
    case BinaryOp::Gt: return decide(a > b);
    case BinaryOp::Ge: return decide(a >= b);
    default: SKEIN_UNREACHABLE("an operator that floats do not have");
  }
}

void Machine::shift(const Inst& inst, TypeKind kind, __int128 number, __int128 count) {
  if (count < 0 || count >= width(kind)) {
    return panic_with("shift by %lld is out of range for %u bits", static_cast<long long>(count),
                      width(kind));
  }
  unsigned by = static_cast<unsigned>(count);
  bool is_left = inst.binary == BinaryOp::Shl;
  uint64_t moved = wrap(kind, static_cast<__int128>(static_cast<unsigned __int128>(number) << by));
  set_bits(inst, is_left ? moved : wrap(kind, number >> by));
}

void Machine::divide(const Inst& inst, TypeKind kind, __int128 a, __int128 b) {
  if (b == 0) return panic("division by zero");
  if (inst.binary == BinaryOp::Div) return set_integer(inst, kind, a / b, "division");
  // The quotient has to fit, as in the compiled program.
  if (!fits(kind, a / b)) return panic("integer overflow in remainder");
  set_bits(inst, wrap(kind, a % b));
}

void Machine::binary(const Inst& inst) {
  TypeKind kind = kind_of(inst.operands[0]);
  Value left = read(inst.operands[0]);
  Value right = read(inst.operands[1]);
  if (types::is_float(kind)) return float_binary(inst, kind, left.number, right.number);
  integer_binary(inst, kind, number_of(kind, left.bits),
                 number_of(kind_of(inst.operands[1]), right.bits));
}

void Machine::integer_binary(const Inst& inst, TypeKind kind, __int128 a, __int128 b) {
  auto give = [&](__int128 value) { set_bits(inst, wrap(kind, value)); };
  auto decide = [&](bool value) { set_bits(inst, value); };
  switch (inst.binary) {
    case BinaryOp::Add: return set_integer(inst, kind, a + b, "addition");
    case BinaryOp::Sub: return set_integer(inst, kind, a - b, "subtraction");
    case BinaryOp::Mul: return set_integer(inst, kind, multiply(a, b), "multiplication");
    case BinaryOp::Div:
    case BinaryOp::Rem: return divide(inst, kind, a, b);
    case BinaryOp::WrapAdd: return give(a + b);
    case BinaryOp::WrapSub: return give(a - b);
    case BinaryOp::WrapMul: return give(multiply(a, b));
    case BinaryOp::And: return give(a & b);
    case BinaryOp::Or: return give(a | b);
    case BinaryOp::Xor: return give(a ^ b);
    case BinaryOp::Shl:
    case BinaryOp::Shr: return shift(inst, kind, a, b);
    case BinaryOp::Eq: return decide(a == b);
    case BinaryOp::Ne: return decide(a != b);
    case BinaryOp::Lt: return decide(a < b);
    case BinaryOp::Le: return decide(a <= b);
    case BinaryOp::Gt: return decide(a > b);
    case BinaryOp::Ge: return decide(a >= b);
  }
}

// What a float is as an integer of the type; nothing if it does not fit.
static std::optional<__int128> whole_number(TypeKind kind, double number) {
  // Beyond this nothing fits, and neither would the conversion below.
  bool is_near = number > -1e19 && number < 2e19;
  if (!is_near || !fits(kind, static_cast<__int128>(number))) return std::nullopt;
  return static_cast<__int128>(number);
}

void Machine::convert(const Inst& inst) {
  TypeKind from = kind_of(inst.operands[0]);
  TypeKind to = kind_of_dest(inst);
  Value operand = read(inst.operands[0]);
  if (from == to) return set(inst, std::move(operand));
  __int128 number = types::is_float(from) ? 0 : number_of(from, operand.bits);
  if (types::is_float(to)) {
    // Rounded once: a double in between would round some numbers twice.
    if (!types::is_float(from)) {
      operand.number = to == TypeKind::F32 ? static_cast<float>(number)
                                           : static_cast<double>(number);
    }
    if (to == TypeKind::F32) operand.number = static_cast<float>(operand.number);
    return set(inst, Value::of_number(operand.number));
  }
  std::string type_name =
      module_.program->type_name(sir::place_type(module_, function(), inst.dest));
  if (types::is_float(from)) {
    std::optional<__int128> whole = whole_number(to, operand.number);
    if (!whole) {
      return panic(float_text(operand.number, FormatSpec(), false) + " does not fit in " +
                   type_name);
    }
    return set_bits(inst, wrap(to, *whole));
  }
  bool is_surrogate = number >= 0xd800 && number < 0xe000;
  bool fits_char = number >= 0 && number < 0x110000 && !is_surrogate;
  if (to == TypeKind::Char ? !fits_char : !fits(to, number)) {
    std::string digits = has_sign(from) ? std::to_string(static_cast<int64_t>(number))
                                        : std::to_string(static_cast<uint64_t>(number));
    return panic(digits + " does not fit in " + type_name);
  }
  set_bits(inst, wrap(to, number));
}

}  // namespace skein::interpret
