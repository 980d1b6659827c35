// Writes instructions into blocks of a function, for the passes that make code.
#pragma once

#include <string>
#include <vector>

#include "compiler/sir/sir.h"

namespace skein::passes {

using sir::BlockId;
using sir::FunctionId;
using sir::Inst;
using sir::InstKind;
using sir::LocalId;
using sir::Operand;
using sir::Place;
using types::TypeId;

class Writer {
 public:
  Writer(sir::Module& module, FunctionId function)
      : module(module), function(module.functions[function]) {}
  Writer(const Writer&) = delete;

  sir::Module& module;
  sir::Function& function;
  // Given to what is written.
  Span span;

  BlockId new_block(bool is_cleanup = false);
  // What is written next goes to the end of this block.
  void begin(BlockId block) { current_ = block; }
  BlockId current() const { return current_; }
  bool in_cleanup() const { return function.blocks[current_].is_cleanup; }

  LocalId new_temp(TypeId type);

  // Gives the instruction a span if it has none.
  void emit(Inst inst);
  void emit(InstKind kind, std::vector<Operand> operands, BlockId unwind = {});
  void assign(Place dest, Operand value);
  void binary(sir::BinaryOp op, Place dest, Operand a, Operand b);
  void call(FunctionId callee, std::vector<Operand> args, Place dest, BlockId unwind);
  void builtin(types::Builtin builtin, TypeId type_arg, std::vector<Operand> args, Place dest = {},
               BlockId unwind = {});
  void jump(BlockId target);
  void branch(Operand condition, BlockId yes, BlockId no);
  // To `targets[i]` if `value` is i; the last target is for all others too.
  void switch_on(Operand value, std::vector<BlockId> targets);
  void ret();

  Operand int_const(int64_t value) const;
  Operand bool_const(bool value) const;
  Operand str_const(std::string text) const;

 private:
  BlockId current_;
};

// A new function of kind Glue, with the result and one entry block, and no parameters yet.
FunctionId add_glue(sir::Module& module, std::string name, TypeId result);
// To be called for each parameter before any other local is made.
LocalId add_param(sir::Function& function, TypeId type, types::ParamMode mode);

// `place` with one more step.
Place field_of(Place place, uint32_t index);
Place payload_of(Place place, uint32_t variant, uint32_t index);
Place element_of(Place place, LocalId index);

}  // namespace skein::passes
