// Emits one SIR function as one LLVM function, or one part of it.
//
// Locals are allocas and instructions go through memory; LLVM makes SSA of it. The class is spread
// over files by subject:
//
//   function_emitter.cpp  blocks, locals, places, operands
//   emit_inst.cpp         values, places, control flow
//   emit_arith.cpp        numbers
//   emit_call.cpp         calls and how arguments travel
//   emit_closure.cpp      values of fn type
//   emit_generator.cpp    generators
//   emit_dyn.cpp          values of dyn type
//   emit_foreign.cpp      calls of C's functions
//   emit_task.cpp         spawn, await, scopes, sleep
//   emit_chan.cpp         channels and select
//   emit_lock.cpp         locks and shared values
//   emit_cancel.cpp       cancellation, deadlines, shields
//   emit_builtin.cpp      builtin operations; those of arrays in emit_array.cpp, of text in
//                         emit_text.cpp
//   unwind.cpp            panics and the ways out
//   coroutine.cpp         the frame of a suspending function
#pragma once

#include <map>
#include <span>
#include <utility>
#include <vector>

#include "compiler/codegen/frame_plan.h"
#include "compiler/codegen/module_emitter.h"
#include "compiler/codegen/values.h"
#include "compiler/sir/sir.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "runtime/abi/layout.h"

namespace llvm {
class AllocaInst;
class DISubprogram;
class PHINode;
}  // namespace llvm

namespace skein::codegen {

struct CSignature;

// In which of its copies a block is emitted.
enum class Region : uint8_t {
  Plain,    // of a plain function
  Before,   // of a suspending function, before its frame is made
  Body,     // of a suspending function with its frame
};

class FunctionEmitter {
 public:
  // `function` is that of the whole, or of one of its parts (early_exit.cpp).
  FunctionEmitter(ModuleEmitter& module, sir::FunctionId id, llvm::Function* function);
  void run();

 private:
  // ---- blocks, locals, places, operands
  void create_locals();
  void create_local(sir::LocalId id);
  void find_spawn_room();
  void find_lifetimes();
  void receive_params();
  void emit_blocks();
  void emit_begin_block();
  llvm::BasicBlock* block(sir::BlockId id);
  llvm::AllocaInst* entry_alloca(llvm::Type* type, uint64_t align, const llvm::Twine& name);
  // Memory for the length of the instruction being emitted.
  llvm::Value* temp(TypeId type);
  llvm::Value* temp_bytes(uint64_t size, uint64_t align);
  bool is_temp(llvm::Value* place) const;
  void end_temps();
  void set_location(Span span);

  TypeId type_of(const sir::Operand& operand);
  TypeId type_of(const sir::Place& place);
  TypeKind kind(TypeId type) { return m.program.types.kind(type); }
  llvm::Value* local_address(sir::LocalId id);
  llvm::Value* address(const sir::Place& place);
  // The place without its last step, and the field that step leads to.
  bool is_boxed(const sir::Place& place);
  llvm::Value* address_of_box(const sir::Place& place);
  const FieldLayout& field_of(const sir::Place& place, size_t steps);
  llvm::Value* project(llvm::Value* place, TypeId type, const sir::Projection& step);

  // The value of a scalar operand, not counted.
  llvm::Value* value(const sir::Operand& operand);
  llvm::Value* constant(const sir::Constant& constant);
  // Where the bits of an operand are; constants are put into a temporary.
  llvm::Value* location(const sir::Operand& operand);
  // Puts the operand into a place that has no value; a copy counts.
  void put(const sir::Operand& operand, llvm::Value* place);
  // The same for one field of a value under construction.
  void put_field(const sir::Operand& operand, const FieldLayout& field, llvm::Value* place);
  llvm::Value* box_of(const sir::Operand& operand, TypeId type);
  llvm::Value* new_box_of(const sir::Operand& operand, TypeId type);
  bool may_alias_dest(const sir::Inst& inst);
  void set_dest(llvm::Value* value);
  uint32_t site();

