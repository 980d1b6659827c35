// Functions made once per type: releasing, counting and copying what a value owns.
//
//   drop.T(place)               ends the value: releases its buffers, drops their elements
//   drop.[T](buffer)            one owner of the buffer less; the last one drops its elements
//   drop_into.T(place, list)    the same for types that contain themselves: a buffer whose last
//   dispose.[T](buffer, list)   owner is gone is put on a list, so that depth costs no stack; dispose
//                               drops its elements and frees it
//   retain.T(place)             one owner more for each buffer the value owns
//   unshare.[T](buffer)         a buffer with these elements that has no other owner
//   grow.[T](buffer, n)         the same with room for n elements more
//
// Those that come out the same for several types become one in the end (merge_glue.h).
//
// `box T` stands for the abi::Box behind a boxed field of type T.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>

#include "compiler/codegen/layout.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "runtime/abi/layout.h"

namespace llvm {
class Constant;
class Function;
class FunctionType;
class Type;
class Value;
}  // namespace llvm

namespace skein::codegen {

class ModuleEmitter;
class Values;

// A value of fn type is a buffer whose one element is what the closure has captured. In place of its
// length and capacity stand the function that is called, and the one that drops the captures.
constexpr uint64_t kClosureCode = offsetof(abi::Buffer, capacity);
constexpr uint64_t kClosureDrop = offsetof(abi::Buffer, length);
// A value of dyn type has its table in place of the code: retain_content, then the methods.
constexpr uint64_t kDynTable = kClosureCode;

// What counted memory holds, and whether it is a box or a buffer. A str holds u8.
struct BufferType {
  TypeId type;     // str, an array type, or the content of a box
  bool is_box = false;
};

class Glue {
 public:
  explicit Glue(ModuleEmitter& module) : m_(module) {}

  // By place.
  llvm::Function* drop_value(TypeId type);
  llvm::Function* drop_value_into(TypeId type);
  llvm::Function* retain_value(TypeId type);
  // Of values of fn type: one owner less; the last one drops what the closure has captured.
  llvm::Function* drop_fn(TypeId fn_type);
  // void(ptr): gives up a task at this place.
  llvm::Function* drop_task(TypeId type);
  // void(ptr): drops any value at this place.
  llvm::Function* drop_content(TypeId content);
  // void(ptr): one owner of a Chan, Sender or Receiver less.
  llvm::Function* drop_chan(TypeId type);
  // void(ptr): one owner of a Mutex, RwLock or Shared less.
  llvm::Function* drop_cell(TypeId type);
  // What the last owner of a closure calls: drops what it has captured. Null: there is nothing.
  llvm::Constant* drop_captures(TypeId closure);
  // Of values of dyn type: what counts the parts of a copied content. Null: there is nothing.
  llvm::Constant* retain_content(TypeId content);
  // A copy of its own in place of a value that others hold too, which is released.
  llvm::Function* unshare_dyn(TypeId dyn);
  // By buffer.
  llvm::Function* drop_buffer(BufferType buffer);
  // Of a buffer or box without owners, whatever it holds.
  void free_memory(Values& values, BufferType buffer, llvm::Value* address);
  llvm::Function* dispose_buffer(BufferType buffer);
  llvm::Function* unshare(BufferType buffer);
  // Calls it, and says what is known of the fresh one.
  llvm::Value* call_unshare(Values& values, BufferType buffer, llvm::Value* old);
  llvm::Function* grow(TypeId array);

  // When all are made: those that came out the same become one.
  void merge_equal();

  // Whether dropping the elements can lead to a buffer of this type again.
  bool is_recursive(BufferType buffer);
  // Whether dropping a value of this type can lead to a recursive buffer.
  bool reaches_recursive(TypeId type);
  bool counts_atomically(BufferType buffer);
  // Whether a buffer that is not empty can have several owners: what cannot be copied has one.
  bool may_be_shared(BufferType buffer);
  // The type of the elements; u8 for a str.
  TypeId element(BufferType buffer);
  std::string name(BufferType buffer);

 private:
  using Key = std::tuple<std::string, uint32_t, bool>;
  using Body = llvm::function_ref<void(Values& values, llvm::Function& function)>;

  // The function of that kind for that type, made with `body` when it is new.
  llvm::Function* make(const char* kind, BufferType type, llvm::FunctionType* signature, Body body);
  // One with so many pointers.
  llvm::Function* make(const char* kind, BufferType type, llvm::Type* result, size_t params,
                       Body body);
  void drop_elements(Values& values, BufferType buffer, llvm::Value* address, llvm::Value* list);
  llvm::Function* unshare_box(BufferType box);
  void drop_contents(Values& values, llvm::Value* chan, TypeId content);
  void empty_list(Values& values, llvm::Value* list);
  bool reaches(TypeId from, BufferType target);
  std::vector<BufferType> buffers_in(TypeId type);

  ModuleEmitter& m_;
  std::map<Key, llvm::Function*> functions_;
  std::map<std::pair<uint32_t, bool>, bool> recursive_;
  std::unordered_map<uint32_t, bool> reaches_recursive_;
};

}  // namespace skein::codegen
