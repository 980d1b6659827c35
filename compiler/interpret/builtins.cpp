// The operations of builtins.def on values.
#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

#include "compiler/interpret/machine.h"
#include "compiler/support/check.h"

namespace skein::interpret {

using sir::Inst;
using types::Builtin;
using types::TypeKind;

void Machine::builtin(const Inst& inst) {
  if (value_builtin(inst) || number_builtin(inst) || array_builtin(inst) || text_builtin(inst) ||
      atomic_builtin(inst)) {
    return;
  }
  refuse("uses `" + std::string(types::builtin_name(inst.builtin)) + "`");
}

// ---- values --------------------------------------------------------------------------------

static void append_utf8(std::string& text, uint64_t c) {
  auto add = [&](uint64_t byte) { text += static_cast<char>(byte); };
  if (c < 0x80) return add(c);
  if (c < 0x800) {
    add(0xc0 | c >> 6);
  } else {
    if (c < 0x10000) {
      add(0xe0 | c >> 12);
    } else {
      add(0xf0 | c >> 18);
      add(0x80 | (c >> 12 & 0x3f));
    }
    add(0x80 | (c >> 6 & 0x3f));
  }
  add(0x80 | (c & 0x3f));
}

// The shortest digits that read back as the number; nothing where an exponent would be written.
static std::optional<std::string> float_text(double number, TypeKind kind) {
  double size = std::fabs(number);
  bool is_plain = size == 0 || (size >= 1e-4 && size < 1e15);
  if (!is_plain) return std::nullopt;
  char buffer[64];
  std::to_chars_result end =
      kind == TypeKind::F32
          ? std::to_chars(buffer, buffer + sizeof buffer, static_cast<float>(number),
                          std::chars_format::fixed)
          : std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::fixed);
  std::string text(buffer, end.ptr);
  if (text.find('.') == std::string::npos) text += ".0";
  return text;
}

void Machine::show(const Inst& inst) {
  TypeKind kind = module_.types().kind(inst.type_args[0]);
  Value value = read(inst.operands[0]);
  std::string spec = read(inst.operands[2]).str();
  std::string text;
  bool is_text = kind == TypeKind::Str || kind == TypeKind::Char;
  // Text is quoted with `?`; numbers are shown alike.
  if (!spec.empty() && (spec != "?" || is_text)) return refuse("formats with `:" + spec + "`");
  if (kind == TypeKind::Str) {
    text = value.str();
  } else if (kind == TypeKind::Char) {
    append_utf8(text, value.bits);
  } else if (kind == TypeKind::Bool) {
    text = value.bits != 0 ? "true" : "false";
  } else if (types::is_float(kind)) {
    std::optional<std::string> digits = float_text(value.number, kind);
    if (!digits) return refuse("shows a float of this size");
    text = *digits;
  } else if (types::is_integer(kind)) {
    text = types::is_signed(kind) ? std::to_string(static_cast<int64_t>(value.bits))
                                  : std::to_string(value.bits);
  } else {
    return refuse("shows a value of this type");
  }
  std::string& out = locate(inst.operands[1].place, true)->own_text();
  if (has_room(out.size() + text.size())) out += text;
}

void Machine::assert_(const Inst& inst) {
  if (bits(inst.operands[0]) != 0) return;
  std::string why = read(inst.operands[1]).str();
  panic(why.empty() ? "assertion failed" : "assertion failed: " + why);
}

bool Machine::value_builtin(const Inst& inst) {
  switch (inst.builtin) {
    case Builtin::Show:
      show(inst);
      return true;
    case Builtin::Assert:
      assert_(inst);
      return true;
    case Builtin::Equal:
    case Builtin::Compare: {
      TypeKind kind = kind_of(inst.operands[0]);
      bool is_signed = types::is_integer(kind) && types::is_signed(kind);
      int order = compare(read(inst.operands[0]), read(inst.operands[1]), is_signed);
      bool is_equal = inst.builtin == Builtin::Equal;
      set(inst, Value::of_bits(is_equal ? order == 0 : static_cast<uint64_t>(int64_t{order})));
      return true;
    }
    case Builtin::Print: {
      if (!limits_.allows_effects) {
        refuse("prints");
        return true;
      }
      if (bits(inst.operands[2]) != 1) return true;
      output_ += read(inst.operands[0]).str();
      if (bits(inst.operands[1]) != 0) output_ += '\n';
      return true;
    }
    default:
      return false;
  }
}

