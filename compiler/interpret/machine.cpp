// Frames, places, and the way from instruction to instruction.
#include "compiler/interpret/machine.h"

#include <utility>

#include "compiler/support/check.h"

namespace skein::interpret {

using sir::BlockId;
using sir::Function;
using sir::FunctionId;
using sir::Inst;
using sir::InstKind;
using sir::LocalId;
using sir::Operand;
using sir::Place;
using sir::Projection;
using types::TypeId;
using types::TypeKind;

// ---- places and operands -------------------------------------------------------------------

Machine::Reference Machine::reference(const Place& place) {
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

Value* Machine::follow(const Reference& reference, bool writes) {
  Value* value = reference.root;
  SKEIN_CHECK(value != nullptr, "a reference that stands for nothing is used");
  for (uint64_t part : reference.path) {
    if (writes) {
      std::vector<Value>& parts = value->own_parts();
      // A struct may be set field by field.
      if (value->kind == Value::Kind::Unset) value->kind = Value::Kind::Parts;
      if (parts.size() <= part) parts.resize(part + 1);
      value = &parts[part];
    } else {
      SKEIN_CHECK(part < value->size(), "a part that the value does not have");
      value = &(*value->parts)[part];
    }
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

static Value constant_value(const sir::Constant& constant, TypeKind kind) {
  if (types::is_float(kind)) return Value::of_number(constant.number);
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
  if (operand.kind != Operand::Kind::Move) return *locate(operand.place, false);
  return std::exchange(*locate(operand.place, true), Value());
}

std::vector<Value> Machine::read_all(const Inst& inst) {
  std::vector<Value> values;
  for (const Operand& operand : inst.operands) values.push_back(read(operand));
  return values;
}

void Machine::set(const Inst& inst, Value value) {
  if (inst.dest.valid()) *locate(inst.dest, true) = std::move(value);
}

// ---- stopping ------------------------------------------------------------------------------

void Machine::stop(Outcome::State state, std::string words) {
  if (outcome_) return;
  Outcome outcome;
  outcome.state = state;
  outcome.words = std::move(words);
  outcome.span = span_;
  for (size_t i = frames_.size() - 1; i > 0; --i) {
    const Frame& caller = frames_[i - 1];
    const std::vector<Inst>& insts = module_.functions[caller.function].blocks[caller.block].insts;
    outcome.calls.push_back(insts[caller.at].span);
  }
  outcome_ = std::move(outcome);
}

void Machine::refuse(std::string_view what) {
  stop(Outcome::State::Refused, std::string(what));
}

void Machine::panic(std::string words) {
  if (panic_) return stop(Outcome::State::Panicked, std::move(words));
  stop(Outcome::State::Panicked, std::move(words));
  panic_ = std::exchange(outcome_, std::nullopt);
  has_moved_ = true;
  unwind();
}

// Goes to the nearest clean-up, through as many frames as have none.
void Machine::unwind() {
  while (true) {
    Frame& frame = frames_.back();
    const Inst& inst = module_.functions[frame.function].blocks[frame.block].insts[frame.at];
    if (inst.unwind.valid()) return go(inst.unwind);
    if (frames_.size() == 1) {
      outcome_ = std::exchange(panic_, std::nullopt);
      return;
    }
    frames_.pop_back();
  }
}

bool Machine::has_room(size_t count) {
  if (count <= limits_.elements) return true;
  stop(Outcome::State::TooLong, "more than " + std::to_string(limits_.elements) + " elements");
  return false;
}

// ---- calls ---------------------------------------------------------------------------------

void Machine::enter(FunctionId id, std::vector<Value> args) {
  const Function& callee = module_.functions[id];
  Frame frame;
  frame.function = id;
  frame.locals.resize(callee.locals.size());
  frame.references.resize(callee.locals.size());
  frames_.push_back(std::move(frame));
  for (uint32_t i = 0; i < args.size(); ++i) {
    frames_.back().locals[callee.param(i).index] = std::move(args[i]);
  }
}

void Machine::push_call(FunctionId id, const Inst& inst, size_t first_operand,
                        std::optional<Value> environment) {
  if (frames_.size() >= limits_.frames) {
    return stop(Outcome::State::TooLong,
                "more than " + std::to_string(limits_.frames) + " calls inside each other");
  }
  const Function& callee = module_.functions[id];
  size_t shift = environment ? 1 : 0;
  std::vector<Value> args(callee.param_count);
  std::vector<Reference> references(callee.param_count);
  if (environment) args[0] = std::move(*environment);
  for (size_t i = first_operand; i < inst.operands.size(); ++i) {
    uint32_t param = static_cast<uint32_t>(i - first_operand + shift);
    if (callee.locals[callee.param(param)].is_ref) {
      references[param] = reference(inst.operands[i].place);
    } else {
      args[param] = read(inst.operands[i]);
    }
  }
  enter(id, std::move(args));
  for (uint32_t i = 0; i < callee.param_count; ++i) {
    frames_.back().references[callee.param(i).index] = std::move(references[i]);
  }
}

void Machine::call(const Inst& inst) {
  if (inst.gives_place) return refuse("gives a place to change");
  if (call_hook_) {
    std::optional<Value> known;
    if (!call_hook_(inst.callee, inst.span, known)) return stop(Outcome::State::Nested, "");
    if (known) {
      set(inst, std::move(*known));
      ++frames_.back().at;
      return;
    }
  }
  push_call(inst.callee, inst, 0, std::nullopt);
}

void Machine::call_value(const Inst& inst) {
  Value callee = read(inst.operands[0]);
  SKEIN_CHECK(callee.kind == Value::Kind::Function, "what is called is no function");
  push_call(FunctionId(static_cast<uint32_t>(callee.bits)), inst, 1, callee);
}

void Machine::leave() {
  Value result = std::move(frames_.back().locals[0]);
  if (frames_.size() == 1) {
    Outcome outcome;
    outcome.value = std::move(result);
    outcome_ = std::move(outcome);
    return;
  }
  frames_.pop_back();
  Frame& frame = frames_.back();
  const Inst& inst = module_.functions[frame.function].blocks[frame.block].insts[frame.at];
  set(inst, std::move(result));
  ++frame.at;
}

// ---- instructions --------------------------------------------------------------------------

void Machine::go(BlockId block) {
  frames_.back().block = block;
  frames_.back().at = 0;
}

void Machine::run_switch(const Inst& inst) {
  uint64_t number = bits(inst.operands[0]);
  for (size_t i = 0; i < inst.cases.size(); ++i) {
    if (inst.cases[i] == number) return go(inst.targets[i]);
  }
  go(inst.targets.back());
}

// One instruction. Those that do not say where to go are followed by the next.
void Machine::step() {
  Frame& frame = frames_.back();
  const Inst& inst = function().blocks[frame.block].insts[frame.at];
  span_ = inst.span.valid() ? inst.span : span_;
  has_moved_ = false;
  switch (inst.kind) {
    case InstKind::Assign:
      set(inst, read(inst.operands[0]));
      break;
    case InstKind::Unary:
      unary(inst);
      break;
    case InstKind::Binary:
      binary(inst);
      break;
    case InstKind::Convert:
      convert(inst);
      break;
    case InstKind::Aggregate:
    case InstKind::Array:
      set(inst, Value::of_parts(read_all(inst)));
      break;
    case InstKind::Variant:
      set(inst, Value::of_parts(read_all(inst), inst.index));
      break;
    case InstKind::Repeat: {
      uint64_t count = bits(inst.operands[1]);
      if (!has_room(count)) break;
      set(inst, Value::of_parts(std::vector<Value>(count, read(inst.operands[0]))));
      break;
    }
    case InstKind::Tag:
      set(inst, Value::of_bits(locate(inst.operands[0].place, false)->variant));
      break;
    case InstKind::Ref: {
      Reference target = reference(inst.operands[0].place);
      // What a value of fn type has captured.
      if (kind_of(inst.operands[0]) == TypeKind::Fn) target.path.push_back(0);
      frame.references[inst.dest.local.index] = std::move(target);
      break;
    }
    case InstKind::CheckIndex: {
      int64_t index = static_cast<int64_t>(bits(inst.operands[1]));
      size_t length = locate(inst.operands[0].place, false)->size();
      if (index < 0 || static_cast<uint64_t>(index) >= length) {
        return panic("index " + std::to_string(index) + " is out of bounds for length " +
                     std::to_string(length));
      }
      break;
    }
    case InstKind::Closure: {
      Value value = Value::of_parts(read_all(inst));
      value.kind = Value::Kind::Function;
      value.bits = inst.callee.index;
      set(inst, std::move(value));
      break;
    }
    case InstKind::Live:
      frame.locals[inst.dest.local.index] = Value();
      break;
    case InstKind::Drop:
      if (sir::drop_may_panic(module_, type_of(inst.operands[0]))) return refuse("has a `drop`");
      (void)read(inst.operands[0]);
      break;
    case InstKind::Unshare:   // writing copies what is shared
    case InstKind::Dead:
    case InstKind::Expire:
      break;
    case InstKind::Builtin:
      builtin(inst);
      break;
    case InstKind::Call:
      return call(inst);
    case InstKind::CallValue:
      return call_value(inst);
    case InstKind::Jump:
      return go(inst.targets[0]);
    case InstKind::Branch:
      return go(inst.targets[bits(inst.operands[0]) != 0 ? 0 : 1]);
    case InstKind::Switch:
      return run_switch(inst);
    case InstKind::Return:
      return leave();
    case InstKind::Panic:
      return panic(read(inst.operands[0]).str());
    case InstKind::PanicKind:
      return panic(inst.text);
    case InstKind::ResumeUnwind:
      if (frames_.size() == 1) {
        outcome_ = std::exchange(panic_, std::nullopt);
        return;
      }
      frames_.pop_back();
      return unwind();
    case InstKind::ToDyn:
    case InstKind::CallDyn:
      return refuse("uses a `dyn` value");
    case InstKind::TakePanic:
      return refuse("catches a panic");
    case InstKind::Unreachable:
      SKEIN_UNREACHABLE("an instruction that is never reached was");
    case InstKind::Spawn:
      return refuse("starts a task");
    case InstKind::Await:
    case InstKind::AwaitPlace:
    case InstKind::Settle:
    case InstKind::Select:
    case InstKind::Yield:
      return refuse("waits");
    case InstKind::ScopeEnter:
    case InstKind::ScopeAdopt:
    case InstKind::ScopeExit:
    case InstKind::ScopeSlot:
      return refuse("gives up a task");
    case InstKind::ShieldEnter:   // nothing waits here, so nothing has to be held back
      set(inst, Value::of_bits(0));
      break;
    case InstKind::ShieldExit:
      break;
    default:
      return refuse("does what takes a running program");
  }
  if (!outcome_ && !has_moved_) ++frame.at;
}

Outcome Machine::run(FunctionId function, std::vector<Value> args) {
  SKEIN_CHECK(frames_.empty(), "the machine is running already");
  outcome_.reset();
  enter(function, std::move(args));
  while (!outcome_) {
    if (++steps_ > limits_.steps) {
      stop(Outcome::State::TooLong, "more than " + std::to_string(limits_.steps) + " steps");
      break;
    }
    step();
  }
  frames_.clear();
  panic_.reset();
  return std::move(*outcome_);
}

}  // namespace skein::interpret
