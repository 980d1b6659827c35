// The operations of builtins.def on arrays and windows.
#include <algorithm>

#include "compiler/interpret/machine.h"

namespace skein::interpret {

using sir::Inst;
using types::Builtin;

// Those of the first operand, to be changed.
std::vector<Value>& Machine::elements(const Inst& inst) {
  Value* array = locate(inst.operands[0].place, true);
  if (array->kind == Value::Kind::Unset) array->kind = Value::Kind::Parts;
  return array->own_parts();
}

bool Machine::check_range(int64_t from, int64_t to, size_t length) {
  uint64_t begin = static_cast<uint64_t>(from);
  uint64_t end = static_cast<uint64_t>(to);
  if (end <= length && begin <= end) return true;
  panic_with("range %lld..%lld is out of bounds for an array of %zu", static_cast<long long>(from),
             static_cast<long long>(to), length);
  return false;
}

bool Machine::array_builtin(const Inst& inst) {
  if (inst.builtin < Builtin::ArrayLen || inst.builtin > Builtin::ArrayForgetBefore) return false;
  switch (inst.builtin) {
    case Builtin::ArrayLen:
      return set_bits(inst, read(inst.operands[0]).size()), true;
    case Builtin::ArrayWithCapacity:
      return set(inst, Value::of_parts({})), true;
    case Builtin::ArrayPush: {
      Value value = read(inst.operands[1]);
      std::vector<Value>& parts = elements(inst);
      if (has_room(parts.size() + 1)) parts.push_back(std::move(value));
      return true;
    }
    case Builtin::ArrayPop: {
      std::vector<Value>& parts = elements(inst);
      if (parts.empty()) return set(inst, Value::of_parts({}, 0)), true;
      Value last = std::move(parts.back());
      parts.pop_back();
      Value some = Value::of_one(Value::Kind::Parts, std::move(last));
      some.variant = 1;
      return set(inst, std::move(some)), true;
    }
    case Builtin::ArrayReserve:
      elements(inst);
      return true;
    case Builtin::ArrayExtend: {
      Value other = read(inst.operands[1]);
      std::vector<Value> copies;
      for (size_t i = 0; i < other.size(); ++i) copies.push_back(*part_of(&other, i, false));
      std::vector<Value>& parts = elements(inst);
      if (!has_room(parts.size() + copies.size())) return true;
      parts.insert(parts.end(), copies.begin(), copies.end());
      return true;
    }
    case Builtin::ArrayTruncate:
    case Builtin::ArrayForgetFrom: {
      std::vector<Value>& parts = elements(inst);
      parts.resize(std::min<size_t>(parts.size(), bits(inst.operands[1])));
      return true;
    }
    case Builtin::ArrayTakeAt: {
      Value value = std::move(elements(inst)[bits(inst.operands[1])]);
      return set(inst, std::move(value)), true;
    }
    case Builtin::ArrayForgetBefore: {
      ptrdiff_t count = static_cast<ptrdiff_t>(bits(inst.operands[1]));
      if (count == 0) return true;
      std::vector<Value>& parts = elements(inst);
      parts.erase(parts.begin(), parts.begin() + count);
      return true;
    }
    default:
      return array_part_builtin(inst);
  }
}

// Those that take a position, which may be wrong.
bool Machine::array_part_builtin(const Inst& inst) {
  auto number = [&](size_t i) { return static_cast<int64_t>(bits(inst.operands[i])); };
  size_t length = read(inst.operands[0]).size();
  auto is_index = [&](int64_t index, size_t limit) {
    if (index >= 0 && static_cast<uint64_t>(index) < limit) return true;
    panic_with("index %lld is out of bounds for an array of %zu", static_cast<long long>(index),
               length);
    return false;
  };
  auto part = [&](int64_t from, int64_t to) {
    return View{reference(inst.operands[0].place), static_cast<uint64_t>(from),
                static_cast<uint64_t>(to - from)};
  };
  switch (inst.builtin) {
    case Builtin::ArraySwap: {
      int64_t i = number(1);
      int64_t j = number(2);
      if (!is_index(i, length) || !is_index(j, length) || i == j) return true;
      Value* array = locate(inst.operands[0].place, true);
      Value* first = part_of(array, static_cast<uint64_t>(i), true);
      std::swap(*first, *part_of(array, static_cast<uint64_t>(j), true));
      return true;
    }
    case Builtin::ArraySlice:
    case Builtin::ArrayOfWindow: {
      bool is_whole = inst.builtin == Builtin::ArrayOfWindow;
      int64_t from = is_whole ? 0 : number(1);
      int64_t to = is_whole ? static_cast<int64_t>(length) : number(2);
      if (!check_range(from, to, length)) return true;
      std::vector<Value> copies;
      Value array = read(inst.operands[0]);
      for (int64_t i = from; i < to; ++i) {
        copies.push_back(*part_of(&array, static_cast<uint64_t>(i), false));
      }
      return set(inst, Value::of_parts(std::move(copies))), true;
    }
    case Builtin::ArrayWindow: {
      int64_t from = number(1);
      int64_t to = number(2);
      if (check_range(from, to, length)) set(inst, Value::of_view(part(from, to)));
      return true;
    }
    case Builtin::ArraySplitMut: {
      int64_t at = number(1);
      if (!check_range(0, at, length)) return true;
      std::vector<Value> halves = {Value::of_view(part(0, at)),
                                   Value::of_view(part(at, static_cast<int64_t>(length)))};
      return set(inst, Value::of_parts(std::move(halves))), true;
    }
    case Builtin::ArrayInsert: {
      int64_t at = number(1);
      Value value = read(inst.operands[2]);
      if (!is_index(at, length + 1) || !has_room(length + 1)) return true;
      std::vector<Value>& parts = elements(inst);
      parts.insert(parts.begin() + static_cast<ptrdiff_t>(at), std::move(value));
      return true;
    }
    case Builtin::ArrayRemove: {
      int64_t at = number(1);
      if (!is_index(at, length)) return true;
      std::vector<Value>& parts = elements(inst);
      Value value = std::move(parts[static_cast<size_t>(at)]);
      parts.erase(parts.begin() + static_cast<ptrdiff_t>(at));
      return set(inst, std::move(value)), true;
    }
    default:
      return false;
  }
}

}  // namespace skein::interpret
