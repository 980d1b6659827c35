// Writes drops out: what it takes to let go of a value of a type.
//
// Most drops only release counts and stay one `drop` instruction. A task is settled. Values with
// a task or a `drop` method inside get a function of their own, `drop.[Task<int>]`, which takes
// them apart.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/passes/writer.h"

namespace skein::passes {

// One value to let go of.
struct DropPiece {
  Place place;
  TypeId type;
  // Only if this flag is set; invalid: always.
  LocalId flag;
  // A `drop` method to call with `place` in the drop's stead. The value stays.
  FunctionId method;
};

class DropGlue {
 public:
  explicit DropGlue(sir::Module& module);

  // Writes the drop of one whole value. Nothing if its type needs none.
  void write(Writer& writer, const DropPiece& piece, BlockId unwind);
  // Writes several, in order. If one panics the others are dropped all the same, on the way to
  // `unwind`.
  void write_all(Writer& writer, const std::vector<DropPiece>& pieces, BlockId unwind);

  // Puts a function of its own in place of an `array_truncate` that drops more than counts.
  void replace_truncate(Inst& inst);

  // A function that waits for the task it is given, and drops its value.
  FunctionId settling_function(TypeId task);

  // Whether the function was made here: its drops are in their last form.
  static bool is_drop_glue(const sir::Function& function);

 private:
  // ReleaseBox: it is released, and its end may panic. Unlock: a guard, which poisons its lock where a
  // panic ends it.
  enum class Way : uint8_t { Nothing, Release, ReleaseBox, Settle, Unlock, Call };
  Way way_of(TypeId type);
  FunctionId method_of(TypeId type) const;
  FunctionId function_for(TypeId type);

  void write_body(FunctionId function, TypeId type);
  void write_inst(Writer& writer, InstKind kind, const Place& place, BlockId unwind);
  void write_release(Writer& writer, const Place& place, BlockId unwind = {});
  // The drop of a value that is in no box, and ends in another way than by a release.
  void write_end(Writer& writer, Way way, const Place& place, BlockId unwind);
  void write_unlock(Writer& writer, const Place& guard);
  void write_empty_array(Writer& writer, LocalId array, TypeId type);
  void write_array(Writer& writer, LocalId array, TypeId type);
  // Drops the elements from number `next` on. The first `kept` stay; invalid: the array ends.
  void write_rest_of_array(Writer& writer, LocalId array, TypeId type, LocalId next,
                           LocalId kept = {});
  void write_variants(Writer& writer, LocalId value, TypeId type);

  sir::Module& module_;
  std::unordered_map<std::string, FunctionId> functions_;
  // `drop` methods, by the type they are of.
  std::unordered_map<TypeId, FunctionId, IdHash> methods_;
  std::unordered_map<TypeId, Way, IdHash> ways_;
};

// Where the value of `place` is, once it is in no box: moved out of the one that it is in, if any.
Place out_of_box(Writer& writer, const Place& place);

// The lock in a guard, and whether it was taken for reading, as operands of the builtins for locks.
std::vector<Operand> lock_operands(Writer& writer, const Place& guard, TypeId type);

// The fields of a struct or tuple.
std::vector<TypeId> field_types(sir::Module& module, TypeId type);
bool has_variants(const sir::Module& module, TypeId type);

}  // namespace skein::passes
