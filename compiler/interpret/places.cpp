// Places and operands: which value stands where.
#include <utility>

#include "compiler/interpret/machine.h"
#include "compiler/support/check.h"

namespace skein::interpret {

using sir::Inst;
using sir::Operand;
using sir::Place;
using sir::Projection;
using types::TypeId;
using types::TypeKind;

Reference Machine::reference(const Place& place) {
  Frame& frame = frames_.back();
  Reference reference;
  if (function().locals[place.local].is_ref) {
    reference = frame.references[place.local.index];
  } else {
    reference.root = &frame.locals[place.local.index];
  }
  for (const Projection& step : place.path) {
    bool is_element = step.kind == Projection::Kind::Index;
    uint64_t part = is_element ? locate(step.local, false)->bits : step.index;
    reference.path.push_back(part);
  }
  return reference;
}

// `ref`: a local stands for a place from now on, or for what a closure or dyn value holds.
void Machine::set_reference(const Inst& inst) {
  const Operand& place = inst.operands[0];
  Reference target = reference(place.place);
  TypeKind outer = kind_of(place);
  TypeId inner = function().locals[inst.dest.local].type;
  bool opens_closure = outer == TypeKind::Fn && module_.types().kind(inner) == TypeKind::Closure;
  bool opens_dyn = outer == TypeKind::Dyn && inner != type_of(place);
  if (opens_closure || opens_dyn) target.path.push_back(0);
  frames_.back().references[inst.dest.local.index] = std::move(target);
}

Value* Machine::part_of(Value* value, uint64_t part, bool writes) {
  if (value->kind == Value::Kind::Window) {
    SKEIN_CHECK(part < value->view->length, "an element that the window does not have");
    Value* array = follow(value->view->array, writes);
    return part_of(array, value->view->from + part, writes);
  }
  if (!writes) {
    SKEIN_CHECK(part < value->size(), "a part that the value does not have");
    return &(*value->parts)[part];
  }
  std::vector<Value>& parts = value->own_parts();
  // A struct may be set field by field.
  if (value->kind == Value::Kind::Unset) value->kind = Value::Kind::Parts;
  if (parts.size() <= part) parts.resize(part + 1);
  return &parts[part];
}

Value* Machine::follow(const Reference& reference, bool writes) {
  Value* value = reference.root;
  SKEIN_CHECK(value != nullptr, "a reference that stands for nothing is used");
  for (uint64_t part : reference.path) {
    value = part_of(value, part, writes);
    if (value->kind == Value::Kind::Link) value = follow(value->view->array, writes);
  }
  return value;
}

Value* Machine::locate(const Place& place, bool writes) {
  bool is_ref = function().locals[place.local].is_ref;
  if (place.path.empty() && !is_ref) return &frames_.back().locals[place.local.index];
  return follow(reference(place), writes);
}

TypeId Machine::type_of(const Operand& operand) {
  return sir::operand_type(module_, function(), operand);
}

TypeKind Machine::kind_of(const Operand& operand) {
  return module_.types().kind(type_of(operand));
}

TypeKind Machine::kind_of_dest(const Inst& inst) {
  return module_.types().kind(sir::place_type(module_, function(), inst.dest));
}

static Value constant_value(const sir::Constant& constant, TypeKind kind) {
  if (kind == TypeKind::F32) return Value::of_number(static_cast<float>(constant.number));
  if (kind == TypeKind::Float) return Value::of_number(constant.number);
  if (kind == TypeKind::Str) return Value::of_text(constant.text);
  if (kind != TypeKind::Array) return Value::of_bits(constant.bits);
  std::vector<Value> bytes;
  for (char c : constant.text) bytes.push_back(Value::of_bits(static_cast<uint8_t>(c)));
  return Value::of_parts(std::move(bytes));
}

Value Machine::read(const Operand& operand) {
  if (!operand.is_place()) {
    return constant_value(operand.constant, module_.types().kind(operand.constant.type));
  }
  if (operand.kind == Operand::Kind::Copy) {
    const Value& value = *locate(operand.place, false);
    bool is_there = value.kind != Value::Kind::Unset || kind_of(operand) == TypeKind::Unit;
    SKEIN_CHECK(is_there, "a value is copied that was moved away, or never set");
    return value;
  }
  if (operand.kind != Operand::Kind::Move) return *locate(operand.place, false);
  return std::exchange(*locate(operand.place, true), Value());
}

std::vector<Value> Machine::read_all(const Inst& inst) {
  std::vector<Value> values;
  for (const Operand& operand : inst.operands) values.push_back(read(operand));
  return values;
}

// A closure that borrows stands for the variables themselves.
bool Machine::makes_links(const Inst& inst) {
  const types::Type& type = module_.types().get(sir::place_type(module_, function(), inst.dest));
  return type.kind == TypeKind::Closure &&
         module_.program->closures[types::ClosureId(type.decl)].is_borrowed;
}

std::vector<Value> Machine::links(const Inst& inst) {
  std::vector<Value> values;
  for (const Operand& operand : inst.operands) {
    values.push_back(Value::of_view({reference(operand.place), 0, 0}, Value::Kind::Link));
  }
  return values;
}

void Machine::set(const Inst& inst, Value value) {
  if (inst.dest.valid()) *locate(inst.dest, true) = std::move(value);
}

}  // namespace skein::interpret
