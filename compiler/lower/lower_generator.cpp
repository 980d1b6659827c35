// Generators: `gen fn f(n: int) -> T { … }`.
//
// A call of `f` runs nothing: `f` is a function that makes a generator of its arguments. Its body is
// another one, `f.gen`, which owns them. Each `yield` has two ways on, one for the next pull and one
// for when the generator is dropped there: the second does what a `return` would. The first thing in
// a body is such a place, too, as one that nobody ever pulled drops its arguments.
// passes/split_generators makes what runs of it.
#include "compiler/lower/lower_generator.h"

#include "compiler/lower/lower_fn.h"
#include "compiler/lower/steps.h"

namespace skein::lower {

static void emit_yield(Body& body, std::vector<Operand> value, Span span) {
  Inst inst;
  inst.kind = InstKind::YieldValue;
  inst.span = span;
  inst.operands = std::move(value);
  BlockId on = body.new_block();
  BlockId dropped = body.new_block();
  inst.targets = {on, dropped};
  body.emit(std::move(inst));
  body.begin(dropped);
  body.exit(0, span);
  body.emit(InstKind::Return, {}, span);
  body.begin(on);
}

void lower_yield(Body& body, const ast::Yield* node) {
  if (node->value == nullptr) return body.emit(InstKind::Yield, {}, node->span);
  Operand value = lower_value(body, node->value);
  std::vector<Operand> operands;
  operands.push_back(std::move(value));
  emit_yield(body, std::move(operands), node->span);
}

// The body as a function that gives nothing, with parameters like those of the declaration.
static FunctionId add_body(Unit& unit, const types::FnDecl& decl, FunctionId maker) {
  std::string name = unit.module.functions[maker].name + ".gen";
  FunctionId id = unit.add_made_up(name, sir::FunctionKind::Generator, decl.span);
  sir::Function& fn = unit.module.functions[id];
  fn.display_name = decl.display_name;
  fn.type_param_count = static_cast<uint32_t>(decl.type_params.size());
  sir::Local nothing;
  nothing.type = unit.program.types.unit();
  nothing.kind = sir::LocalKind::Return;
  nothing.span = decl.span;
  fn.locals.add(nothing);
  for (const types::ParamDecl& param : decl.params) add_param(fn, param);
  return id;
}

static void lower_body(Unit& unit, const types::FnDecl& decl, FunctionId id) {
  const ast::Block* block = decl.item->as<ast::FnItem>()->body;
  uint32_t task_count = 0;
  Body body(unit, id);
  body.root_name = body.fn.name;
  body.task_count = &task_count;
  body.type_params = &decl.type_params;
  for (uint32_t i = 0; i < decl.params.size(); ++i) {
    LocalId local = body.fn.param(i);
    body.bind(decl.params[i].var, local);
    body.own(local, decl.params[i].span);
  }
  emit_yield(body, {}, decl.span);
  lower_block(body, block, Place());
  Span end = {block->span.end > 0 ? block->span.end - 1 : 0, block->span.end};
  body.leave(0, end);
  body.emit(InstKind::Return, {}, end);
  body.finish();
}

void lower_gen_fn(Unit& unit, const types::FnDecl& decl, FunctionId maker) {
  FunctionId body_id = add_body(unit, decl, maker);
  lower_body(unit, decl, body_id);
  Body body(unit, maker);
  Inst inst;
  inst.kind = InstKind::Generator;
  inst.span = decl.span;
  inst.dest = body.fn.return_local();
  inst.callee = body_id;
  for (uint32_t i = 0; i < decl.type_params.size(); ++i) {
    inst.type_args.push_back(unit.program.types.param(i));
  }
  for (uint32_t i = 0; i < decl.params.size(); ++i) {
    LocalId param = body.fn.param(i);
    bool moves = unit.needs_drop(decl.params[i].type);
    inst.operands.push_back(moves ? Operand::move(param) : Operand::copy(param));
  }
  body.emit(std::move(inst));
  body.emit(InstKind::Return, {}, decl.span);
  body.finish();
}

}  // namespace skein::lower
