// Tasks that run in order: each to its end, at the place where it is started.
//
// That is one of the orders a program may see, and the one its compiled form prefers. A task that
// has ended is a value that holds what it gave. Nothing is ever waited for.
#include "compiler/interpret/machine.h"
#include "compiler/support/check.h"

namespace skein::interpret {

using sir::Inst;
using sir::InstKind;
using types::Builtin;

void Machine::spawn(const Inst& inst) {
  std::shared_ptr<std::string> name;
  if (!inst.text.empty()) name = std::make_shared<std::string>(inst.text);
  if (inst.is_named) name = task_names_[bits(inst.operands.back()) - 1];
  push_call(inst.callee, inst, 0, std::nullopt);
  has_moved_ = true;
  if (outcome_) return;
  frames_.back().is_task = true;
  frames_.back().task_name = std::move(name);
}

Value Machine::end_of_task(const Frame& frame, TaskEnd end) {
  Value task;
  task.kind = Value::Kind::Task;
  task.variant = end;
  task.text = frame.task_name;
  return task;
}

// A `str?`.
Value Machine::name_of_task(const Value& task) {
  if (task.text == nullptr) return Value::of_parts({}, 0);
  return Value::of_parts({Value::of_text(*task.text)}, 1);
}

// The value of the task, or its panic.
void Machine::await(const Inst& inst) {
  bool stays = inst.kind == InstKind::AwaitPlace;
  Value* place = locate(inst.operands[0].place, true);
  SKEIN_CHECK(place->kind == Value::Kind::Task, "what is awaited is no task");
  Value task = std::move(*place);
  *place = Value();
  if (stays) {
    place->kind = Value::Kind::Task;
    place->variant = kTaskSpent;
  }
  if (task.variant == kTaskSpent) return panic("the task was already awaited");
  if (task.variant == kTaskPanicked) return raise(task.bits);
  set(inst, (*task.parts)[0]);
}

// The panic of a task that nobody asked for its value; clean-up goes on all the same.
void Machine::pass_on(PanicId panic) {
  if (!in_cleanup()) return raise(panic);
  attach(panic_under_way(), panic);
}

void Machine::settle(const Inst& inst) {
  Value task = read(inst.operands[0]);
  if (task.kind == Value::Kind::Task && task.variant == kTaskPanicked) pass_on(task.bits);
}

// The parts of a scope are the panics of its tasks.
void Machine::exit_scope(const Inst& inst) {
  Value scope = *locate(inst.operands[0].place, false);
  if (scope.size() == 0) return;
  PanicId first = (*scope.parts)[0].bits;
  for (size_t i = 1; i < scope.size(); ++i) attach(first, (*scope.parts)[i].bits);
  pass_on(first);
}

// Whether the instruction is about tasks, and could be done.
bool Machine::task(const Inst& inst) {
  switch (inst.kind) {
    case InstKind::Spawn:
      return spawn(inst), true;
    case InstKind::Await:
    case InstKind::AwaitPlace:
      return await(inst), true;
    case InstKind::Settle:
      return settle(inst), true;
    case InstKind::ScopeEnter:
      *locate(inst.operands[0].place, true) = Value::of_parts({});
      return true;
    case InstKind::ScopeAdopt: {
      Value task = read(inst.operands[1]);
      if (task.variant != kTaskPanicked) return true;
      locate(inst.operands[0].place, true)->own_parts().push_back(Value::of_bits(task.bits));
      return true;
    }
    case InstKind::ScopeExit:
      return exit_scope(inst), true;
    case InstKind::ShieldEnter:   // nothing waits here, so nothing has to be held back
      return set_bits(inst, 0), true;
    case InstKind::ScopeSlot:
    case InstKind::ScopeLeave:
    case InstKind::ShieldExit:
      return true;
    default:
      return false;
  }
}

bool Machine::task_builtin(const Inst& inst) {
  switch (inst.builtin) {
    case Builtin::TaskWait: {
      const Value& task = *locate(inst.operands[0].place, false);
      if (task.variant == kTaskSpent) return panic("the task was already awaited"), true;
      if (task.variant == kTaskValue) return set_bits(inst, 0), true;
      set_bits(inst, task.bits);
      locate(inst.operands[0].place, true)->variant = kTaskSpent;
      return true;
    }
    case Builtin::TaskIsDone:
      return set_bits(inst, 1), true;
    case Builtin::TaskName:
      return set(inst, name_of_task(*locate(inst.operands[0].place, false))), true;
    case Builtin::TaskNameBegin:
      task_names_.push_back(std::make_shared<std::string>(read(inst.operands[0]).str()));
      return set_bits(inst, task_names_.size()), true;
    case Builtin::TaskNameEnd:
    case Builtin::TaskCancel:   // too late
      return true;
    default:
      return false;
  }
}

}  // namespace skein::interpret
