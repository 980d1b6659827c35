// The operations of builtins.def on values, numbers and cells.
#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "compiler/interpret/format.h"
#include "compiler/interpret/machine.h"
#include "compiler/support/check.h"

namespace skein::interpret {

using sir::Inst;
using types::Builtin;
using types::TypeKind;

void Machine::builtin(const Inst& inst) {
  if (value_builtin(inst) || number_builtin(inst) || array_builtin(inst) || text_builtin(inst) ||
      atomic_builtin(inst) || place_builtin(inst) || panic_builtin(inst) || task_builtin(inst)) {
    return;
  }
  refuse("uses `" + std::string(types::builtin_name(inst.builtin)) + "`");
}

// ---- values --------------------------------------------------------------------------------

static std::string shown(const Value& value, TypeKind kind, const FormatSpec& spec) {
  switch (kind) {
    case TypeKind::Str: return str_text(value.str(), spec);
    case TypeKind::Char: return char_text(static_cast<uint32_t>(value.bits), spec);
    case TypeKind::Bool: return bool_text(value.bits != 0, spec);
    case TypeKind::F32: return float_text(value.number, spec, true);
    case TypeKind::Float: return float_text(value.number, spec, false);
    case TypeKind::Duration:
    case TypeKind::Instant: return duration_text(static_cast<int64_t>(value.bits), spec);
    case TypeKind::Unit:
    case TypeKind::Never: return "()";
    default: break;
  }
  SKEIN_CHECK(types::is_integer(kind), "a type that expand_glue should have written out");
  __int128 number = number_of(kind, value.bits);
  return integer_text(number < 0, static_cast<uint64_t>(number < 0 ? -number : number), spec);
}

void Machine::show(const Inst& inst) {
  FormatSpec spec = read_spec(read(inst.operands[2]).str());
  append_text(inst.operands[1], shown(read(inst.operands[0]), kind_of(inst.operands[0]), spec));
}

// Any function of value and seed would do: programs cannot foretell what it gives.
void Machine::hash(const Inst& inst) {
  Value value = read(inst.operands[0]);
  uint64_t hash = bits(inst.operands[1]) ^ 0xcbf29ce484222325u;
  auto add = [&](uint64_t part) { hash = (hash ^ part) * 0x100000001b3u; };
  if (value.kind == Value::Kind::Text) {
    for (char c : value.str()) add(static_cast<unsigned char>(c));
  } else {
    for (int i = 0; i < 64; i += 8) add(value.bits >> i & 0xff);
  }
  set_bits(inst, hash);
}

// Looks at a word after the other: the first that ends the search of a map.
void Machine::probe_table(const Inst& inst) {
  Value table = read(inst.operands[0]);
  uint64_t at = bits(inst.operands[1]);
  uint64_t hash = bits(inst.operands[2]);
  auto word = [&] { return part_of(&table, at, false)->bits; };
  while (word() != 0 && word() >> 32 != hash) at = (at + 1) & (table.size() - 1);
  set_bits(inst, at);
}

void Machine::print(const Inst& inst) {
  if (!print_hook_) return refuse("prints");
  std::string text = read(inst.operands[0]).str();
  if (bits(inst.operands[1]) != 0) text += '\n';
  print_hook_(bits(inst.operands[2]), text);
}

bool Machine::value_builtin(const Inst& inst) {
  switch (inst.builtin) {
    case Builtin::Show:
      return show(inst), true;
    case Builtin::Equal:
    case Builtin::Compare: {
      TypeKind kind = kind_of(inst.operands[0]);
      Value left = read(inst.operands[0]);
      Value right = read(inst.operands[1]);
      // NaN equals nothing.
      if (inst.builtin == Builtin::Equal && types::is_float(kind)) {
        return set_bits(inst, left.number == right.number), true;
      }
      int order = compare(left, right, has_sign(kind));
      bool is_equal = inst.builtin == Builtin::Equal;
      return set_bits(inst, is_equal ? order == 0 : static_cast<uint64_t>(int64_t{order})), true;
    }
    case Builtin::HashValue:
      return hash(inst), true;
    case Builtin::HashSeed:
      if (!print_hook_) return false;   // the value of a constant cannot depend on it
      return set_bits(inst, 0), true;
    case Builtin::TableProbe:
      return probe_table(inst), true;
    case Builtin::Print:
      return print(inst), true;
    case Builtin::ProcessExit:
      if (!print_hook_) return false;
      stop(Outcome::State::Exited, "");
      outcome_->value = read(inst.operands[0]);
      return true;
    default:
      return false;
  }
}

// ---- numbers -------------------------------------------------------------------------------

bool Machine::number_builtin(const Inst& inst) {
  if (inst.operands.empty()) return false;
  TypeKind kind = kind_of(inst.operands[0]);
  auto number = [&](size_t i) { return number_of(kind_of(inst.operands[i]), bits(inst.operands[i])); };
  auto decide = [&](__int128 value) { set_bits(inst, !fits(kind, value)); };
  switch (inst.builtin) {
    case Builtin::AddOverflows: return decide(number(0) + number(1)), true;
    case Builtin::SubOverflows: return decide(number(0) - number(1)), true;
    case Builtin::MulOverflows: return decide(multiply(number(0), number(1))), true;
    case Builtin::WrapTo: return set_bits(inst, wrap(kind_of_dest(inst), number(0))), true;
    case Builtin::SaturateTo: {
      TypeKind to = kind_of_dest(inst);
      bool is_float = types::is_float(kind);
      double real = is_float ? read(inst.operands[0]).number : 0;
      return set_bits(inst, is_float ? saturate(to, real) : saturate(to, number(0))), true;
    }
    case Builtin::CountOnes:
    case Builtin::LeadingZeros:
    case Builtin::TrailingZeros: {
      unsigned unused = 64 - width(kind);
      uint64_t value = bits(inst.operands[0]) << unused >> unused;
      int ones = std::popcount(value);
      int leading = std::countl_zero(value) - static_cast<int>(unused);
      int trailing = value == 0 ? static_cast<int>(width(kind)) : std::countr_zero(value);
      return set_bits(inst, static_cast<uint64_t>(inst.builtin == Builtin::CountOnes ? ones
                            : inst.builtin == Builtin::LeadingZeros ? leading : trailing)), true;
    }
    case Builtin::DurationNanos:
    case Builtin::DurationFromNanos:
    case Builtin::InstantNanos:
    case Builtin::InstantFromNanos: return set_bits(inst, bits(inst.operands[0])), true;
    default: return float_builtin(inst);
  }
}

bool Machine::float_builtin(const Inst& inst) {
  bool is_narrow = kind_of(inst.operands[0]) == TypeKind::F32;
  auto x = [&] { return read(inst.operands[0]).number; };
  // Where an f32 would be rounded otherwise than the double rounded once more, C has a function.
  auto give = [&](double wide) {
    set(inst, Value::of_number(is_narrow ? static_cast<float>(wide) : wide));
    return true;
  };
  auto f = [&] { return static_cast<float>(x()); };
  switch (inst.builtin) {
    case Builtin::FloatSqrt: return give(std::sqrt(x()));
    case Builtin::FloatAbs: return give(std::fabs(x()));
    case Builtin::FloatFloor: return give(std::floor(x()));
    case Builtin::FloatCeil: return give(std::ceil(x()));
    case Builtin::FloatRound: return give(std::round(x()));
    case Builtin::FloatTrunc: return give(std::trunc(x()));
    case Builtin::FloatSin: return give(is_narrow ? std::sin(f()) : std::sin(x()));
    case Builtin::FloatCos: return give(is_narrow ? std::cos(f()) : std::cos(x()));
    case Builtin::FloatExp: return give(is_narrow ? std::exp(f()) : std::exp(x()));
    case Builtin::FloatLog: return give(is_narrow ? std::log(f()) : std::log(x()));
    case Builtin::FloatPow: {
      double y = read(inst.operands[1]).number;
      return give(is_narrow ? std::pow(f(), static_cast<float>(y)) : std::pow(x(), y));
    }
    default: return false;
  }
}

// ---- places and cells ----------------------------------------------------------------------

bool Machine::place_builtin(const Inst& inst) {
  switch (inst.builtin) {
    case Builtin::PlaceReplace: {
      Value fresh = read(inst.operands[1]);
      Value old = std::exchange(*locate(inst.operands[0].place, true), std::move(fresh));
      return set(inst, std::move(old)), true;
    }
    case Builtin::PlaceSwap: {
      Value* first = locate(inst.operands[0].place, true);
      std::swap(*first, *locate(inst.operands[1].place, true));
      return true;
    }
    case Builtin::CellNew:
      return set(inst, Value::of_one(Value::Kind::Cell, read(inst.operands[0]))), true;
    case Builtin::SharedGet:
      return set(inst, (*read(inst.operands[0]).parts)[0]), true;
    case Builtin::SharedIs:
      return set_bits(inst, read(inst.operands[0]).parts == read(inst.operands[1]).parts), true;
    default:
      return false;
  }
}

bool Machine::atomic_builtin(const Inst& inst) {
  if (inst.builtin == Builtin::AtomicNew) {
    return set(inst, Value::of_one(Value::Kind::Cell, read(inst.operands[0]))), true;
  }
  if (inst.builtin < Builtin::AtomicLoad || inst.builtin > Builtin::AtomicMax) return false;
  Value handle = read(inst.operands[0]);
  Value& cell = handle.own_parts()[0];
  Value before = cell;
  TypeKind kind = module_.types().kind(inst.type_args[0]);
  auto change = [&](auto operation) {
    cell.bits = wrap(kind, operation(number_of(kind, cell.bits),
                                     number_of(kind, bits(inst.operands[1]))));
  };
  switch (inst.builtin) {
    case Builtin::AtomicStore:
      std::swap(cell, *locate(inst.operands[1].place, true));
      return true;
    case Builtin::AtomicSwap:
      cell = read(inst.operands[1]);
      break;
    case Builtin::AtomicAdd:
      change([](__int128 a, __int128 b) { return a + b; });
      break;
    case Builtin::AtomicSub:
      change([](__int128 a, __int128 b) { return a - b; });
      break;
    case Builtin::AtomicAnd:
      change([](__int128 a, __int128 b) { return a & b; });
      break;
    case Builtin::AtomicOr:
      change([](__int128 a, __int128 b) { return a | b; });
      break;
    case Builtin::AtomicXor:
      change([](__int128 a, __int128 b) { return a ^ b; });
      break;
    case Builtin::AtomicMin:
      change([](__int128 a, __int128 b) { return std::min(a, b); });
      break;
    case Builtin::AtomicMax:
      change([](__int128 a, __int128 b) { return std::max(a, b); });
      break;
    case Builtin::AtomicCompareExchange: {
      Value expected = read(inst.operands[1]);
      bool is_equal = cell.bits == expected.bits && cell.parts == expected.parts;
      if (is_equal) std::swap(cell, *locate(inst.operands[2].place, true));
      return set_bits(inst, is_equal), true;
    }
    default:
      break;
  }
  set(inst, std::move(before));
  return true;
}

}  // namespace skein::interpret
