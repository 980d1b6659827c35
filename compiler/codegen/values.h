// Code for values in memory: loading, storing, counting, dropping, and small control flow.
//
// Shared by everything that writes instructions: the functions of the program, glue and wrappers.
// Each operation appends at the builder's place and may leave the builder in a new block.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "compiler/codegen/layout.h"
#include "compiler/codegen/runtime_abi.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/IR/IRBuilder.h"

namespace skein::codegen {

class ModuleEmitter;

enum class Chance : uint8_t { Even, Likely, Unlikely };

class Values {
 public:
  Values(ModuleEmitter& module, llvm::IRBuilder<>& builder) : m(module), b(builder) {}

  // Types and constants.
  llvm::Type* pointer_type();
  llvm::IntegerType* int_type(unsigned bits);
  llvm::ConstantInt* i64(uint64_t value);
  llvm::ConstantInt* i32(uint64_t value);
  llvm::Constant* null();
  const Layout& layout(TypeId type);

  // Scalars. A bool is i1 outside of memory.
  llvm::Value* load(TypeId type, llvm::Value* place);
  void store(TypeId type, llvm::Value* value, llvm::Value* place);

  // Any value, bit by bit.
  void copy(TypeId type, llvm::Value* to, llvm::Value* from);
  // Its pieces, in the order they are passed.
  void load_pieces(const Layout& layout, llvm::Value* place, std::vector<llvm::Value*>& out);
  void store_pieces(const Layout& layout, llvm::ArrayRef<llvm::Value*> pieces, llvm::Value* place);

  // The address `offset` bytes behind a place.
  llvm::Value* offset(llvm::Value* place, uint64_t offset);
  llvm::Value* load_word(llvm::Value* place, uint64_t at);
  llvm::Value* load_pointer(llvm::Value* place, uint64_t at);
  void store_at(llvm::Value* value, llvm::Value* place, uint64_t at);

  // Buffers.
  llvm::LoadInst* load_header(llvm::Value* buffer, uint64_t at);
  void store_header(llvm::Value* word, llvm::Value* buffer, uint64_t at);
  llvm::Value* length(llvm::Value* buffer);
  void set_length(llvm::Value* buffer, llvm::Value* length);
  llvm::Value* data(llvm::Value* buffer);
  llvm::Value* element(llvm::Value* buffer, llvm::Value* index, TypeId element);
  llvm::Value* new_buffer(TypeId element, llvm::Value* capacity);
  // A buffer with one element and the address of that element.
  llvm::Value* new_buffer_of_one(TypeId element, llvm::Value*& inside);
  // A box and the address of its content.
  llvm::Value* new_box(TypeId content, llvm::Value*& inside);
  llvm::Value* content(llvm::Value* box);

  // Counts. `retain` makes a second owner of what is in the place, `drop` ends one. `list` is where
  // recursive types put buffers whose last owner is gone; null: there is no such list yet.
  void retain(TypeId type, llvm::Value* place);
  void drop(TypeId type, llvm::Value* place, llvm::Value* list = nullptr);
  void drop_buffer(llvm::Value* buffer, TypeId content, bool is_box, llvm::Value* list);
  // What glue functions do for the types that have some: the elements, the variant's fields.
  void retain_parts(TypeId type, llvm::Value* place);
  void drop_parts(TypeId type, llvm::Value* place, llvm::Value* list);
  void retain_buffer(llvm::Value* buffer, bool is_atomic);
  // True if that was the last owner.
  llvm::Value* release_buffer(llvm::Value* buffer, bool is_atomic);
  // Whether its only owner may write in place.
  llvm::Value* is_unique(llvm::Value* buffer, bool is_atomic);

  // A number of the tag of an enum, option or result, as i64.
  llvm::Value* variant_of(TypeId type, llvm::Value* place);
  // A place with the pointer of a boxed field; the box's content otherwise.
  llvm::Value* field_address(const FieldLayout& field, llvm::Value* place);

  // Outcomes (tagged handles) and states (words in frames and futures), see abi/layout.h.
  llvm::Value* state_of(llvm::Value* outcome);
  llvm::Value* outcome_of(llvm::Value* state);
  // An outcome of a payload: the pointer with the tag that tells it from a handle.
  llvm::Value* tagged(llvm::Value* payload);
  llvm::Value* is_cancelled(llvm::Value* outcome);
  // The handle in what a suspending function returns.
  llvm::Value* handle_of(llvm::Value* result);

  // The same scalar as one that is computed here. A value that lives over a suspension is read from the frame
  // where it is used, which for what the ramp returns would be after it has freed the frame.
  llvm::Value* read_here(llvm::Value* scalar);
  // The same pointer under a new definition that LLVM does not see through. What lives over a
  // suspension is saved in the frame where it is defined: this moves the saving off the fast path.
  llvm::Value* only_here(llvm::Value* pointer) { return b.CreateLaunderInvariantGroup(pointer); }

  // Control flow.
  llvm::BasicBlock* new_block(const llvm::Twine& name);
  void branch(llvm::Value* condition, llvm::BasicBlock* yes, llvm::BasicBlock* no, Chance chance);
  void if_true(llvm::Value* condition, Chance chance, llvm::function_ref<void()> then);
  // `then` and `otherwise` each give a value; the result is the one that was made.
  llvm::Value* select(llvm::Value* condition, Chance chance,
                      llvm::function_ref<llvm::Value*()> then,
                      llvm::function_ref<llvm::Value*()> otherwise);
  void count_up(llvm::Value* from, llvm::Value* to,
                llvm::function_ref<void(llvm::Value* index)> body);

  llvm::CallInst* rt(Rt function, std::initializer_list<llvm::Value*> args);

  ModuleEmitter& m;
  llvm::IRBuilder<>& b;

 private:
  llvm::MaybeAlign align_of(const Layout& layout, uint64_t offset = 0);
  void retain_fields(const std::vector<FieldLayout>& fields, llvm::Value* place);
  void drop_fields(const std::vector<FieldLayout>& fields, llvm::Value* place, llvm::Value* list);
};

}  // namespace skein::codegen
