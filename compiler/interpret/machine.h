// Runs SIR without making code of it: the values of constants are found like this, and a program's
// behaviour can be compared with that of its compiled form.
//
// It runs what the passes have left (no type parameters, drops in place). Tasks run in order: one
// that is started runs to its end before its parent goes on, so what would have to wait for another
// is refused. Frames are kept in a list of our own, so that deep recursion of the program costs no
// stack of the compiler's.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/interpret/value.h"
#include "compiler/sir/sir.h"

namespace skein::interpret {

struct Limits {
  uint64_t steps = 10'000'000;
  size_t frames = 10'000;
  // Elements an array, and bytes a text, may have.
  size_t elements = 1u << 20;
};

struct Outcome {
  enum class State : uint8_t {
    Done,
    Exited,      // the program ended itself; `value` is the status
    Panicked,    // `words` is the message
    Refused,     // did what it may not; `words` says what: "waits"
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
// Given what the program writes: to 1, standard output, or 2, standard error.
using PrintHook = std::function<void(uint64_t descriptor, std::string_view text)>;

class Machine {
 public:
  Machine(sir::Module& module, Limits limits) : module_(module), limits_(limits) {}
  Machine(const Machine&) = delete;

  // Runs a function to its end.
  Outcome run(sir::FunctionId function, std::vector<Value> args = {});
  void set_call_hook(CallHook hook) { call_hook_ = std::move(hook); }
  // Without one, nothing may be printed.
  void set_print_hook(PrintHook hook) { print_hook_ = std::move(hook); }

 private:
  // The number of a panic in `panics_`, counted from 1.
  using PanicId = uint64_t;
  struct Panic {
    Outcome outcome;
    std::string trace;
    PanicId attached = 0;   // the first that came while this one was passed on
    PanicId next = 0;       // the next of those attached to the same
  };
  struct Frame {
    sir::FunctionId function;
    std::vector<Value> locals;
    std::vector<Reference> references;   // of locals with `is_ref`
    sir::BlockId block = sir::BlockId(0);
    size_t at = 0;
    // The panics under way here, by the depth of blocks (sir::Block::depth).
    std::vector<PanicId> panics;
    bool is_task = false;
    std::shared_ptr<std::string> task_name;   // null: it has none
  };

  // machine.cpp: frames and flow.
  void enter(sir::FunctionId function, std::vector<Value> args);
  void step();
  void step_value(const sir::Inst& inst);
  void go(sir::BlockId block);
  void call(const sir::Inst& inst);
  void call_value(const sir::Inst& inst);
  void call_dyn(const sir::Inst& inst);
  uint64_t dyn_table(sir::TypeId content, const sir::Inst& inst);
  void push_call(sir::FunctionId callee, const sir::Inst& inst, size_t first_operand,
                 std::optional<Value> environment);
  void leave();
  void refuse(std::string_view what);
  void stop(Outcome::State state, std::string words);
  void run_switch(const sir::Inst& inst);
  void check_index(const sir::Inst& inst);
  bool has_drop(const sir::Operand& operand);
  bool has_room(size_t count);
  const sir::Function& function() { return module_.functions[frames_.back().function]; }
  const sir::Block& block() { return function().blocks[frames_.back().block]; }
  const sir::Inst& instruction() { return block().insts[frames_.back().at]; }

  // places.cpp: operands and where they are.
  Reference reference(const sir::Place& place);
  void set_reference(const sir::Inst& inst);
  Value* locate(const sir::Place& place, bool writes);
  Value* follow(const Reference& reference, bool writes);
  Value* part_of(Value* value, uint64_t part, bool writes);
  Value read(const sir::Operand& operand);
  uint64_t bits(const sir::Operand& operand) { return read(operand).bits; }
  std::vector<Value> read_all(const sir::Inst& inst);
  bool makes_links(const sir::Inst& inst);
  std::vector<Value> links(const sir::Inst& inst);
  void set(const sir::Inst& inst, Value value);
  void set_bits(const sir::Inst& inst, uint64_t bits) { set(inst, Value::of_bits(bits)); }
  sir::TypeId type_of(const sir::Operand& operand);
  types::TypeKind kind_of(const sir::Operand& operand);
  types::TypeKind kind_of_dest(const sir::Inst& inst);

