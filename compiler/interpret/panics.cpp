// Panics: raising them, going from clean-up to clean-up, and what is left of one that was taken.
//
// As in compiled code, a frame has one panic under way for each depth of `catch` blocks in
// clean-ups, and a panic in a clean-up is attached to it.
#include <cstdarg>
#include <cstdio>

#include "compiler/interpret/machine.h"
#include "compiler/support/check.h"

namespace skein::interpret {

using sir::Inst;
using types::Builtin;

Outcome Machine::here(Outcome::State state, std::string words) {
  Outcome outcome;
  outcome.state = state;
  outcome.words = std::move(words);
  outcome.span = span_;
  for (size_t i = frames_.size() - 1; i > 0; --i) {
    const Frame& caller = frames_[i - 1];
    const sir::Block& block = module_.functions[caller.function].blocks[caller.block];
    outcome.calls.push_back(block.insts[caller.at].span);
  }
  return outcome;
}

static std::string place_text(const SourceMap& sources, Span span, bool with_column) {
  if (!span.valid()) return "";
  Location at = sources.locate(span.begin);
  std::string text = std::string(at.path) + ":" + std::to_string(at.line);
  return with_column ? text + ":" + std::to_string(at.column) : text;
}

// A line a function, as the runtime writes them.
std::string Machine::trace(const Outcome& outcome) {
  std::string text;
  for (size_t i = 0; i < frames_.size(); ++i) {
    Span span = i == 0 ? outcome.span : outcome.calls[i - 1];
    const Frame& frame = frames_[frames_.size() - 1 - i];
    std::string place = place_text(module_.program->sources, span, false);
    if (place.empty()) continue;
    text += "  in `" + module_.functions[frame.function].display_name + "` at " + place + "\n";
  }
  return text;
}

void Machine::panic(std::string words) {
  Outcome outcome = here(Outcome::State::Panicked, std::move(words));
  std::string lines = trace(outcome);
  panics_.push_back({std::move(outcome), std::move(lines)});
  raise(panics_.size());
}

void Machine::panic_with(const char* format, ...) {
  char words[256];
  va_list args;
  va_start(args, format);
  vsnprintf(words, sizeof words, format, args);
  va_end(args);
  panic(words);
}

Machine::PanicId& Machine::panic_under_way() {
  std::vector<PanicId>& panics = frames_.back().panics;
  uint32_t depth = block().depth;
  if (panics.size() <= depth) panics.resize(depth + 1);
  return panics[depth];
}

void Machine::attach(PanicId first, PanicId panic) {
  PanicId* last = &panics_[first - 1].attached;
  while (*last != 0) last = &panics_[*last - 1].next;
  *last = panic;
}

bool Machine::in_cleanup() { return instruction().in_cleanup || block().is_cleanup; }

// The instruction under way leaves by this panic.
void Machine::raise(PanicId panic) {
  has_moved_ = true;
  const Inst& inst = instruction();
  if (in_cleanup()) {
    attach(panic_under_way(), panic);
  } else {
    panic_under_way() = panic;
  }
  if (inst.unwind.valid()) return go(inst.unwind);
  leave_by_panic(panic_under_way());
}

void Machine::leave_by_panic(PanicId panic) {
  has_moved_ = true;
  if (frames_.size() == 1) {
    outcome_ = panics_[panic - 1].outcome;
    return;
  }
  bool is_task = frames_.back().is_task;
  Value ended = end_of_task(frames_.back(), kTaskPanicked);
  ended.bits = panic;
  frames_.pop_back();
  if (!is_task) return raise(panic);
  set(instruction(), std::move(ended));
  ++frames_.back().at;
}

void Machine::take_panic(const Inst& inst) {
  set_bits(inst, panic_under_way());
  go(inst.targets[0]);
}

bool Machine::panic_builtin(const Inst& inst) {
  if (inst.builtin < Builtin::PanicMessage || inst.builtin > Builtin::PanicFree) return false;
  const Panic& panic = panics_[bits(inst.operands[0]) - 1];
  switch (inst.builtin) {
    case Builtin::PanicMessage:
      set(inst, Value::of_text(panic.outcome.words));
      return true;
    case Builtin::PanicPlace:
      set(inst, Value::of_text(
                    place_text(module_.program->sources, panic.outcome.span, true)));
      return true;
    case Builtin::PanicTrace:
      set(inst, Value::of_text(panic.trace));
      return true;
    case Builtin::PanicAttached:
      set_bits(inst, panic.attached);
      return true;
    case Builtin::PanicNext:
      set_bits(inst, panic.next);
      return true;
    default:   // PanicFree: they are all kept to the end
      return true;
  }
}

}  // namespace skein::interpret