  // ---- emit_inst.cpp
  void emit(const sir::Inst& inst);
  void emit_value(const sir::Inst& inst);
  void emit_end(const sir::Inst& inst);
  void emit_assign(const sir::Inst& inst);
  void end_box(const sir::Place& place, llvm::Value* content);
  void emit_aggregate(const sir::Inst& inst);
  void emit_variant(const sir::Inst& inst);
  void fill_variant(const sir::Inst& inst, const Layout& layout, llvm::Value* place);
  void emit_tag(const sir::Inst& inst);
  void emit_ref(const sir::Inst& inst);
  void emit_check_index(const sir::Inst& inst);
  void emit_unshare(const sir::Inst& inst);
  void emit_drop(const sir::Inst& inst);
  void emit_lifetime(const sir::Inst& inst, bool is_start);
  void emit_branch(const sir::Inst& inst);
  void emit_switch(const sir::Inst& inst);
  void emit_panic(const sir::Inst& inst);
  void emit_panic_kind(const sir::Inst& inst);

  // ---- emit_array.cpp
  void emit_array(const sir::Inst& inst);
  llvm::Constant* constant_elements(const sir::Inst& inst, TypeId element);
  void put_elements(const sir::Inst& inst, TypeId element, llvm::Value* place);
  void emit_repeat(const sir::Inst& inst);
  void emit_array_builtin(const sir::Inst& inst);
  void emit_array_push(const sir::Inst& inst);
  void emit_array_pop(const sir::Inst& inst);
  void emit_array_swap(const sir::Inst& inst);
  void emit_array_truncate(const sir::Inst& inst);
  void cut_off(const sir::Inst& inst, llvm::Value* place, llvm::Value* buffer,
               llvm::Value* count);
  void emit_array_reserve(const sir::Inst& inst);
  void emit_array_extend(const sir::Inst& inst);
  // The elements of an array of any kind, a window included.
  struct Elements {
    llvm::Value* first;
    llvm::Value* length;
  };
  Elements elements_of(const sir::Operand& array);
  // Those that operands 1 and 2 of `inst`, which are checked, say of its first.
  Elements part_of(const sir::Inst& inst, TypeId element);
  llvm::Value* element_at(llvm::Value* first, llvm::Value* index, TypeId element);
  void put_window(const Elements& elements, llvm::Value* place);
  // A fresh array with copies of `elements`.
  llvm::Value* copy_elements(const Elements& elements, TypeId element);
  // Copies of them, one behind the other.
  void copy_into(llvm::Value* place, const Elements& elements, TypeId element);
  void emit_array_window(const sir::Inst& inst);
  void emit_array_split(const sir::Inst& inst);
  void emit_array_slice(const sir::Inst& inst);
  void emit_array_insert(const sir::Inst& inst);
  void emit_array_remove(const sir::Inst& inst);
  void emit_array_forget_before(const sir::Inst& inst);
  // The buffer of the array in a place, which has elements, made its only owner's.
  llvm::Value* own_buffer(llvm::Value* place, TypeId array);
  // The same with room for one element more.
  llvm::Value* own_buffer_with_room(llvm::Value* place, TypeId array, llvm::Value* more);
  void move_elements(llvm::Value* buffer, TypeId element, llvm::Value* to, llvm::Value* from,
                     llvm::Value* count);
  void check_bounds(llvm::Value* index, llvm::Value* length);

  // ---- emit_arith.cpp
  void emit_unary(const sir::Inst& inst);
  void emit_binary(const sir::Inst& inst);
  void emit_convert(const sir::Inst& inst);
  llvm::Value* int_binary(const sir::Inst& inst, TypeKind kind, llvm::Value* a, llvm::Value* b);
  llvm::Value* float_binary(sir::BinaryOp op, llvm::Value* a, llvm::Value* b);
  llvm::Value* compare(sir::BinaryOp op, TypeKind kind, llvm::Value* a, llvm::Value* b);
  llvm::Value* with_overflow(unsigned intrinsic, abi::Overflow operation, llvm::Value* a,
                             llvm::Value* b);
  llvm::Value* divide(bool is_remainder, bool is_signed, llvm::Value* a, llvm::Value* b);
  llvm::Value* shift(const sir::Inst& inst, TypeKind kind, llvm::Value* a, llvm::Value* b);
  void check_overflow(llvm::Value* bad, abi::Overflow operation);
  llvm::Value* int_to_int(llvm::Value* value, TypeKind from, TypeId to);
  llvm::Value* int_to_char(llvm::Value* value, TypeKind from, TypeId to);
  llvm::Value* float_to_int(llvm::Value* value, TypeId to);
  void check_convert(llvm::Value* fits, llvm::Value* value, bool is_signed, TypeId to);

