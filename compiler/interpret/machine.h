// Runs SIR without making code of it: the values of constants are found like this, and a program's
// behaviour can be compared with that of its compiled form.
//
// It runs what the passes have left (no type parameters, drops in place), one task only: what
// starts tasks or waits is refused. Frames are kept in a list of our own, so that deep recursion
// of the program costs no stack of the compiler's.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "compiler/interpret/value.h"
#include "compiler/sir/sir.h"

namespace skein::interpret {

struct Limits {
  uint64_t steps = 10'000'000;
  size_t frames = 10'000;
  // Elements an array, and bytes a text, may have.
  size_t elements = 1u << 20;
  // Whether it may print, read the clock and so on; constants may not.
  bool allows_effects = false;
};

struct Outcome {
  enum class State : uint8_t {
    Done,
    Panicked,    // `words` is the message
    Refused,     // did what it may not; `words` says what: "starts a task"
    TooLong,     // a limit was reached; `words` says which: "more than 10000000 steps"
    Nested,      // the hook for calls refused; it has reported why
  };
  State state = State::Done;
  Value value;
  std::string words;
  // Where it stopped, and the calls that lead there, innermost first.
  Span span;
  std::vector<Span> calls;
};

// Asked before a call: the value, if the caller knows it already. False: give up.
using CallHook =
    std::function<bool(sir::FunctionId callee, Span span, std::optional<Value>& value)>;

class Machine {
 public:
  Machine(sir::Module& module, Limits limits) : module_(module), limits_(limits) {}
  Machine(const Machine&) = delete;

  // Runs a function to its end.
  Outcome run(sir::FunctionId function, std::vector<Value> args = {});
  void set_call_hook(CallHook hook) { call_hook_ = std::move(hook); }
  // What it printed, if it may.
  const std::string& output() const { return output_; }

 private:
  // A place that a reference stands for: a slot of some frame, and the parts to go down.
  struct Reference {
    Value* root = nullptr;
    std::vector<uint64_t> path;
  };
  struct Frame {
    sir::FunctionId function;
    std::vector<Value> locals;
    std::vector<Reference> references;   // of locals with `is_ref`
    sir::BlockId block = sir::BlockId(0);
    size_t at = 0;
  };

  // machine.cpp: frames and flow.
  void enter(sir::FunctionId function, std::vector<Value> args);
  void step();
  void go(sir::BlockId block);
  void call(const sir::Inst& inst);
  void call_value(const sir::Inst& inst);
  void push_call(sir::FunctionId callee, const sir::Inst& inst, size_t first_operand,
                 std::optional<Value> environment);
  void leave();
  void unwind();
  void panic(std::string words);
  void refuse(std::string_view what);
  void stop(Outcome::State state, std::string words);
  void run_switch(const sir::Inst& inst);

  // Places and operands.
  Reference reference(const sir::Place& place);
  Value* locate(const sir::Place& place, bool writes);
  Value* follow(const Reference& reference, bool writes);
  Value read(const sir::Operand& operand);
  uint64_t bits(const sir::Operand& operand) { return read(operand).bits; }
  std::vector<Value> read_all(const sir::Inst& inst);
  void set(const sir::Inst& inst, Value value);
  sir::TypeId type_of(const sir::Operand& operand);
  types::TypeKind kind_of(const sir::Operand& operand);
  const sir::Function& function() { return module_.functions[frames_.back().function]; }

  // operate.cpp: arithmetic.
  void unary(const sir::Inst& inst);
  void binary(const sir::Inst& inst);
  void float_binary(const sir::Inst& inst, types::TypeKind kind, double a, double b);
  void shift(const sir::Inst& inst, types::TypeKind kind, const Value& left, const Value& right);
  void convert(const sir::Inst& inst);
  void set_integer(const sir::Inst& inst, types::TypeKind kind, __int128 value);

  // builtins.cpp. Each group says whether the operation is one of its own.
  void builtin(const sir::Inst& inst);
  bool value_builtin(const sir::Inst& inst);
  bool number_builtin(const sir::Inst& inst);
  bool array_builtin(const sir::Inst& inst);
  bool text_builtin(const sir::Inst& inst);
  bool atomic_builtin(const sir::Inst& inst);
  void show(const sir::Inst& inst);
  void assert_(const sir::Inst& inst);
  bool has_room(size_t count);

  sir::Module& module_;
  Limits limits_;
  CallHook call_hook_;
  // Addresses of frames stay put while it grows; references point into them.
  std::deque<Frame> frames_;
  uint64_t steps_ = 0;
  std::string output_;
  std::optional<Outcome> outcome_;
  // The panic under way, while clean-up blocks run.
  std::optional<Outcome> panic_;
  // A panic went on elsewhere: the instruction under way has no next one.
  bool has_moved_ = false;
  Span span_;   // of the instruction under way
};

// The value in a type with fewer bits: the low ones, extended again.
uint64_t wrap(types::TypeKind kind, __int128 value);
// The number the bits stand for.
__int128 number_of(types::TypeKind kind, uint64_t bits);
bool fits(types::TypeKind kind, __int128 value);
// The value of the type that is nearest to a number.
uint64_t saturate(types::TypeKind kind, __int128 value);
uint64_t saturate(types::TypeKind kind, double value);

}  // namespace skein::interpret
