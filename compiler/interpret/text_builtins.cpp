// The operations of builtins.def on text.
#include <algorithm>
#include <cstdlib>

#include "compiler/interpret/format.h"
#include "compiler/interpret/machine.h"

namespace skein::interpret {

using sir::Inst;
using types::Builtin;

void Machine::give_text(const Inst& inst, std::string text) {
  if (has_room(text.size())) set(inst, Value::of_text(std::move(text)));
}

void Machine::append_text(const sir::Operand& place, std::string_view more) {
  Value* value = locate(place.place, true);
  value->kind = Value::Kind::Text;
  std::string& text = value->own_text();
  if (has_room(text.size() + more.size())) text += more;
}

static bool starts_scalar(const std::string& text, uint64_t at) {
  return at == text.size() || (static_cast<unsigned char>(text[at]) & 0xc0) != 0x80;
}

void Machine::split(const Inst& inst) {
  const std::string text = read(inst.operands[0]).str();
  const std::string separator = read(inst.operands[1]).str();
  std::vector<Value> parts;
  size_t from = 0;
  while (true) {
    size_t found = text.find(separator, from);
    parts.push_back(Value::of_text(text.substr(from, found - from)));
    if (found == std::string::npos) break;
    from = found + separator.size();
  }
  if (has_room(text.size() + parts.size())) set(inst, Value::of_parts(std::move(parts)));
}

bool Machine::text_builtin(const Inst& inst) {
  // A value shares its text: nothing is copied.
  auto value = [&](size_t i) { return read(inst.operands[i]); };
  auto number = [&](size_t i) { return static_cast<int64_t>(bits(inst.operands[i])); };
  switch (inst.builtin) {
    case Builtin::StrLen:
      return set_bits(inst, value(0).str().size()), true;
    case Builtin::StrCharCount:
      return set_bits(inst, count_scalars(value(0).str())), true;
    case Builtin::StrConcat:
      return give_text(inst, value(0).str() + value(1).str()), true;
    case Builtin::StrAppend:
      return append_text(inst.operands[0], value(1).str()), true;
    case Builtin::StrPushChar: {
      std::string scalar;
      append_utf8(scalar, bits(inst.operands[1]));
      return append_text(inst.operands[0], scalar), true;
    }
    case Builtin::StrFind: {
      Value text = value(0);
      const std::string& whole = text.str();
      size_t from = static_cast<size_t>(std::max<int64_t>(number(2), 0));
      size_t found = from > whole.size() ? std::string::npos : whole.find(value(1).str(), from);
      return set_bits(inst, found == std::string::npos ? ~uint64_t{0} : found), true;
    }
    case Builtin::StrSplit:
      return split(inst), true;
    case Builtin::StrCharWidth: {
      std::string scalar;
      append_utf8(scalar, bits(inst.operands[0]));
      return set_bits(inst, scalar.size()), true;
    }
    case Builtin::StrRepeat: {
      std::string part = value(0).str();
      size_t count = part.empty() ? 0 : static_cast<size_t>(std::max<int64_t>(number(1), 0));
      if (!has_room(count) || !has_room(part.size() * count)) return true;
      std::string whole;
      for (size_t i = 0; i < count; ++i) whole += part;
      return give_text(inst, std::move(whole)), true;
    }
    default:
      return text_part_builtin(inst) || parse_builtin(inst);
  }
}

static bool is_ascii(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

static std::string trimmed(const std::string& text) {
  constexpr std::string_view kSpace = " \t\n\v\f\r";
  size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

// Parts of a text, and texts that are changed as a whole.
bool Machine::text_part_builtin(const Inst& inst) {
  if (inst.operands.empty()) return false;
  auto number = [&](size_t i) { return static_cast<int64_t>(bits(inst.operands[i])); };
  // What other letters become is known to the runtime only.
  auto change = [&](std::string (*changed)(const std::string&)) {
    Value text = read(inst.operands[0]);
    const std::string& whole = text.str();
    if (!is_ascii(whole)) return refuse("changes a text that is not ASCII");
    give_text(inst, changed(whole));
  };
  switch (inst.builtin) {
    case Builtin::StrSlice: {
      Value text = read(inst.operands[0]);
      const std::string& whole = text.str();
      int64_t from = number(1);
      int64_t to = number(2);
      if (from < 0 || to < from || static_cast<uint64_t>(to) > whole.size()) {
        return panic_with("range %lld..%lld is out of bounds for a str of %zu bytes",
                          static_cast<long long>(from), static_cast<long long>(to), whole.size()),
               true;
      }
      for (int64_t at : {from, to}) {
        if (starts_scalar(whole, static_cast<uint64_t>(at))) continue;
        return panic_with("byte %lld is inside a char", static_cast<long long>(at)), true;
      }
      return give_text(inst, whole.substr(static_cast<size_t>(from),
                                          static_cast<size_t>(to - from))), true;
    }
    case Builtin::StrByteAt:
    case Builtin::StrCharAt: {
      Value text = read(inst.operands[0]);
      const std::string& whole = text.str();
      int64_t index = number(1);
      if (index < 0 || static_cast<uint64_t>(index) >= whole.size()) {
        return panic_with("index %lld is out of bounds for an array of %zu",
                          static_cast<long long>(index), whole.size()), true;
      }
      size_t at = static_cast<size_t>(index);
      bool is_byte = inst.builtin == Builtin::StrByteAt;
      return set_bits(inst, is_byte ? static_cast<unsigned char>(whole[at])
                                    : next_scalar(whole, at)), true;
    }
    case Builtin::StrTrim:
      return change(trimmed), true;
    case Builtin::StrToLower:
      return change([](const std::string& whole) {
        std::string lower = whole;
        for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        return lower;
      }), true;
    case Builtin::StrToUpper:
      return change([](const std::string& whole) {
        std::string upper = whole;
        for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        return upper;
      }), true;
    default:
      return false;
  }
}

static std::optional<int64_t> parse_int(const std::string& text) {
  size_t at = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  if (at == text.size()) return std::nullopt;
  __int128 number = 0;
  for (; at < text.size(); ++at) {
    if (text[at] < '0' || text[at] > '9') return std::nullopt;
    number = number * 10 + (text[at] - '0');
    if (number > __int128{1} << 64) return std::nullopt;
  }
  if (text[0] == '-') number = -number;
  if (!fits(types::TypeKind::Int, number)) return std::nullopt;
  return static_cast<int64_t>(number);
}

static std::optional<double> parse_float(const std::string& text) {
  bool has_sign = text.starts_with('-') || text.starts_with('+');
  std::string digits = text.substr(has_sign ? 1 : 0);
  bool is_word = digits == "inf" || digits == "NaN";
  if (!is_word && digits.find_first_not_of("0123456789.eE+-") != std::string::npos) {
    return std::nullopt;
  }
  char* end = nullptr;
  double number = std::strtod(text.c_str(), &end);
  if (text.empty() || end != text.c_str() + text.size()) return std::nullopt;
  return number;
}

// Text to and from other types. Options are variants: 0 none, 1 some.
bool Machine::parse_builtin(const Inst& inst) {
  auto give = [&](std::optional<Value> value) {
    Value option = value ? Value::of_one(Value::Kind::Parts, std::move(*value))
                         : Value::of_parts({});
    option.variant = value ? 1 : 0;
    set(inst, std::move(option));
    return true;
  };
  switch (inst.builtin) {
    case Builtin::StrToInt: {
      std::optional<int64_t> number = parse_int(read(inst.operands[0]).str());
      if (!number) return give(std::nullopt);
      return give(Value::of_bits(static_cast<uint64_t>(*number)));
    }
    case Builtin::StrToFloat: {
      std::optional<double> number = parse_float(read(inst.operands[0]).str());
      if (!number) return give(std::nullopt);
      return give(Value::of_number(*number));
    }
    case Builtin::StrBytes: {
      std::vector<Value> bytes;
      Value text = read(inst.operands[0]);  // a copy, which the loop has to keep alive
      for (char c : text.str()) {
        bytes.push_back(Value::of_bits(static_cast<uint8_t>(c)));
      }
      return set(inst, Value::of_parts(std::move(bytes))), true;
    }
    case Builtin::StrFromBytes: {
      std::string text;
      Value bytes = read(inst.operands[0]);
      for (size_t i = 0; i < bytes.size(); ++i) text += static_cast<char>((*bytes.parts)[i].bits);
      if (!is_ascii(text)) return refuse("reads bytes that are not ASCII"), true;
      return give(Value::of_text(std::move(text)));
    }
    default:
      return false;
  }
}

}  // namespace skein::interpret