  // ---- emit_call.cpp
  void emit_call(const sir::Inst& inst);
  void emit_call_of(const sir::Inst& inst, const Signature& signature, llvm::Value* callee,
                    std::vector<llvm::Value*> args);
  void emit_plain_call(const sir::Inst& inst, const Signature& signature, llvm::Value* callee,
                       std::vector<llvm::Value*> args);
  void emit_suspending_call(const sir::Inst& inst, const Signature& signature, llvm::Value* callee,
                            std::vector<llvm::Value*> args);
  void pass(const sir::Operand& operand, const ParamPassing& param,
            std::vector<llvm::Value*>& args);
  llvm::Value* result_place(const sir::Inst& inst, TypeId type);
  void store_result(llvm::Value* result, const Layout& layout, unsigned first,
                    llvm::Value* place);
  // A call of something that may unwind.
  llvm::CallBase* call_unwinding(llvm::FunctionCallee callee,
                                 const std::vector<llvm::Value*>& args);

  // ---- emit_dyn.cpp
  void emit_to_dyn(const sir::Inst& inst);
  void emit_call_dyn(const sir::Inst& inst);

  // ---- emit_generator.cpp
  void place_kept_locals();
  void emit_generator(const sir::Inst& inst);
  void emit_gen_next(const sir::Inst& inst);

  // ---- emit_closure.cpp
  void emit_closure(const sir::Inst& inst);
  void emit_call_value(const sir::Inst& inst);
  void emit_open_once(const sir::Inst& inst);

  // ---- emit_foreign.cpp
  void emit_call_c(const sir::Inst& inst);
  void emit_blocking(const sir::Inst& inst, const CSignature& signature);
  void emit_c_function(const sir::Inst& inst);
  llvm::Value* address_for_c(const sir::Operand& operand);

  // ---- emit_task.cpp
  void emit_spawn(const sir::Inst& inst);
  void emit_await(const sir::Inst& inst);
  void emit_settle(const sir::Inst& inst);
  // Waits for the task in a place and moves its value to another; `on_outcome` gets what there is
  // instead of a value, and ends its block or goes on. `Ends`: the task is cancelled first, and nothing
  // cuts the waiting short.
  enum class Waiting : uint8_t { Usual, Ends };
  void wait_for_task(llvm::Value* task, TypeId value, llvm::Value* to, bool leaves_spent,
                     Waiting waiting, llvm::function_ref<void(llvm::Value*)> on_outcome);
  llvm::Value* wait_for_future(llvm::Value* future, Waiting waiting);
  void release_future(llvm::Value* future, TypeId value);
  void emit_scope_enter(const sir::Inst& inst);
  void emit_scope_adopt(const sir::Inst& inst);
  void emit_scope_exit(const sir::Inst& inst);
  void emit_scope_slot(const sir::Inst& inst);
  // Whether the body has to wait.
  llvm::Value* has_children(llvm::Value* scope, llvm::Value* most);
  void end_scope(const sir::Inst& inst, llvm::Value* scope);
  void emit_yield();
  void emit_sleep(const sir::Inst& inst);
  void emit_task_is_done(const sir::Inst& inst);
  void emit_task_wait(const sir::Inst& inst);

