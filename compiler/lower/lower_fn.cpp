// Functions as a whole, and the one that the runtime starts.
#include "compiler/lower/lower_fn.h"

#include "compiler/lower/lower_generator.h"
#include "compiler/lower/steps.h"
#include "compiler/lower/walk.h"
#include "compiler/support/check.h"

namespace skein::lower {

void add_param(sir::Function& fn, const types::ParamDecl& param) {
  sir::Local local;
  local.name = param.name;
  local.type = param.type;
  local.kind = sir::LocalKind::Param;
  local.mode = param.mode;
  local.is_ref = param.mode == ParamMode::Mut;
  local.span = param.span;
  fn.locals.add(local);
  ++fn.param_count;
}

void lower_fn(Unit& unit, types::FnId decl_id, FunctionId id) {
  const types::FnDecl& decl = unit.program.fns[decl_id];
  Doing doing("lowering", decl.display_name);
  SKEIN_CHECK(decl.is_checked, "a function that was not checked is lowered");
  if (decl.foreign == types::Foreign::Import) return lower_foreign(unit, decl_id, id);
  if (decl.is_gen) return lower_gen_fn(unit, decl, id);
  const ast::Block* block = decl.item->as<ast::FnItem>()->body;
  uint32_t task_count = 0;
  Body body(unit, id);
  body.root_name = body.fn.name;
  body.task_count = &task_count;
  body.type_params = &decl.type_params;

  TypeKind kind = unit.kind(decl.result);
  bool gives_value = kind != TypeKind::Unit && kind != TypeKind::Never;
  // The first clean-up, so that it is the last to run: a function returns when the tasks it gave up
  // have ended, after its variables are gone.
  if (gives_up_tasks(unit.program, block, !gives_value)) enter_task_scope(body, block->span);
  if (decl.is_test) body.add_cleanup({.kind = Cleanup::Kind::TestEnd, .span = block->span});
  for (uint32_t i = 0; i < decl.params.size(); ++i) {
    LocalId local = body.fn.param(i);
    body.bind(decl.params[i].var, local);
    if (decl.params[i].mode == ParamMode::Own) body.own(local, decl.params[i].span);
  }
  LocalId result = body.fn.return_local();
  lower_block(body, block, gives_value ? Place(result) : Place());
  Span end = {block->span.end > 0 ? block->span.end - 1 : 0, block->span.end};
  body.leave(0, end, result);
  body.emit(InstKind::Return, {}, end);
  body.finish();
}

FunctionId lower_static(Unit& unit, const types::StaticDecl& decl, FunctionId maker,
                        uint32_t number) {
  std::string name(unit.program.interner.text(decl.name));
  FunctionId id = unit.add_made_up("static." + name + ".get", sir::FunctionKind::Normal, decl.span);
  sir::Local result;
  result.type = decl.type;
  result.kind = sir::LocalKind::Return;
  result.span = decl.span;
  unit.module.functions[id].locals.add(result);
  Body body(unit, id);
  Operand slot = body.const_str(name + "." + std::to_string(number));
  LocalId known =
      body.new_temp(unit.program.types.make(TypeKind::Option, {decl.type}), decl.span);
  body.builtin(Builtin::StaticGet, {decl.type}, {slot}, known, decl.span);
  BlockId there = body.new_block();
  BlockId first = body.new_block();
  body.branch(Operand::copy(emit_is_some(body, known, decl.span)), there, first, decl.span);
  body.begin(there);
  body.assign(body.fn.return_local(), Operand::move(payload_of(known, 1)), decl.span);
  body.emit(InstKind::Return, {}, decl.span);
  body.begin(first);
  LocalId made = body.new_temp(decl.type, decl.span);
  Inst call;
  call.kind = InstKind::Call;
  call.span = decl.span;
  call.dest = made;
  call.callee = maker;
  body.emit(std::move(call));
  body.builtin(Builtin::StaticSet, {decl.type}, {slot, Operand::move(made)},
               body.fn.return_local(), decl.span);
  body.emit(InstKind::Return, {}, decl.span);
  body.finish();
  return id;
}

void lower_item_value(Unit& unit, const ast::Expr* value,
                      const std::vector<types::TypeParamDecl>* type_params, FunctionId id) {
  Doing doing("lowering", unit.module.functions[id].name);
  uint32_t task_count = 0;
  Body body(unit, id);
  body.root_name = body.fn.name;
  body.task_count = &task_count;
  body.type_params = type_params;
  LocalId result = body.fn.return_local();
  lower_into(body, value, result);
  body.leave(0, value->span, result);
  body.emit(InstKind::Return, {}, value->span);
  body.finish();
}

// ---- the entry -----------------------------------------------------------------------------

// `main` gave an error: it is shown, and the status is 1.
static void lower_main_error(Body& body, const Place& error, Span span) {
  LocalId text = body.new_temp(body.program.types.str(), span);
  body.assign(text, body.const_str("error: "), span);
  body.own(text, span);
  emit_show(body, body.type_of(error), body.borrow_of(error), text, "", span);
  body.builtin(Builtin::Print, {},
               {Operand::borrow(text), body.const_bool(true), body.const_int(2)}, Place(), span);
  body.assign(body.fn.return_local(), body.const_int(1), span);
}

// Sets the exit status from what `main` gave.
static void lower_status(Body& body, LocalId value, Span span) {
  LocalId status = body.fn.return_local();
  if (!value.valid()) return body.assign(status, body.const_int(0), span);
  if (body.unit.kind(body.type_of(value)) == TypeKind::Int) {
    return body.assign(status, Operand::copy(value), span);
  }
  SKEIN_CHECK(body.unit.kind(body.type_of(value)) == TypeKind::Result,
              "`main` gives neither a status nor a result");
  LocalId tag = emit_tag(body, value, span);
  BlockId is_ok = body.new_block();
  BlockId is_err = body.new_block();
  BlockId join = body.new_block();
  LocalId is_error = body.new_bool(span);
  body.binary(sir::BinaryOp::Eq, Operand::copy(tag), body.const_int(1), is_error, span);
  body.branch(Operand::copy(is_error), is_err, is_ok, span);
  body.begin(is_err);
  size_t outer = body.mark();
  lower_main_error(body, payload_of(value, 1), span);
  body.leave(outer, span);
  body.jump(join, span);
  body.begin(is_ok);
  body.assign(status, body.const_int(0), span);
  body.jump(join, span);
  body.begin(join);
}

FunctionId lower_entry(Unit& unit, types::FnId main) {
  const types::FnDecl& decl = unit.program.fns[main];
  Doing doing("lowering", "the start of the program");
  FunctionId callee = unit.function_of(main);
  FunctionId id = unit.add_made_up("skn.main", sir::FunctionKind::Entry, decl.span);
  sir::Local status;
  status.type = unit.program.types.int_();
  status.kind = sir::LocalKind::Return;
  status.span = decl.span;
  unit.module.functions[id].locals.add(status);
  Body body(unit, id);
  TypeKind kind = unit.kind(decl.result);
  LocalId value;
  if (kind != TypeKind::Unit && kind != TypeKind::Never) {
    value = body.new_temp(decl.result, decl.span);
  }
  Inst call;
  call.kind = InstKind::Call;
  call.span = decl.span;
  call.dest = value.valid() ? Place(value) : Place();
  call.callee = callee;
  body.emit(std::move(call));
  if (value.valid()) body.own(value, decl.span);
  lower_status(body, value, decl.span);
  body.leave(0, decl.span);
  body.emit(InstKind::Return, {}, decl.span);
  body.finish();
  return id;
}

}  // namespace skein::lower
