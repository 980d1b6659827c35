// What the parts of codegen share while one module is emitted.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/codegen/codegen.h"
#include "compiler/codegen/constants.h"
#include "compiler/codegen/debug_info.h"
#include "compiler/codegen/frame_plan.h"
#include "compiler/codegen/glue.h"
#include "compiler/codegen/layout.h"
#include "compiler/codegen/memory_tags.h"
#include "compiler/codegen/runtime_abi.h"
#include "compiler/sir/sir.h"

namespace llvm {
class Function;
class FunctionType;
class LLVMContext;
class Module;
class Type;
}  // namespace llvm

namespace skein::codegen {

// How one parameter comes: by its pieces, as a pointer (large, or `mut`), or not at all.
struct ParamPassing {
  TypeId type;
  sir::ParamMode mode = sir::ParamMode::Borrow;
  Passing passing = Passing::None;
  unsigned first_arg = 0;   // among the LLVM function's arguments
  unsigned arg_count = 0;
};

// A function's types on the LLVM side.
//
//   plain       pieces @f(args…)         void @f(ptr out, args…) for a result that is Indirect
//   suspending  { ptr, pieces } @f(…)    the handle first; a result that is Indirect goes to `out`
//                                        if it is there when the ramp returns, else to the frame
struct Signature {
  llvm::FunctionType* type = nullptr;
  TypeId result;
  bool suspends = false;
  bool has_out = false;
  bool gives_place = false;   // returns the address of a place of type `result`
  // Some spawn starts it, and it may go on when its caller's memory is gone: it copies at entry what
  // comes by pointer, borrowed or not.
  bool is_task = false;
  std::vector<ParamPassing> params;
};

// A suspending function in two parts, see early_exit.cpp.
struct EarlyExit {
  llvm::Function* early = nullptr;   // what comes before the frame; null: it is in one piece
  llvm::Function* frame = nullptr;   // the rest
};

// Where a spawn passes its arguments: behind the Task value the wrapper fills in.
struct SpawnShape {
  uint64_t task_size = 0;
  std::vector<uint64_t> arg_offsets;
  uint64_t size = 0;
  uint64_t align = 8;
};

// Where a generator has the locals it keeps, behind the header of its value.
struct KeptLocals {
  struct Place {
    sir::LocalId local;
    uint64_t offset;
  };
  std::vector<Place> places;
  uint64_t size = 0;
};

class ModuleEmitter {
 public:
  ModuleEmitter(sir::Module& sir, llvm::Module& module, const Options& options);
  ModuleEmitter(const ModuleEmitter&) = delete;

  // Fills the LLVM module.
  void run();

  llvm::Function* function(sir::FunctionId id) { return functions_[id.index]; }
  const EarlyExit& early_exit(sir::FunctionId id) { return early_exits_[id.index]; }
  const Signature& signature(sir::FunctionId id) { return signatures_[id.index]; }
  FramePlan frame_plan(sir::FunctionId id);
  // That of the functions behind values of a fn type: the value comes first.
  Signature fn_signature(TypeId fn_type);
  // That of the functions that run generators of a type: the generator comes first.
  Signature gen_signature(TypeId gen);
  KeptLocals kept_locals(const sir::Function& function);
  // That of an entry of the tables for a dyn type.
  Signature dyn_signature(TypeId dyn, uint32_t index);
  SpawnShape spawn_shape(sir::FunctionId callee);
  // The function given to await.suspend.bool that runs a call of `callee` as a task.
  llvm::Function* spawn_wrapper(sir::FunctionId callee);
  // ptr (ptr outcome, i32 site): the outcome of awaiting a task that ended with this one. Who awaits a
  // cancelled task panics, unless it is cancelled itself.
  llvm::Function* await_failed();
  // void (ptr scope, ptr future, i64 size): gives a task that left more than a value to a scope.
  llvm::Function* scope_adopt();

  // A function of our own making, internal, with the attributes every function has.
  llvm::Function* make_function(llvm::FunctionType* type, const std::string& name);
  void add_common_attributes(llvm::Function& function);
  // The function that the user's `drop` method of a type became; null if there is none.
  llvm::Function* drop_method(TypeId type);
  // The function by which C calls one of ours; with an empty name only by its address.
  llvm::Function* c_entry(sir::FunctionId id, const std::string& name);
  // The readable text of a type, for names.
  std::string type_text(TypeId type);

  sir::Module& sir;
  types::Program& program;
  llvm::Module& module;
  llvm::LLVMContext& context;
  const Options& options;
  Layouts layouts;
  RuntimeAbi rt;
  Constants constants;
  Glue glue;
  MemoryTags tags;
  std::unique_ptr<DebugInfo> debug;   // null without debug information
  // Whether some function asks for its task, `cancelled()`, `time.deadline()`, or a task has a name.
  bool asks_for_task = false;
  // Whether some block has a deadline.
  bool sets_deadlines = false;
  // Whether some function asks who the task behind a handle is: `t.id()`, `t.name()`. Then a task
  // that ended in place keeps its future, and its node, until it is awaited.
  bool keeps_tasks = false;
  // Whether some task has a name.
  bool names_tasks = false;
  // Whether anything gives a task local a value, so that tasks inherit some.
  bool has_task_locals = false;

 private:
  void declare(sir::FunctionId id);
  void note_builtin(types::Builtin builtin);
  void find_tasks();
  void split_early_exits();
  void emit_function(sir::FunctionId id);
  void join_early_exit(sir::FunctionId id);
  Signature make_signature(const sir::Function& function);
  void emit_root();

  std::vector<llvm::Function*> functions_;
  std::vector<EarlyExit> early_exits_;
  std::vector<Signature> signatures_;
  std::vector<llvm::Function*> wrappers_;
  std::unordered_map<uint32_t, llvm::Function*> c_entries_;
  unsigned wrapper_count_ = 0;
  llvm::Function* await_failed_ = nullptr;
  llvm::Function* scope_adopt_ = nullptr;
};

// The result type of an LLVM function: nothing, one piece, or a struct of them; with the handle in
// front for one that suspends.
llvm::Type* result_type(llvm::LLVMContext& context, const Layout& result, bool suspends);

}  // namespace skein::codegen