  // ---- emit_chan.cpp
  struct SelectArm;
  bool emit_chan_builtin(const sir::Inst& inst);
  void emit_chan_new(const sir::Inst& inst);
  void emit_chan_send(const sir::Inst& inst);
  void emit_chan_receive(const sir::Inst& inst);
  void emit_chan_offer(const sir::Inst& inst);
  void emit_chan_try_receive(const sir::Inst& inst);
  void emit_select(const sir::Inst& inst);
  llvm::Value* channel(const sir::Operand& operand);
  llvm::Value* wait_at_channel(llvm::Value* chan, llvm::Value* value, Rt wait,
                               llvm::function_ref<void()> before);
  // Tries `now`, and `later` if that would have to wait: the outcome, an i32.
  llvm::Value* transfer(llvm::Value* chan, llvm::Value* value, TypeId content, Rt now, Rt later,
                        TypeId dropped = TypeId());
  // Where a value is that is sent or received, and may have to wait.
  bool is_small(TypeId content);
  llvm::Value* transfer_place(TypeId content);
  llvm::Value* offer(llvm::Value* chan, llvm::Value* place, TypeId content);
  llvm::Value* is_outcome(llvm::Value* outcome, uint32_t wanted);
  // Where it is so, `fill` writes the payload of the option; else it becomes `none`.
  void give_if(llvm::Value* is_some, TypeId option, llvm::Value* dest,
               llvm::function_ref<void()> fill);
  void give_received(TypeId option, llvm::Value* outcome, llvm::Value* got, llvm::Value* dest);
  void set_option(TypeId option, llvm::Value* place, bool is_some);
  llvm::Value* payload_in(TypeId option, llvm::Value* place);
  std::vector<SelectArm> arms_of(const sir::Inst& inst);
  llvm::Value* build_select(const sir::Inst& inst, std::vector<SelectArm>& arms);
  void fill_arm(SelectArm& arm, llvm::Value* waiter);
  void check_tasks_differ(const std::vector<SelectArm>& arms);
  llvm::Value* only_if_on(const SelectArm& arm, llvm::function_ref<llvm::Value*()> look);
  llvm::Value* channel_of_arm(const sir::Operand& operand);
  llvm::Value* run_select(llvm::Value* select, llvm::function_ref<void()> before = nullptr);
  llvm::Value* outcome_of(llvm::Value* waiter);
  llvm::Value* run_select_over(const sir::Operand& array, llvm::Value* received,
                               llvm::function_ref<void(llvm::Value*)> finish);
  void emit_select_any(const sir::Inst& inst);
  void emit_await_any(const sir::Inst& inst);
  void finish_arm(const SelectArm& arm, llvm::Value* waiter);
  // ---- emit_cancel.cpp
  // The outcome of a cancelled task.
  llvm::Value* cancelled();
  // Unwinds where the condition holds, after what `before` writes.
  void cancel_if(llvm::Value* condition, llvm::function_ref<void()> before = nullptr);
  // Whether the wait that is over was.
  llvm::Value* is_taken_back();
  // Suspends in a place where no cancellation is delivered.
  void suspend_shielded(llvm::Value* awaiter, llvm::Function* wrapper);
  // The wait for this task was taken back.
  void abandon(llvm::Value* future, TypeId value);
  bool emit_cancellation(const sir::Inst& inst);
  // Whether something waits before the shield that `inst` raises is gone.
  bool needs_shield(const sir::Inst& inst);
  void emit_within_enter(const sir::Inst& inst);
  void emit_take_cancellation(const sir::Inst& inst);
  // Whether the scope in this local is left where unwinding out of it may end.
  bool is_left_later(const sir::Operand& scope);
  // Whether the call drops values with tasks in them while unwinding.
  bool drops_tasks(const sir::Inst& inst);

  // ---- emit_lock.cpp
  bool emit_lock_builtin(const sir::Inst& inst);
  void emit_cell_new(const sir::Inst& inst);
  llvm::Value* lock_list(const sir::Inst& inst);
  void emit_lock_acquire(const sir::Inst& inst);
  llvm::Value* wait_for_lock(llvm::Value* lock, llvm::function_ref<void()> before);
  llvm::Value* is_panicking();
  void emit_lock_retake(const sir::Inst& inst);
  llvm::GlobalVariable* static_slot(const sir::Inst& inst);
  void emit_static_get(const sir::Inst& inst);
  void emit_static_set(const sir::Inst& inst);
  void refuse_lock(llvm::Value* outcome, llvm::Value* list, size_t taken);
  void emit_lock_release(const sir::Inst& inst);
  void emit_lock_try(const sir::Inst& inst);
  void emit_weak_upgrade(const sir::Inst& inst);

  // ---- emit_local.cpp
  bool emit_local_builtin(const sir::Inst& inst);
  void give_local(const sir::Inst& inst, Rt function);
  void find_local(const sir::Inst& inst, Rt function);

  // ---- emit_builtin.cpp
  void emit_builtin(const sir::Inst& inst);
  bool emit_number_builtin(const sir::Inst& inst);
  bool emit_text_builtin(const sir::Inst& inst);
  bool emit_atomic_builtin(const sir::Inst& inst);
  void emit_atomic_new(const sir::Inst& inst);
  void emit_handle_atomic(const sir::Inst& inst);
  llvm::Value* emit_atomic(const sir::Inst& inst, llvm::Value* cell,
                           std::span<llvm::Value* const> values, llvm::AtomicOrdering order);
  bool emit_outside_builtin(const sir::Inst& inst);
  void emit_show(const sir::Inst& inst);
  void emit_equal(const sir::Inst& inst);
  void emit_compare(const sir::Inst& inst);
  void emit_hash(const sir::Inst& inst);
  void emit_place_builtin(const sir::Inst& inst);
  void emit_print(const sir::Inst& inst);
  bool emit_panic_builtin(const sir::Inst& inst);
  void emit_str_parse(const sir::Inst& inst, Rt parse);
  void emit_str_slice(const sir::Inst& inst);
  void emit_str_byte_at(const sir::Inst& inst);
  void emit_str_char_at(const sir::Inst& inst);
  void emit_char_width(const sir::Inst& inst);
  void set_dest_pointer(llvm::Value* pointer);
  // Calls `change` with the address of a temporary that holds the str of a place, and puts what it
  // left there back, so that the place itself can stay in a register.
  void change_str(const sir::Operand& operand, llvm::function_ref<void(llvm::Value*)> change);

