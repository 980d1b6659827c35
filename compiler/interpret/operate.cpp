// Arithmetic and conversions, checked as the compiled program checks them.
#include <algorithm>
#include <cmath>

#include "compiler/interpret/machine.h"
#include "compiler/support/check.h"

namespace skein::interpret {

using sir::BinaryOp;
using sir::Inst;
using sir::UnaryOp;
using types::TypeKind;

static bool has_sign(TypeKind kind) {
  return kind == TypeKind::Duration || kind == TypeKind::Instant ||
         (types::is_integer(kind) && types::is_signed(kind));
}

static unsigned width(TypeKind kind) {
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

void Machine::set_integer(const Inst& inst, TypeKind kind, __int128 value) {
  if (!fits(kind, value)) return panic("integer overflow");
  set(inst, Value::of_bits(wrap(kind, value)));
}

void Machine::unary(const Inst& inst) {
  TypeKind kind = kind_of(inst.operands[0]);
  Value operand = read(inst.operands[0]);
  switch (inst.unary) {
    case UnaryOp::Neg:
      if (types::is_float(kind)) return set(inst, Value::of_number(-operand.number));
      return set_integer(inst, kind, -number_of(kind, operand.bits));
    case UnaryOp::Not:
      return set(inst, Value::of_bits(operand.bits ^ 1));
    case UnaryOp::BitNot:
      return set(inst, Value::of_bits(wrap(kind, ~number_of(kind, operand.bits))));
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

void Machine::shift(const Inst& inst, TypeKind kind, const Value& left, const Value& right) {
  __int128 count = number_of(kind_of(inst.operands[1]), right.bits);
  if (count < 0 || count >= width(kind)) return panic("shift count out of range");
  unsigned by = static_cast<unsigned>(count);
  __int128 number = number_of(kind, left.bits);
  bool is_left = inst.binary == BinaryOp::Shl;
  uint64_t moved = wrap(kind, static_cast<unsigned __int128>(number) << by);
  set(inst, Value::of_bits(is_left ? moved : wrap(kind, number >> by)));
}

void Machine::binary(const Inst& inst) {
  TypeKind kind = kind_of(inst.operands[0]);
  Value left = read(inst.operands[0]);
  Value right = read(inst.operands[1]);
  if (types::is_float(kind)) return float_binary(inst, kind, left.number, right.number);
  __int128 a = number_of(kind, left.bits);
  __int128 b = number_of(kind, right.bits);
  auto give = [&](__int128 value) { set(inst, Value::of_bits(wrap(kind, value))); };
  auto decide = [&](bool value) { set(inst, Value::of_bits(value)); };
  switch (inst.binary) {
    case BinaryOp::Add: return set_integer(inst, kind, a + b);
    case BinaryOp::Sub: return set_integer(inst, kind, a - b);
    case BinaryOp::Mul: return set_integer(inst, kind, a * b);
    case BinaryOp::Div:
      return b == 0 ? panic("division by zero") : set_integer(inst, kind, a / b);
    case BinaryOp::Rem:
      if (b == 0) return panic("division by zero");
      // The quotient has to fit, as in the compiled program.
      return fits(kind, a / b) ? give(a % b) : panic("integer overflow");
    case BinaryOp::WrapAdd: return give(a + b);
    case BinaryOp::WrapSub: return give(a - b);
    case BinaryOp::WrapMul: return give(a * b);
    case BinaryOp::And: return give(a & b);
    case BinaryOp::Or: return give(a | b);
    case BinaryOp::Xor: return give(a ^ b);
    case BinaryOp::Shl:
    case BinaryOp::Shr: return shift(inst, kind, left, right);
    case BinaryOp::Eq: return decide(a == b);
    case BinaryOp::Ne: return decide(a != b);
    case BinaryOp::Lt: return decide(a < b);
    case BinaryOp::Le: return decide(a <= b);
    case BinaryOp::Gt: return decide(a > b);
    case BinaryOp::Ge: return decide(a >= b);
  }
}

void Machine::convert(const Inst& inst) {
  TypeKind from = kind_of(inst.operands[0]);
  TypeKind to = module_.types().kind(sir::place_type(module_, function(), inst.dest));
  Value operand = read(inst.operands[0]);
  if (from == to) return set(inst, std::move(operand));
  if (types::is_float(to)) {
    double number = types::is_float(from) ? operand.number
                                          : static_cast<double>(number_of(from, operand.bits));
    if (to == TypeKind::F32) number = static_cast<float>(number);
    return set(inst, Value::of_number(number));
  }
  __int128 number = 0;
  if (types::is_float(from)) {
    // Beyond this nothing fits, and neither would the conversion below.
    bool is_near = operand.number > -1e19 && operand.number < 2e19;
    if (!is_near) return panic("the number does not fit");
    number = static_cast<__int128>(operand.number);
  } else {
    number = number_of(from, operand.bits);
  }
  bool is_surrogate = number >= 0xd800 && number < 0xe000;
  bool fits_char = number >= 0 && number < 0x110000 && !is_surrogate;
  if (to == TypeKind::Char ? !fits_char : !fits(to, number)) {
    return panic("the number does not fit");
  }
  set(inst, Value::of_bits(wrap(to, number)));
}

}  // namespace skein::interpret
