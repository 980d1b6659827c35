// Frames, and the way from instruction to instruction.
#include "compiler/interpret/machine.h"

#include <algorithm>
#include <utility>

#include "compiler/support/check.h"

namespace skein::interpret {

using sir::BlockId;
using sir::Function;
using sir::FunctionId;
using sir::Inst;
using sir::InstKind;
using types::TypeId;
using types::TypeKind;

// ---- stopping ------------------------------------------------------------------------------

void Machine::stop(Outcome::State state, std::string words) {
  if (!outcome_) outcome_ = here(state, std::move(words));
}

void Machine::refuse(std::string_view what) {
  stop(Outcome::State::Refused, std::string(what));
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
  std::optional<Value> known;
  if (call_hook_ && !call_hook_(inst.callee, inst.span, known)) {
    return stop(Outcome::State::Nested, "");
  }
  auto cell = statics_.find(inst.callee);
  if (cell != statics_.end()) known = cell->second;
  if (!known) return push_call(inst.callee, inst, 0, std::nullopt);
  set(inst, std::move(*known));
  ++frames_.back().at;
}

void Machine::call_value(const Inst& inst) {
  Value callee = read(inst.operands[0]);
  SKEIN_CHECK(callee.kind == Value::Kind::Function, "what is called is no function");
  push_call(FunctionId(static_cast<uint32_t>(callee.bits)), inst, 1, callee);
}

void Machine::call_dyn(const Inst& inst) {
  const Value& value = *locate(inst.operands[0].place, false);
  SKEIN_CHECK(value.kind == Value::Kind::Dyn, "what is called is no dyn value");
  push_call(module_.dyn_tables[value.bits].methods[inst.index], inst, 0, std::nullopt);
}

void Machine::leave() {
  Value result = std::move(frames_.back().locals[0]);
  // A place that is given lies in what the caller lent, so it outlives this frame.
  bool gives_reference = function().locals[function().return_local()].is_ref;
  Reference place = std::move(frames_.back().references[0]);
  if (function().kind == sir::FunctionKind::Static) {
    statics_.emplace(frames_.back().function, result);
  }
  if (frames_.size() == 1) {
    Outcome outcome;
    outcome.value = std::move(result);
    outcome_ = std::move(outcome);
    return;
  }
  if (frames_.back().is_task) {
    Value ended = end_of_task(frames_.back(), kTaskValue);
    ended.parts = std::make_shared<std::vector<Value>>(1, std::move(result));
    result = std::move(ended);
  }
  frames_.pop_back();
  if (gives_reference) {
    frames_.back().references[instruction().dest.local.index] = std::move(place);
  } else {
    set(instruction(), std::move(result));
  }
  ++frames_.back().at;
}

// ---- instructions --------------------------------------------------------------------------

void Machine::go(BlockId block) {
  frames_.back().block = block;
  frames_.back().at = 0;
}

// The table that a value of dyn type made here gets.
uint64_t Machine::dyn_table(TypeId content, const Inst& inst) {
  TypeId dyn = sir::place_type(module_, function(), inst.dest);
  for (size_t i = 0; i < module_.dyn_tables.size(); ++i) {
    const sir::Module::DynTable& table = module_.dyn_tables[i];
    if (table.content == content && table.dyn == dyn) return i;
  }
  SKEIN_UNREACHABLE("a table that specialize did not make");
}

void Machine::run_switch(const Inst& inst) {
  uint64_t number = bits(inst.operands[0]);
  for (size_t i = 0; i < inst.cases.size(); ++i) {
    if (inst.cases[i] == number) return go(inst.targets[i]);
  }
  go(inst.targets.back());
}

void Machine::check_index(const Inst& inst) {
  int64_t index = static_cast<int64_t>(bits(inst.operands[1]));
  size_t length = locate(inst.operands[0].place, false)->size();
  if (index >= 0 && static_cast<uint64_t>(index) < length) return;
  panic_with("index %lld is out of bounds for an array of %zu", static_cast<long long>(index),
             length);
}

// Whether dropping the operand would run code of the program's.
bool Machine::has_drop(const sir::Operand& operand) {
  return sir::drop_may_panic(module_, type_of(operand), sir::Captures::OnlyRelease);
}

void Machine::step_value(const Inst& inst) {
  switch (inst.kind) {
    case InstKind::Assign:
      return set(inst, read(inst.operands[0]));
    case InstKind::Unary:
      return unary(inst);
    case InstKind::Binary:
      return binary(inst);
    case InstKind::Convert:
      return convert(inst);
    case InstKind::Aggregate:
      return set(inst, Value::of_parts(makes_links(inst) ? links(inst) : read_all(inst)));
    case InstKind::Array:
      return set(inst, Value::of_parts(read_all(inst)));
    case InstKind::Variant:
      return set(inst, Value::of_parts(read_all(inst), inst.index));
    case InstKind::Repeat: {
      int64_t count = std::max<int64_t>(static_cast<int64_t>(bits(inst.operands[1])), 0);
      if (!has_room(static_cast<size_t>(count))) return;
      std::vector<Value> parts(static_cast<size_t>(count), read(inst.operands[0]));
      return set(inst, Value::of_parts(std::move(parts)));
    }
    case InstKind::Tag:
      return set_bits(inst, locate(inst.operands[0].place, false)->variant);
    case InstKind::Ref:
      return set_reference(inst);
    case InstKind::Closure:
      // So no value of fn type ever holds more than counts.
      if (has_drop(inst.operands[0])) return refuse("keeps what has a `drop` in a closure");
      return set(inst, Value::of_one(Value::Kind::Function, read(inst.operands[0]),
                                     inst.callee.index));
    case InstKind::ToDyn:
      return set(inst, Value::of_one(Value::Kind::Dyn, read(inst.operands[0]),
                                     dyn_table(type_of(inst.operands[0]), inst)));
    case InstKind::Live:
      frames_.back().locals[inst.dest.local.index] = Value();
      return;
    case InstKind::Drop:
      if (has_drop(inst.operands[0])) return refuse("has a `drop`");
      (void)read(inst.operands[0]);
      return;
    case InstKind::Unshare:   // writing copies what is shared
    case InstKind::Dead:
    case InstKind::Expire:
      return;
    default:
      if (!task(inst)) refuse("does what takes a running program");
  }
}

// One instruction. Those that do not say where to go are followed by the next.
void Machine::step() {
  const Inst& inst = instruction();
  span_ = inst.span.valid() ? inst.span : span_;
  has_moved_ = false;
  switch (inst.kind) {
    case InstKind::Call:
      return call(inst);
    case InstKind::CallValue:
      return call_value(inst);
    case InstKind::CallDyn:
      return call_dyn(inst);
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
      return panic(inst.text == "none" ? "`!` on none" : inst.text);
    case InstKind::ResumeUnwind:
      return leave_by_panic(panic_under_way());
    case InstKind::TakePanic:
      return take_panic(inst);
    case InstKind::Unreachable:
      SKEIN_UNREACHABLE("an instruction that is never reached was");
    case InstKind::CheckIndex:
      check_index(inst);
      break;
    case InstKind::Builtin:
      builtin(inst);
      break;
    default:
      step_value(inst);
  }
  if (!outcome_ && !has_moved_) ++frames_.back().at;
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
  panics_.clear();
  return std::move(*outcome_);
}

}  // namespace skein::interpret
