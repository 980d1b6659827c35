// SIR, the typed middle language: functions of basic blocks over locals, with ownership and ways
// out spelled out.
//
// It is not in SSA form. A function has locals (parameters, variables, temporaries); instructions
// read operands, which are places rooted in locals or constants, and write their result to a
// place. LLVM's mem2reg makes SSA of it later; here, one dataflow solver (sir/flow.h) serves
// moves, drops, counts and liveness.
//
// Every instruction that may panic, or wait and be cancelled, names the block where its clean-up
// begins (`unwind`; invalid: there is nothing to clean up, the caller goes on unwinding). Clean-up
// blocks end in `resume_unwind`. They may suspend: `defer` can wait.
//
// `lower` makes generic SIR once per function of the source. After passes/specialize no type
// parameter is left, and nothing after it reports to the user.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "compiler/support/id.h"
#include "compiler/support/interner.h"
#include "compiler/support/source.h"
#include "compiler/types/builtin.h"
#include "compiler/types/program.h"
#include "compiler/types/type.h"

namespace skein::sir {

using types::Builtin;
using types::ParamMode;
using types::TypeId;

SKEIN_ID(FunctionId);
SKEIN_ID(BlockId);
SKEIN_ID(LocalId);

enum class InstKind : uint8_t {
#define SKEIN_INST(kind, text, result, effects, doc) kind,
#include "compiler/sir/insts.def"
};

enum class Result : uint8_t { None, Value };
enum class Effects : uint8_t { Pure, Panics, Suspends, Effect, Ends, EndsPanics };

struct InstRow {
  std::string_view text;
  Result result;
  Effects effects;
};
const InstRow& inst_row(InstKind kind);
std::optional<InstKind> find_inst(std::string_view text);

// One step from a place to a place inside it.
struct Projection {
  enum class Kind : uint8_t {
    // Field `index` of a struct, tuple or range. A boxed field stands for what is in the box:
    // setting it makes a new box, and moving out of it, or dropping it, ends the box (once
    // place_drops has run, only `assign` does the first two).
    Field,
    // The payload field `index` of variant `variant`; the tag was tested before.
    Variant,
    // Element number `local` of an array; `check_index` came before. What a Mutex, RwLock or Shared
    // holds is its element 0.
    Index,
  };
  Kind kind = Kind::Field;
  uint32_t variant = 0;
  uint32_t index = 0;
  LocalId local;
  friend bool operator==(const Projection&, const Projection&) = default;
};

// A local, or a part of one.
struct Place {
  LocalId local;
  std::vector<Projection> path;

  Place() = default;
  Place(LocalId local) : local(local) {}  // NOLINT: a local is a place
  bool valid() const { return local.valid(); }
  bool is_local() const { return path.empty(); }
  friend bool operator==(const Place&, const Place&) = default;
};

struct Constant {
  TypeId type;
  // Integers, bool, char, durations (nanoseconds); two's complement.
  uint64_t bits = 0;
  double number = 0;     // float, f32
  std::string text;      // str (UTF-8) and [u8] (byte strings)
};

struct Operand {
  enum class Kind : uint8_t { Copy, Move, Borrow, Mut, Const };
  Kind kind = Kind::Const;
  Place place;
  Constant constant;

  static Operand copy(Place place);
  static Operand move(Place place);
  static Operand borrow(Place place);
  static Operand mut(Place place);
  static Operand constant_int(TypeId type, uint64_t bits);
  static Operand constant_float(TypeId type, double number);
  static Operand constant_str(TypeId type, std::string text);
  static Operand unit(TypeId type);
  bool is_place() const { return kind != Kind::Const; }
};

enum class UnaryOp : uint8_t { Neg, Not, BitNot };

enum class BinaryOp : uint8_t {
  Add, Sub, Mul, Div, Rem,              // checked on integers; plain on floats
  WrapAdd, WrapSub, WrapMul,
  And, Or, Xor, Shl, Shr,               // shifts are checked
  Eq, Ne, Lt, Le, Gt, Ge,               // scalars only; other types use builtin equal, compare
};

std::string_view op_text(UnaryOp op);
std::string_view op_text(BinaryOp op);
std::optional<UnaryOp> find_unary_op(std::string_view text);
std::optional<BinaryOp> find_binary_op(std::string_view text);

struct Inst {
  InstKind kind = InstKind::Unreachable;
  Span span;
  Place dest;                        // where the result goes; the local of live and dead
  std::vector<Operand> operands;
  BlockId unwind;                    // where clean-up begins if this one panics
  std::vector<BlockId> targets;      // of an instruction that ends its block

