// One function while it is lowered: the block being written, its locals, and the clean-ups that
// are due on the ways out of the scopes around.
//
// The clean-ups form one stack. A scope is a height of it: `mark()` on entry, `leave(mark)` at the
// end, `exit(mark)` for a jump out of the middle, which writes the same clean-ups but leaves the
// stack as it was for the code that follows. An instruction that can unwind goes to a clean-up
// block for the top of the stack, which does its work and goes on to the one below:
//
//     defer { d() }          bb0: call f() unwind bb2      bb1 cleanup: call d() …; resume_unwind
//     let x = make()              …                        bb2 cleanup: drop x; jump bb1
//     f()
//
// These blocks are made when first needed and kept with their entry, so all instructions in a
// scope share them. The body of a `defer` is lowered anew for each way out.
//
// After an instruction that ends its block there is no current block, and what is emitted is
// dropped: code after a `return` leaves no trace.
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/lower/unit.h"
#include "compiler/sir/sir.h"
#include "compiler/syntax/ast.h"

namespace skein::lower {

using sir::BlockId;
using sir::FunctionId;
using sir::Inst;
using sir::InstKind;
using sir::LocalId;
using sir::Operand;
using sir::Place;
using sir::Projection;
using types::Builtin;
using types::ParamMode;
using types::TypeId;
using types::TypeKind;
using types::VarId;

// Something to do on each way out of a scope.
struct Cleanup {
  enum class Kind : uint8_t {
    Dead,          // the storage of `local` ends; nothing to do when unwinding
    Drop,          // `local` is dropped
    DropIfUnwind,  // `local` is dropped by unwinding only: a value on its way out of the scope
    DropTaken,     // the array `local`, whose first `count` elements were moved out, is dropped
    Defer,         // `deferred` runs
    ScopeExit,     // the tasks of the scope `local` are waited for
    Unlock,        // the locks of `locked` are given back
    Catch,         // the panic under way is put into `local`, and `caught` goes on with it
    Timeout,       // unwinding ends here, at `caught`, if the deadline of the scope `local` began it
    Win,           // the same if a task of the race `local` was first
    ShieldExit,    // the shield that was there before is in `local`
    TestEnd,       // all that a test itself does is done; its tasks may go on
    NameEnd,       // the task had a computed name, whose number is in `local`
    WithExit,      // the task local of the innermost `with` has the value it had before
  };
  Kind kind = Kind::Dead;
  LocalId local = {};
  LocalId count = {};
  LocalId scope = {};   // Drop: where a task goes that a select left; invalid: it is waited for
  const ast::Expr* deferred = nullptr;
  std::vector<Operand> locked = {};
  size_t scope_count = 0;   // Defer: how many task scopes are around it
  bool is_block = false;    // ScopeExit: of a block, not of the function
  Span span = {};
  BlockId unwind = {};  // does this and all below, once made
  BlockId caught = {};
  // Catch: it stands in a clean-up, see sir::Block::depth.
  bool is_in_cleanup = false;
  uint32_t depth = 0;   // of the code it cleans up after
};

// A loop around the code being lowered.
struct LoopTarget {
  Symbol label = {};
  BlockId break_block = {};
  BlockId continue_block = {};
  size_t outer_mark = 0;      // the clean-ups outside the loop
  size_t iteration_mark = 0;  // those outside one round of it
  Place result = {};          // where `break v` puts its value; invalid: nowhere
};

class Body {
 public:
  Body(Unit& unit, FunctionId id);
  Body(const Body&) = delete;

  Unit& unit;
  types::Program& program;
  sir::Module& module;
  FunctionId id;
  sir::Function& fn;
  std::vector<LoopTarget> loops;
  // The scopes that given-up tasks go to, innermost last.
  std::vector<LocalId> task_scopes;
  // What is special about the scope of a block, by its local.
  struct Contest {
    LocalId most;    // how many tasks may run at once
    LocalId slot;    // of a race: an option, where the winner's value goes
    LocalId tasks;   // of `settle`: the array of the tasks
  };
  std::unordered_map<uint32_t, Contest> contests;
  // What a Condvar needs that waits with a name of a `lock` block: a handle of its own to the lock, and
  // what its shield put away.
  struct Held {
    LocalId handle;
    LocalId shield;
  };
  std::unordered_map<VarId, Held, IdHash> held;
  // The body of a task that was given up: a value that needs a drop is dropped, not returned.
  bool drops_result = false;
  // The variable that gets what is being made, for channels to know their names.
  Symbol named;
  // The function of the source all this is in, for the names of task bodies.
  std::string root_name;
  uint32_t* task_count = nullptr;
  const std::vector<types::TypeParamDecl>* type_params = nullptr;
  // Whether the type is a type parameter with this bound.
  bool has_bound(TypeId type, types::TraitId trait) const;

  // Blocks.
  BlockId new_block();
  void begin(BlockId block);
  bool is_open() const { return current_.valid(); }
  void jump(BlockId target, Span span);
  void branch(Operand condition, BlockId yes, BlockId no, Span span);
  void unreachable(Span span);

