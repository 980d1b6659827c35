// Each function fills in one kind of instruction.
#include "compiler/passes/writer.h"

#include <utility>

namespace skein::passes {

BlockId Writer::new_block(bool is_cleanup) {
  sir::Block block;
  block.is_cleanup = is_cleanup;
  if (current_.valid()) block.depth = function.blocks[current_].depth;
  return function.blocks.add(std::move(block));
}

LocalId Writer::new_temp(TypeId type) {
  sir::Local local;
  local.type = type;
  return function.locals.add(std::move(local));
}

void Writer::emit(Inst inst) {
  if (!inst.span.valid()) inst.span = span;
  function.blocks[current_].insts.push_back(std::move(inst));
}

void Writer::emit(InstKind kind, std::vector<Operand> operands, BlockId unwind) {
  Inst inst;
  inst.kind = kind;
  inst.operands = std::move(operands);
  inst.unwind = unwind;
  emit(std::move(inst));
}

void Writer::assign(Place dest, Operand value) {
  Inst inst;
  inst.kind = InstKind::Assign;
  inst.dest = std::move(dest);
  inst.operands.push_back(std::move(value));
  emit(std::move(inst));
}

void Writer::binary(sir::BinaryOp op, Place dest, Operand a, Operand b) {
  Inst inst;
  inst.kind = InstKind::Binary;
  inst.binary = op;
  inst.dest = std::move(dest);
  inst.operands = {std::move(a), std::move(b)};
  emit(std::move(inst));
}

void Writer::call(FunctionId callee, std::vector<Operand> args, Place dest, BlockId unwind) {
  Inst inst;
  inst.kind = InstKind::Call;
  inst.callee = callee;
  inst.operands = std::move(args);
  inst.dest = std::move(dest);
  inst.unwind = unwind;
  emit(std::move(inst));
}

void Writer::builtin(types::Builtin builtin, TypeId type_arg, std::vector<Operand> args,
                     Place dest, BlockId unwind) {
  Inst inst;
  inst.kind = InstKind::Builtin;
  inst.builtin = builtin;
  if (type_arg.valid()) inst.type_args = {type_arg};
  inst.operands = std::move(args);
  inst.dest = std::move(dest);
  inst.unwind = unwind;
  emit(std::move(inst));
}

void Writer::jump(BlockId target) {
  Inst inst;
  inst.kind = InstKind::Jump;
  inst.targets = {target};
  emit(std::move(inst));
}

void Writer::branch(Operand condition, BlockId yes, BlockId no) {
  Inst inst;
  inst.kind = InstKind::Branch;
  inst.operands = {std::move(condition)};
  inst.targets = {yes, no};
  emit(std::move(inst));
}

void Writer::switch_on(Operand value, std::vector<BlockId> targets) {
  Inst inst;
  inst.kind = InstKind::Switch;
  inst.operands = {std::move(value)};
  inst.targets = std::move(targets);
  for (size_t i = 0; i + 1 < inst.targets.size(); ++i) inst.cases.push_back(i);
  emit(std::move(inst));
}

void Writer::ret() { emit(InstKind::Return, {}); }

Operand Writer::int_const(int64_t value) const {
  return Operand::constant_int(module.types().int_(), static_cast<uint64_t>(value));
}

Operand Writer::bool_const(bool value) const {
  return Operand::constant_int(module.types().bool_(), value ? 1 : 0);
}

Operand Writer::str_const(std::string text) const {
  return Operand::constant_str(module.types().str(), std::move(text));
}

FunctionId add_glue(sir::Module& module, std::string name, TypeId result) {
  sir::Function function;
  function.name = name;
  function.display_name = std::move(name);
  function.kind = sir::FunctionKind::Glue;
  sir::Local result_local;
  result_local.type = result;
  result_local.kind = sir::LocalKind::Return;
  function.locals.add(std::move(result_local));
  function.blocks.add({});
  return module.functions.add(std::move(function));
}

LocalId add_param(sir::Function& function, TypeId type, types::ParamMode mode) {
  sir::Local param;
  param.type = type;
  param.kind = sir::LocalKind::Param;
  param.mode = mode;
  param.is_ref = mode == types::ParamMode::Mut;
  ++function.param_count;
  return function.locals.add(std::move(param));
}

static Place with_step(Place place, sir::Projection step) {
  place.path.push_back(step);
  return place;
}

Place field_of(Place place, uint32_t index) {
  sir::Projection step;
  step.index = index;
  return with_step(std::move(place), step);
}

Place payload_of(Place place, uint32_t variant, uint32_t index) {
  sir::Projection step;
  step.kind = sir::Projection::Kind::Variant;
  step.variant = variant;
  step.index = index;
  return with_step(std::move(place), step);
}

Place element_of(Place place, LocalId index) {
  sir::Projection step;
  step.kind = sir::Projection::Kind::Index;
  step.local = index;
  return with_step(std::move(place), step);
}

}  // namespace skein::passes
