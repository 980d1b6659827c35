// Making values, and writing to what they share.
#include "compiler/interpret/value.h"

#include <utility>

namespace skein::interpret {

Value Value::of_bits(uint64_t bits) {
  Value value;
  value.kind = Kind::Bits;
  value.bits = bits;
  return value;
}

Value Value::of_number(double number) {
  Value value;
  value.kind = Kind::Number;
  value.number = number;
  return value;
}

Value Value::of_text(std::string text) {
  Value value;
  value.kind = Kind::Text;
  value.text = std::make_shared<std::string>(std::move(text));
  return value;
}

Value Value::of_parts(std::vector<Value> parts, uint32_t variant) {
  Value value;
  value.kind = Kind::Parts;
  value.variant = variant;
  value.parts = std::make_shared<std::vector<Value>>(std::move(parts));
  return value;
}

Value Value::of_view(View view, Kind kind) {
  Value value;
  value.kind = kind;
  value.view = std::make_shared<View>(std::move(view));
  return value;
}

Value Value::of_one(Kind kind, Value part, uint64_t bits) {
  std::vector<Value> parts;
  parts.push_back(std::move(part));
  Value value = of_parts(std::move(parts));
  value.kind = kind;
  value.bits = bits;
  return value;
}

const std::string& Value::str() const {
  static const std::string kEmpty;
  return text ? *text : kEmpty;
}

std::string& Value::own_text() {
  if (!text) text = std::make_shared<std::string>();
  if (text.use_count() > 1) text = std::make_shared<std::string>(*text);
  return *text;
}

std::vector<Value>& Value::own_parts() {
  if (!parts) parts = std::make_shared<std::vector<Value>>();
  if (parts.use_count() > 1 && kind != Kind::Cell) {
    parts = std::make_shared<std::vector<Value>>(*parts);
  }
  return *parts;
}

int compare(const Value& a, const Value& b, bool is_signed) {
  if (a.kind == Value::Kind::Text) {
    int order = a.str().compare(b.str());
    return order < 0 ? -1 : order > 0 ? 1 : 0;
  }
  if (a.kind == Value::Kind::Number) {
    return a.number < b.number ? -1 : a.number > b.number ? 1 : 0;
  }
  if (a.bits == b.bits) return 0;
  bool is_less = is_signed ? static_cast<int64_t>(a.bits) < static_cast<int64_t>(b.bits)
                           : a.bits < b.bits;
  return is_less ? -1 : 1;
}

}  // namespace skein::interpret