  // Instructions. `unwind` is filled in.
  void emit(Inst inst);
  void emit(InstKind kind, std::initializer_list<Operand> operands, Span span);
  void assign(Place dest, Operand value, Span span);
  // The same where the types may differ, as `dest` wants it.
  void convert(Place dest, Operand value, Span span);
  // `dest` may be invalid when the result is () or never.
  void builtin(Builtin builtin, std::vector<TypeId> type_args, std::vector<Operand> operands,
               Place dest, Span span);
  void binary(sir::BinaryOp op, Operand left, Operand right, Place dest, Span span);
  void drop(Place place, Span span);

  // Locals. Those of the user and large temporaries live until the end of the current scope.
  LocalId add_param(TypeId type, ParamMode mode, Symbol name, Span span);
  LocalId new_temp(TypeId type, Span span);
  LocalId new_int(int64_t value, Span span);
  LocalId new_bool(Span span);
  LocalId new_ref(TypeId type, Symbol name, Span span);
  // The local for the number of an element that a pattern looks at, the same for each that looks
  // at it; below zero: counted from the end, -1 is the last.
  LocalId element_number(const Place& array, int64_t index, Span span);
  bool is_element_number(LocalId local) const;
  // Which element the local stands for.
  int64_t element_index(LocalId local) const;
  // A local for a variable, not yet live in any scope (see add_live).
  LocalId new_var(VarId var);
  // The local starts to exist in the current scope; writes `live`.
  void start_life(LocalId local, Span span);
  // It ends with the current scope; `live` was written on the way here.
  void end_life_with_scope(LocalId local, Span span);
  // From here on the local's value is dropped on each way out of the current scope.
  void own(LocalId local, Span span);
  // The same for a variable of the user.
  void own_variable(VarId var, LocalId local, Span span);
  void bind(VarId var, LocalId local) { vars_[var] = local; }
  // Its use is noted: the value may end with the statement.
  LocalId local_of(VarId var);

  TypeId type_of(const Place& place) { return sir::place_type(module, fn, place); }

  // Statements. At the end of each, what it named ends if nothing uses it later (language rule 13).
  // A loop is one statement, so nothing that was there before it ends inside.
  struct Statement {
    size_t first_mention;
    uint32_t first_local;
  };
  Statement enter_statement() const;
  void leave_statement(const Statement& statement, Span span);
  uint32_t first_local_of_loop = 0;

  // Reading a place as a value of its own.
  Operand value_of(const Place& place);
  // Reading a part of a value that is not used again: temporaries give it away.
  Operand taken_from(const Place& place);
  // Passing a place to be looked at only.
  Operand borrow_of(const Place& place);
  Operand const_int(int64_t value) const;
  Operand const_bool(bool value) const;
  Operand const_str(std::string text) const;

  // Scopes.
  size_t mark() const { return cleanups_.size(); }
  void add_cleanup(Cleanup cleanup) {
    cleanup.depth = depth_;
    cleanups_.push_back(cleanup);
  }
  // The inside of a block where unwinding may end, the topmost clean-up from here on: of a `catch`,
  // where a panic is put into `local`, or of what is left by a deadline or a winner. The block
  // `caught` goes on. Both that block and the end of the inside then call `leave_catch`, with the
  // clean-up off the stack.
  Cleanup enter_catch(Cleanup::Kind kind, LocalId local, Span span);
  void leave_catch(const Cleanup& cleanup, Span span);
  // The blocks of tasks that a failed `?` or `return err(…)` leaves end their tasks.
  void cancel_scopes(Span span);
  // Before `caught` begins, for a `catch` in a clean-up: the inside once more.
  void enter_caught() {
    in_cleanup_ = false;
    ++depth_;
  }
  // The end of a scope. `value`, if valid, holds the scope's result: were a clean-up to panic, it
  // would be dropped.
  void leave(size_t mark, Span span, LocalId value = LocalId());
  // A jump out of it: the clean-ups down to `mark` are written, the stack stays.
  void exit(size_t mark, Span span, LocalId value = LocalId());
  // Takes the entries above `mark` away without writing anything.
  void forget(size_t mark) { cleanups_.resize(mark); }

  // Ends the lowering: removes blocks that nothing reaches and joins those that follow each other.
  void finish();

 private:
  BlockId unwind_target();
  BlockId resume_block();
  void run(const Cleanup& cleanup, Span span);
  void run_defer(const Cleanup& cleanup, Span span);
  void take_panic(const Cleanup& cleanup);
  void take_cancellation(const Cleanup& cleanup);
  void leave_block(const Cleanup& cleanup, Span span);
  void build_unwind(size_t index);

  BlockId current_;
  bool in_cleanup_ = false;
  uint32_t depth_ = 0;
  BlockId resume_block_;
  std::vector<Cleanup> cleanups_;
  std::unordered_map<VarId, LocalId, IdHash> vars_;
  struct ElementNumber {
    Place array;
    int64_t index;
    LocalId local;
  };
  std::vector<ElementNumber> element_numbers_;
  // The locals that the statements around have named so far.
  std::vector<LocalId> mentions_;
};

}  // namespace skein::lower