  // ---- unwind.cpp
  // Leaves the instruction with a panic; the block ends.
  void raise(llvm::Value* payload);
  // The same with an outcome: a tagged payload or cancelled.
  void raise_outcome(llvm::Value* outcome);
  void go_unwind();
  // In a clean-up: shows the outcome with the one under way and goes on.
  void attach(llvm::Value* outcome);
  // A panic that is raised if `bad`, made by `make` in a cold block.
  void panic_if(llvm::Value* bad, llvm::function_ref<llvm::Value*()> make);
  bool in_cleanup() const;
  llvm::Value* outcome_slot();
  void emit_take_panic(const sir::Inst& inst);
  llvm::BasicBlock* landing_pad();
  llvm::BasicBlock* unwind_exit();

  // ---- coroutine.cpp
  void begin_frame();
  void make_room(uint64_t size);
  // Where what is waited with has to lie, `size` bytes (abi::Frame).
  llvm::Value* record(uint64_t size);
  // Goes to the heap first where the stack below is nearly full, or others are to have a turn. What
  // the caller passed has been taken by then.
  void test_stack();
  // Suspends through `wrapper(awaiter, frame)` unless that says false.
  void suspend(llvm::Value* awaiter, llvm::Function* wrapper);
  void note_site();
  void note_site(llvm::Value* number);
  void finish_value();
  void finish_outcome();
  void free_frame();
  void store_frame_size();
  void emit_return();
  void emit_ret_block();
  void leave(llvm::Value* handle, llvm::ArrayRef<llvm::Value*> pieces);
  llvm::Value* pack_result(llvm::Value* handle, llvm::ArrayRef<llvm::Value*> pieces);
  llvm::CallInst* coro(unsigned intrinsic, llvm::ArrayRef<llvm::Value*> args,
                       llvm::ArrayRef<llvm::Type*> types = {});

  ModuleEmitter& m;
  const sir::Function& sir_;
  const Signature& signature_;
  llvm::Function* function_;
  llvm::IRBuilder<> b;
  Values v;

  // Blocks already created, by region and id, and those not yet filled.
  std::map<std::pair<Region, uint32_t>, llvm::BasicBlock*> blocks_;
  std::vector<std::pair<Region, sir::BlockId>> pending_;
  Region region_ = Region::Plain;
  sir::BlockId block_id_;
  const sir::Inst* inst_ = nullptr;

  std::vector<llvm::Value*> locals_;          // alloca or pointer argument; null without bytes
  std::vector<uint64_t> spawn_room_;          // bytes behind a Task local for arguments
  std::vector<bool> has_lifetime_;
  std::vector<llvm::AllocaInst*> temps_;      // of the current instruction
  llvm::Instruction* alloca_point_ = nullptr;
  llvm::DISubprogram* subprogram_ = nullptr;

  // Ways out.
  std::map<uint32_t, llvm::AllocaInst*> outcomes_;   // by the depth of blocks
  std::map<std::pair<Region, uint64_t>, llvm::BasicBlock*> landing_pads_;
  std::map<Region, llvm::BasicBlock*> unwind_exits_;
  std::map<Region, llvm::BasicBlock*> return_exits_;

  // The frame.
  FramePlan plan_;
  bool is_early_ = false;                       // only what comes before the frame
  sir::BlockId first_ = sir::BlockId(0);        // where the function begins
  llvm::AllocaInst* promise_ = nullptr;
  uint64_t room_ = 0;                           // bytes of it for the record or the result
  llvm::BasicBlock* begin_block_ = nullptr;
  llvm::Value* coro_id_ = nullptr;
  llvm::Value* frame_ = nullptr;
  llvm::BasicBlock* ret_block_ = nullptr;
  llvm::BasicBlock* destroy_block_ = nullptr;
  llvm::PHINode* ret_handle_ = nullptr;
  std::vector<llvm::PHINode*> ret_pieces_;
};

}  // namespace skein::codegen