// ---- numbers -------------------------------------------------------------------------------

bool Machine::number_builtin(const Inst& inst) {
  if (inst.operands.empty()) return false;
  auto number = [&](size_t i) {
    return number_of(kind_of(inst.operands[i]), bits(inst.operands[i]));
  };
  auto decide = [&](__int128 value) {
    set(inst, Value::of_bits(!fits(kind_of(inst.operands[0]), value)));
  };
  auto real = [&](double value) { set(inst, Value::of_number(value)); };
  auto x = [&] { return read(inst.operands[0]).number; };
  auto give = [&](uint64_t value) { set(inst, Value::of_bits(value)); };
  switch (inst.builtin) {
    case Builtin::AddOverflows: return decide(number(0) + number(1)), true;
    case Builtin::SubOverflows: return decide(number(0) - number(1)), true;
    case Builtin::MulOverflows: return decide(number(0) * number(1)), true;
    case Builtin::WrapTo: {
      TypeKind to = module_.types().kind(sir::place_type(module_, function(), inst.dest));
      return give(wrap(to, number(0))), true;
    }
    case Builtin::SaturateTo: {
      TypeKind to = module_.types().kind(sir::place_type(module_, function(), inst.dest));
      TypeKind from = kind_of(inst.operands[0]);
      return give(types::is_float(from) ? saturate(to, x()) : saturate(to, number(0))), true;
    }
    case Builtin::DurationNanos:
    case Builtin::DurationFromNanos:
    case Builtin::InstantNanos:
    case Builtin::InstantFromNanos: return give(bits(inst.operands[0])), true;
    case Builtin::FloatSqrt: return real(std::sqrt(x())), true;
    case Builtin::FloatAbs: return real(std::fabs(x())), true;
    case Builtin::FloatFloor: return real(std::floor(x())), true;
    case Builtin::FloatCeil: return real(std::ceil(x())), true;
    case Builtin::FloatRound: return real(std::round(x())), true;
    case Builtin::FloatTrunc: return real(std::trunc(x())), true;
    default: return false;
  }
}

// ---- arrays --------------------------------------------------------------------------------

bool Machine::array_builtin(const Inst& inst) {
  if (inst.builtin == Builtin::ArrayWithCapacity) return set(inst, Value::of_parts({})), true;
  if (inst.builtin < Builtin::ArrayLen || inst.builtin > Builtin::ArrayForgetBefore) return false;
  if (inst.builtin == Builtin::ArrayLen) {
    set(inst, Value::of_bits(read(inst.operands[0]).size()));
    return true;
  }
  auto elements = [&]() -> std::vector<Value>& {
    Value* array = locate(inst.operands[0].place, true);
    if (array->kind == Value::Kind::Unset) array->kind = Value::Kind::Parts;
    return array->own_parts();
  };
  switch (inst.builtin) {
    case Builtin::ArrayPush: {
      Value value = read(inst.operands[1]);
      if (has_room(elements().size() + 1)) elements().push_back(std::move(value));
      return true;
    }
    case Builtin::ArrayPop: {
      if (elements().empty()) return set(inst, Value::of_parts({}, 0)), true;
      Value last = std::move(elements().back());
      elements().pop_back();
      set(inst, Value::of_parts({std::move(last)}, 1));
      return true;
    }
    case Builtin::ArraySwap: {
      uint64_t i = bits(inst.operands[1]);
      uint64_t j = bits(inst.operands[2]);
      size_t size = elements().size();
      if (i >= size || j >= size) return panic("index is out of bounds"), true;
      std::swap(elements()[i], elements()[j]);
      return true;
    }
    case Builtin::ArrayClear:
      elements().clear();
      return true;
    case Builtin::ArraySlice: {
      Value array = read(inst.operands[0]);
      uint64_t from = bits(inst.operands[1]);
      uint64_t to = bits(inst.operands[2]);
      if (from > to || to > array.size()) return panic("slice is out of bounds"), true;
      std::vector<Value> part;
      for (uint64_t i = from; i < to; ++i) part.push_back((*array.parts)[i]);
      set(inst, Value::of_parts(std::move(part)));
      return true;
    }
    case Builtin::ArrayInsert: {
      uint64_t at = bits(inst.operands[1]);
      Value value = read(inst.operands[2]);
      if (at > elements().size()) return panic("index is out of bounds"), true;
      if (!has_room(elements().size() + 1)) return true;
      elements().insert(elements().begin() + static_cast<ptrdiff_t>(at), std::move(value));
      return true;
    }
    case Builtin::ArrayRemove: {
      uint64_t at = bits(inst.operands[1]);
      if (at >= elements().size()) return panic("index is out of bounds"), true;
      Value value = std::move(elements()[at]);
      elements().erase(elements().begin() + static_cast<ptrdiff_t>(at));
      set(inst, std::move(value));
      return true;
    }
    case Builtin::ArrayTakeAt: {
      Value value = std::move(elements()[bits(inst.operands[1])]);
      set(inst, std::move(value));
      return true;
    }
    case Builtin::ArrayForgetBefore: {
      ptrdiff_t count = static_cast<ptrdiff_t>(bits(inst.operands[1]));
      elements().erase(elements().begin(), elements().begin() + count);
      return true;
    }
    default:
      return false;
  }
}