  UnaryOp unary = UnaryOp::Neg;
  BinaryOp binary = BinaryOp::Add;
  Builtin builtin = Builtin::Show;
  FunctionId callee;
  std::vector<TypeId> type_args;     // call, spawn, closure, builtin
  uint32_t index = 0;                // variant
  std::vector<uint64_t> cases;       // switch
  std::string text;                  // spawn: the task's name; panic_kind: the words; call_c
  // Of a spawn: its last operand is the number of the task's name (builtin task_name_begin).
  bool is_named = false;
  // Of a call: the callee gives a place, which dest, a reference local, stands for from here on.
  bool gives_place = false;
  // Assign of a Task to `_`, drop and settle inside a clean-up: a second panic is attached to the
  // one under way instead of starting a new one.
  bool in_cleanup = false;
};

// Blocks end with exactly one instruction whose effects are Ends or EndsPanics.
struct Block {
  std::vector<Inst> insts;
  bool is_cleanup = false;           // reached only by unwinding
  // How many `catch` blocks that stand inside clean-ups are around it. What panics in one of those
  // has nothing to do with the panic under way outside, so each depth keeps its own.
  uint32_t depth = 0;
};

enum class LocalKind : uint8_t {
  Return,     // local 0
  Param,
  Var,        // named by the user
  Temp,
  Flag,       // whether another local still has a value to drop (made by place_drops)
};

struct Local {
  Symbol name;                       // invalid for temporaries
  TypeId type;
  LocalKind kind = LocalKind::Temp;
  ParamMode mode = ParamMode::Own;   // Param: how it came. Borrow and Mut own nothing.
  // Set by `ref`: holds the address of a place, and stands for that place wherever it is used.
  bool is_ref = false;
  // Holds the bits of a value somebody else owns: never dropped, never moved from. Set by `assign
  // borrow p`, which copies the bits and counts nothing; a `copy` of it counts as ever.
  bool is_borrow = false;
  // Of a function that runs a generator: it is in the generator, and so is there the next time.
  bool is_kept = false;
  Span span;
};

enum class Suspends : uint8_t { Unknown, No, Yes };

enum class FunctionKind : uint8_t {
  Normal,
  TaskBody,     // runs as a task and owns its arguments: the body of a spawn
  Entry,        // what the runtime starts: calls `main` and gives the exit status, an int
  Glue,         // made by the compiler for a type: show, equal, …
  Const,        // gives the value of a constant
  Static,       // gives the one Atomic of a static
  Generator,    // the body of a `gen fn`, until split_generators has run
};

struct Function {
  std::string name;                  // unique in the module: `fib`, `Point.len`, `main.task.1`
  std::string display_name;          // in traces: `fib`
  FunctionKind kind = FunctionKind::Normal;
  Span span;
  uint32_t type_param_count = 0;     // 0 after specialize
  Store<LocalId, Local> locals;      // 0 the result, 1…param_count the parameters
  uint32_t param_count = 0;
  Store<BlockId, Block> blocks;      // 0 is the entry
  Suspends suspends = Suspends::Unknown;   // set by infer_suspend
  // The call or instruction that makes it suspend, for `explain suspends`.
  Span suspends_at;
  types::FnId decl;                  // invalid for made-up functions
  std::string c_name;                // C calls it by this name; empty: it does not
  // Of what split_generators made to run a generator: what lets go of its frame where it stopped.
  FunctionId let_go;

  LocalId return_local() const { return LocalId(0); }
  // Of one with `-> mut [T]`: local 0 is a window, in place of a reference. Set by specialize.
  bool gives_window = false;
  // `-> mut T`: local 0 is a reference, and the caller gets the place it stands for.
  bool gives_place() const { return locals[LocalId(0)].is_ref || gives_window; }
  TypeId return_type() const { return locals[LocalId(0)].type; }
  LocalId param(uint32_t i) const { return LocalId(i + 1); }
};

struct Module {
  explicit Module(types::Program& program) : program(&program) {}