  // panics.cpp: raising them, unwinding, and what `catch` and `join` do with them.
  Outcome here(Outcome::State state, std::string words);
  std::string trace(const Outcome& outcome);
  void panic(std::string words);
  void panic_with(const char* format, ...) __attribute__((format(printf, 2, 3)));
  void raise(PanicId panic);
  bool in_cleanup();
  void attach(PanicId first, PanicId panic);
  void leave_by_panic(PanicId panic);
  PanicId& panic_under_way();
  void take_panic(const sir::Inst& inst);
  bool panic_builtin(const sir::Inst& inst);

  // tasks.cpp: tasks that run in order.
  bool task(const sir::Inst& inst);
  void spawn(const sir::Inst& inst);
  void await(const sir::Inst& inst);
  void settle(const sir::Inst& inst);
  void pass_on(PanicId panic);
  void exit_scope(const sir::Inst& inst);
  bool task_builtin(const sir::Inst& inst);
  Value end_of_task(const Frame& frame, TaskEnd end);
  Value name_of_task(const Value& task);

  // operate.cpp: arithmetic.
  void unary(const sir::Inst& inst);
  void binary(const sir::Inst& inst);
  void float_binary(const sir::Inst& inst, types::TypeKind kind, double a, double b);
  void integer_binary(const sir::Inst& inst, types::TypeKind kind, __int128 a, __int128 b);
  void divide(const sir::Inst& inst, types::TypeKind kind, __int128 a, __int128 b);
  void shift(const sir::Inst& inst, types::TypeKind kind, __int128 number, __int128 count);
  void convert(const sir::Inst& inst);
  void set_integer(const sir::Inst& inst, types::TypeKind kind, __int128 value,
                   const char* operation);

  // builtins.cpp, array_builtins.cpp, text_builtins.cpp. Each group says whether the operation is
  // one of its own.
  void builtin(const sir::Inst& inst);
  bool value_builtin(const sir::Inst& inst);
  bool number_builtin(const sir::Inst& inst);
  bool float_builtin(const sir::Inst& inst);
  bool place_builtin(const sir::Inst& inst);
  bool atomic_builtin(const sir::Inst& inst);
  bool array_builtin(const sir::Inst& inst);
  bool array_part_builtin(const sir::Inst& inst);
  bool text_builtin(const sir::Inst& inst);
  bool text_part_builtin(const sir::Inst& inst);
  bool parse_builtin(const sir::Inst& inst);
  std::vector<Value>& elements(const sir::Inst& inst);
  bool check_range(int64_t from, int64_t to, size_t length);
  void give_text(const sir::Inst& inst, std::string text);
  void split(const sir::Inst& inst);
  void append_text(const sir::Operand& place, std::string_view more);
  void show(const sir::Inst& inst);
  void hash(const sir::Inst& inst);
  void probe_table(const sir::Inst& inst);
  void print(const sir::Inst& inst);

  sir::Module& module_;
  Limits limits_;
  CallHook call_hook_;
  PrintHook print_hook_;
  // Addresses of frames stay put while it grows; references point into them.
  std::deque<Frame> frames_;
  std::vector<Panic> panics_;
  // The cells of statics, which are there once.
  std::unordered_map<sir::FunctionId, Value, IdHash> statics_;
  // The names that were computed, by their numbers.
  std::vector<std::shared_ptr<std::string>> task_names_;
  uint64_t steps_ = 0;
  std::optional<Outcome> outcome_;
  // The instruction under way has said where to go: no next one follows.
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
// The product, of which the low bits are right also where it does not fit.
__int128 multiply(__int128 a, __int128 b);
unsigned width(types::TypeKind kind);
bool has_sign(types::TypeKind kind);

}  // namespace skein::interpret