// ---- text ----------------------------------------------------------------------------------

static bool starts_scalar(const std::string& text, uint64_t at) {
  return at == text.size() || (static_cast<unsigned char>(text[at]) & 0xc0) != 0x80;
}

bool Machine::text_builtin(const Inst& inst) {
  auto text = [&](size_t i) { return read(inst.operands[i]).str(); };
  auto give_text = [&](std::string value) {
    if (has_room(value.size())) set(inst, Value::of_text(std::move(value)));
  };
  auto append = [&](const std::string& more) {
    std::string& out = locate(inst.operands[0].place, true)->own_text();
    if (has_room(out.size() + more.size())) out += more;
  };
  switch (inst.builtin) {
    case Builtin::StrLen:
      set(inst, Value::of_bits(text(0).size()));
      return true;
    case Builtin::StrConcat:
      give_text(text(0) + text(1));
      return true;
    case Builtin::StrAppend: {
      locate(inst.operands[0].place, true)->kind = Value::Kind::Text;
      append(text(1));
      return true;
    }
    case Builtin::StrPushChar: {
      std::string scalar;
      append_utf8(scalar, bits(inst.operands[1]));
      append(scalar);
      return true;
    }
    case Builtin::StrSlice: {
      std::string whole = text(0);
      uint64_t from = bits(inst.operands[1]);
      uint64_t to = bits(inst.operands[2]);
      bool is_inside = from <= to && to <= whole.size();
      if (!is_inside || !starts_scalar(whole, from) || !starts_scalar(whole, to)) {
        return panic("slice is out of bounds"), true;
      }
      give_text(whole.substr(from, to - from));
      return true;
    }
    case Builtin::StrByteAt: {
      std::string whole = text(0);
      uint64_t at = bits(inst.operands[1]);
      if (at >= whole.size()) return panic("index is out of bounds"), true;
      set(inst, Value::of_bits(static_cast<unsigned char>(whole[at])));
      return true;
    }
    case Builtin::StrFind: {
      size_t found = text(0).find(text(1), bits(inst.operands[2]));
      set(inst, Value::of_bits(found == std::string::npos ? ~uint64_t{0} : found));
      return true;
    }
    case Builtin::StrCharWidth: {
      std::string scalar;
      append_utf8(scalar, bits(inst.operands[0]));
      set(inst, Value::of_bits(scalar.size()));
      return true;
    }
    case Builtin::StrRepeat: {
      std::string part = text(0);
      int64_t count = static_cast<int64_t>(bits(inst.operands[1]));
      if (count < 0) return panic("a count below zero"), true;
      if (!part.empty() && !has_room(static_cast<size_t>(count))) return true;
      if (!has_room(part.size() * static_cast<size_t>(part.empty() ? 0 : count))) return true;
      std::string whole;
      for (int64_t i = 0; i < count && !part.empty(); ++i) whole += part;
      give_text(std::move(whole));
      return true;
    }
    default:
      return false;
  }
}

// ---- atomics -------------------------------------------------------------------------------

bool Machine::atomic_builtin(const Inst& inst) {
  if (inst.builtin == Builtin::AtomicNew) {
    Value cell = Value::of_parts({read(inst.operands[0])});
    cell.kind = Value::Kind::Cell;
    set(inst, std::move(cell));
    return true;
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
      cell = read(inst.operands[1]);
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
      bool is_equal = cell.bits == bits(inst.operands[1]);
      if (is_equal) cell = read(inst.operands[2]);
      set(inst, Value::of_bits(is_equal));
      return true;
    }
    default:
      break;
  }
  set(inst, std::move(before));
  return true;
}

}  // namespace skein::interpret