  types::Program* program;
  Store<FunctionId, Function> functions;
  FunctionId entry;                  // FunctionKind::Entry; invalid if there is no `main`

  // By types::ClosureId: the function that is the closure's body, whose first parameter is the
  // environment, and the one behind `fn` values of it. Invalid where nothing made it. Of use until
  // specialize has run.
  std::vector<FunctionId> closures;
  std::vector<FunctionId> closure_values;
  // Set by infer_suspend, indexed by TypeId: the fn types of which some function that is used as a
  // value can suspend. All functions behind values of such a type do (language rule 47).
  std::vector<bool> fn_suspends;

  // Made by specialize: the table of a type for a `dyn` type, one for each pair that some value of
  // the program needs. Entry n is types::dyn_methods()[n].
  struct DynTable {
    TypeId content;
    TypeId dyn;
    std::vector<FunctionId> methods;
  };
  std::vector<DynTable> dyn_tables;
  // Set by infer_suspend: the entries of the tables for a `dyn` type that can suspend in some table.
  std::unordered_map<TypeId, std::vector<bool>, IdHash> dyn_suspends;
  bool entry_suspends(TypeId dyn, uint32_t index) const {
    auto found = dyn_suspends.find(dyn);
    return found != dyn_suspends.end() && found->second[index];
  }

  // Set by specialize: the functions that stand behind the operations on values of the types that
  // have an impl of the trait.
  using ValueMethods = std::unordered_map<TypeId, FunctionId, IdHash>;
  ValueMethods show_methods;
  ValueMethods equal_methods;
  ValueMethods compare_methods;
  ValueMethods hash_methods;
  ValueMethods default_methods;

  // Set by mark_shared (language rule 14), indexed by TypeId: the types whose buffers never cross
  // tasks. A type that is not in it counts atomically.
  std::vector<bool> counts_plainly;
  // Of types that own a counted buffer (str, arrays, boxes …): whether a retain or release of one
  // has to be an atomic instruction.
  bool counts_atomically(TypeId type) const {
    return type.index >= counts_plainly.size() || !counts_plainly[type.index];
  }

  types::TypeStore& types() const { return program->types; }
};

// The type of a place, following its projections.
TypeId place_type(Module& module, const Function& function, const Place& place);
TypeId operand_type(Module& module, const Function& function, const Operand& operand);
// Whether the place is what a boxed field stands for.
bool is_boxed(Module& module, const Function& function, const Place& place);

// What an instruction may do here, refined by what it names: a builtin by its row, a call by its
// callee (once infer_suspend has run), a binary by its operator and type, a drop by its type.
bool may_panic(Module& module, const Function& function, const Inst& inst);
bool may_suspend(Module& module, const Function& function, const Inst& inst);
// Whether it may leave by `unwind`: by a panic, or by being cancelled while it waits.
bool may_unwind(Module& module, const Function& function, const Inst& inst);
bool ends_block(const Inst& inst);
// Whether it says something about the life of the local `dest`, and neither reads nor sets it.
bool marks_life(const Inst& inst);
// Whether it makes dest, a reference local, stand for another place, and writes to none.
bool sets_reference(const Inst& inst);
// Whether its result is a window, or two: a view that stands for a part of its first operand.
bool makes_window(const Inst& inst);

// Whether leaving a value of this type needs a `drop` at all.
bool needs_drop(Module& module, TypeId type);
// Whether that drop runs code of the user's or waits for a task, so that it may panic. Other drops
// only release counts. A value of fn type does not show what it has captured, unless whoever made it
// has seen to it that this needs no such drop.
enum class Captures : uint8_t { Unknown, OnlyRelease };
bool drop_may_panic(Module& module, TypeId type, Captures captures = Captures::Unknown);

// Whether the local is responsible for the value it holds: not a reference, a borrowed parameter
// or a borrowed copy of the bits.
bool owns_value(const Local& local);

}  // namespace skein::sir
