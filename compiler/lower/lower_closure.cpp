// Closures, functions used as values, and calls of both.
//
// A closure becomes two functions and a value:
//
//   fn main.closure(env: closure 0, x: int) -> int        its body; captures are parts of `env`
//   fn main.closure.value(f: fn(int) -> int, x: int)      calls it with what `f` holds
//
// The value is an aggregate of the captures, or, where a `fn` value is wanted, that aggregate
// behind a counted pointer with the second function beside it. A function that is used as a value
// is a closure whose body calls it.
#include "compiler/lower/lower_closure.h"

#include "compiler/lower/lower_walk.h"
#include "compiler/lower/walk.h"
#include "compiler/support/check.h"

namespace skein::lower {

using types::ClosureDecl;
using types::ClosureId;

ClosureId closure_of(const Body& body, const ast::Expr* expr) {
  auto found = body.program.closure_of.find(expr->id.index);
  return found == body.program.closure_of.end() ? ClosureId() : found->second;
}

bool is_borrowed_closure(const Body& body, const ast::Expr* expr) {
  ClosureId id = closure_of(body, expr);
  return id.valid() && body.program.closures[id].is_borrowed;
}

static std::vector<TypeId> type_params_of(Body& body, const ClosureDecl& closure) {
  std::vector<TypeId> params;
  for (uint32_t i = 0; i < closure.type_param_count; ++i) {
    params.push_back(body.program.types.param(i));
  }
  return params;
}

TypeId environment_type(Body& body, ClosureId id) {
  return body.program.types.closure(id, type_params_of(body, body.program.closures[id]));
}

// A new function with the closure's result, but without parameters.
static FunctionId add_function(Body& parent, const ClosureDecl& closure, const std::string& name) {
  FunctionId id = parent.unit.add_made_up(name, sir::FunctionKind::Normal, closure.span);
  sir::Function& fn = parent.module.functions[id];
  fn.type_param_count = closure.type_param_count;
  sir::Local value;
  value.type = parent.program.types.get(closure.signature).args.back();
  value.kind = sir::LocalKind::Return;
  value.span = closure.span;
  fn.locals.add(value);
  return id;
}

static Place result_place(Body& body) {
  TypeKind kind = body.unit.kind(body.fn.return_type());
  bool gives_value = kind != TypeKind::Unit && kind != TypeKind::Never;
  return gives_value ? Place(body.fn.return_local()) : Place();
}

static void end_function(Body& body, Span span) {
  body.leave(0, span, body.fn.return_local());
  body.emit(InstKind::Return, {}, span);
  body.finish();
}

// ---- the scope of its tasks -----------------------------------------------------------------

// The variable without a name that stands for the scope among the captures; invalid: none does.
static VarId scope_capture(const types::Program& program, const ClosureDecl& closure) {
  if (closure.captures.empty()) return VarId();
  VarId last = closure.captures.back();
  return program.vars[last].name.valid() ? VarId() : last;
}

// A closure given to a plain parameter counts as part of the function around it: the tasks it gives
// up belong to the scope there (language rule 23), which it captures like a variable.
static void capture_scope(Body& body, ClosureId id) {
  ClosureDecl& closure = body.program.closures[id];
  const ast::Closure* node = closure.node->try_as<ast::Closure>();
  if (node == nullptr || !gives_up_outside(body.program, node)) return;
  VarId scope = scope_capture(body.program, closure);
  if (!scope.valid()) {
    types::VarDecl decl;
    decl.type = body.program.types.plain(TypeKind::Scope);
    decl.span = closure.span;
    scope = body.program.vars.add(std::move(decl));
    closure.captures.push_back(scope);
    closure.is_changed.push_back(false);
  }
  SKEIN_CHECK(!body.task_scopes.empty(), "a closure gives tasks up where there is no scope");
  body.bind(scope, body.task_scopes.back());
}

// ---- bodies --------------------------------------------------------------------------------

// Each captured variable of a closure that is called once is a variable of its body.
static void take_captures(Body& body, const ClosureDecl& closure, LocalId environment) {
  for (uint32_t i = 0; i < closure.captures.size(); ++i) {
    VarId var = closure.captures[i];
    LocalId local = body.new_var(var);
    body.start_life(local, closure.span);
    body.assign(local, body.taken_from(field_of(environment, i)), closure.span);
    body.own(local, closure.span);
  }
}

// Each captured variable is a reference to its part of the environment.
static void bind_captures(Body& body, const ClosureDecl& closure, LocalId environment) {
  for (uint32_t i = 0; i < closure.captures.size(); ++i) {
    VarId var = closure.captures[i];
    const types::VarDecl& decl = body.program.vars[var];
    LocalId local = body.new_ref(decl.type, decl.name, decl.span);
    Place part = field_of(environment, i);
    Inst ref;
    ref.kind = InstKind::Ref;
    ref.span = closure.span;
    ref.dest = local;
    ref.operands = {closure.is_changed[i] ? Operand::mut(part) : Operand::borrow(part)};
    body.emit(std::move(ref));
    body.bind(var, local);
  }
}

static const ast::BindingPattern* binding_of(const ast::ClosureParam& param) {
  return param.pattern->try_as<ast::BindingPattern>();
}

static void lower_literal(Body& body, const ClosureDecl& closure, LocalId environment,
                          const std::vector<LocalId>& params) {
  const ast::Closure* node = closure.node->as<ast::Closure>();
  Place result = result_place(body);
  VarId scope = scope_capture(body.program, closure);
  if (!scope.valid() && gives_up_tasks(body.program, node->body, !result.valid())) {
    enter_task_scope(body, node->body->span);
  }
  if (closure.is_once) {
    body.own(environment, node->span);
    take_captures(body, closure, environment);
  } else {
    bind_captures(body, closure, environment);
  }
  if (scope.valid()) body.task_scopes.push_back(body.local_of(scope));
  for (size_t i = 0; i < params.size(); ++i) {
    if (body.fn.locals[params[i]].mode == ParamMode::Own) body.own(params[i], node->span);
    if (binding_of(node->params[i]) != nullptr) {
      body.bind(body.program.fact(node->params[i].pattern).var, params[i]);
    } else {
      lower_irrefutable(body, node->params[i].pattern, params[i]);
    }
  }
  lower_into(body, node->body, result);
  end_function(body, node->body->span);
}

// An argument that goes on to a parameter of that mode. Where the value was only offered a look at
// what the parameter takes for good, that is a copy.
static Operand forwarded(Body& body, LocalId param, ParamMode mode, Span span) {
  ParamMode offered = body.fn.locals[param].mode;
  if (offered == ParamMode::Own) body.own(param, span);
  if (mode == ParamMode::Mut) return Operand::mut(param);
  if (mode == ParamMode::Borrow) return body.borrow_of(param);
  bool moves = offered == ParamMode::Own && body.unit.needs_drop(body.type_of(param));
  return moves ? Operand::move(param) : Operand::copy(param);
}

// The body of a function or variant that is used as a value: a call of it.
static void lower_forward(Body& body, const ClosureDecl& closure,
                          const std::vector<LocalId>& params) {
  const types::CallFact& call = *body.program.call_of(closure.node);
  std::vector<Operand> operands;
  for (size_t i = 0; i < params.size(); ++i) {
    ParamMode mode = call.variant ? ParamMode::Own : body.program.fns[call.callee].params[i].mode;
    operands.push_back(forwarded(body, params[i], mode, closure.span));
  }
  if (call.variant) {
    emit_variant(body, call.variant->variant, std::move(operands), result_place(body),
                 closure.span);
  } else {
    emit_call(body, call.callee, call.type_args, std::move(operands), body.fn.return_type(),
              result_place(body), closure.span);
  }
  end_function(body, closure.span);
}

static FunctionId body_function(Body& parent, ClosureId id) {
  std::vector<FunctionId>& known = parent.module.closures;
  if (known.size() <= id.index) known.resize(parent.program.closures.size());
  if (known[id.index].valid()) return known[id.index];
  const ClosureDecl& closure = parent.program.closures[id];
  FunctionId function = add_function(parent, closure, parent.root_name + ".closure");
  known[id.index] = function;
  Body body(parent.unit, function);
  body.root_name = parent.root_name;
  body.task_count = parent.task_count;
  body.type_params = parent.type_params;
  body.fn.display_name = parent.root_name + ".closure";
  ParamMode mode = closure.is_once ? ParamMode::Own : ParamMode::Borrow;
  LocalId environment =
      body.add_param(environment_type(parent, id), mode, Symbol(), closure.span);
  const types::Type signature = parent.program.types.get(closure.signature);
  const ast::Closure* node = closure.node->try_as<ast::Closure>();
  std::vector<LocalId> params;
  for (size_t i = 0; i < signature.modes.size(); ++i) {
    const ast::BindingPattern* binding = node != nullptr ? binding_of(node->params[i]) : nullptr;
    params.push_back(body.add_param(signature.args[i], signature.modes[i],
                                    binding != nullptr ? binding->name.name : Symbol(),
                                    node != nullptr ? node->params[i].span : closure.span));
  }
  if (const ast::ParFor* loop = closure.node->try_as<ast::ParFor>()) {
    lower_part(body, loop, closure, environment, params);
    end_function(body, closure.span);
  } else if (node != nullptr) {
    lower_literal(body, closure, environment, params);
  } else {
    lower_forward(body, closure, params);
  }
  return function;
}

// The function behind a `fn` value: it finds the environment in the value.
static FunctionId value_function(Body& parent, ClosureId id, TypeId fn_type) {
  std::vector<FunctionId>& known = parent.module.closure_values;
  if (known.size() <= id.index) known.resize(parent.program.closures.size());
  if (known[id.index].valid()) return known[id.index];
  const ClosureDecl& closure = parent.program.closures[id];
  FunctionId callee = body_function(parent, id);
  const sir::Function& called = parent.module.functions[callee];
  FunctionId function = add_function(parent, closure, called.name + ".value");
  parent.module.closure_values[id.index] = function;
  Body body(parent.unit, function);
  body.fn.display_name = called.display_name;
  ParamMode mode = closure.is_once ? ParamMode::Own : ParamMode::Borrow;
  LocalId value = body.add_param(fn_type, mode, Symbol(), closure.span);
  const types::Type signature = parent.program.types.get(closure.signature);
  std::vector<LocalId> params;
  for (size_t i = 0; i < signature.modes.size(); ++i) {
    params.push_back(
        body.add_param(signature.args[i], signature.modes[i], Symbol(), closure.span));
  }
  TypeId inside = environment_type(parent, id);
  LocalId environment = closure.is_once ? body.new_temp(inside, closure.span)
                                        : body.new_ref(inside, Symbol(), closure.span);
  Inst open;
  open.kind = closure.is_once ? InstKind::OpenOnce : InstKind::Ref;
  open.span = closure.span;
  open.dest = environment;
  open.operands = {closure.is_once ? Operand::move(value) : Operand::borrow(value)};
  body.emit(std::move(open));
  if (closure.is_once) body.own(environment, closure.span);
  Inst call;
  call.kind = InstKind::Call;
  call.span = closure.span;
  call.dest = result_place(body);
  call.callee = callee;
  call.type_args = type_params_of(parent, closure);
  bool moves = body.unit.needs_drop(inside);
  call.operands = {!closure.is_once ? Operand::borrow(environment)
                   : moves          ? Operand::move(environment)
                                    : Operand::copy(environment)};
  for (LocalId param : params) {
    call.operands.push_back(forwarded(body, param, body.fn.locals[param].mode, closure.span));
  }
  body.emit(std::move(call));
  end_function(body, closure.span);
  return function;
}

// ---- values --------------------------------------------------------------------------------

void emit_environment(Body& body, ClosureId id, const Place& dest, Span span) {
  capture_scope(body, id);
  const ClosureDecl& closure = body.program.closures[id];
  body_function(body, id);
  Inst inst;
  inst.kind = InstKind::Aggregate;
  inst.span = span;
  inst.dest = dest;
  for (size_t i = 0; i < closure.captures.size(); ++i) {
    Place captured = body.local_of(closure.captures[i]);
    if (!closure.is_borrowed) {
      inst.operands.push_back(body.value_of(captured));
    } else {
      inst.operands.push_back(closure.is_changed[i] ? Operand::mut(captured)
                                                    : Operand::borrow(captured));
    }
  }
  body.emit(std::move(inst));
}

void lower_closure(Body& body, const ast::Expr* node, const Place& dest) {
  if (!dest.valid()) return;
  ClosureId id = closure_of(body, node);
  SKEIN_CHECK(id.valid(), "a closure that check did not note");
  TypeId type = body.program.fact(node).type;
  if (body.unit.kind(type) == TypeKind::Closure) return emit_environment(body, id, dest, node->span);
  TypeId environment_type_id = environment_type(body, id);
  LocalId environment = body.new_temp(environment_type_id, node->span);
  emit_environment(body, id, environment, node->span);
  Inst inst;
  inst.kind = InstKind::Closure;
  inst.span = node->span;
  inst.dest = dest;
  inst.callee = value_function(body, id, body.program.closures[id].signature);
  inst.type_args = type_params_of(body, body.program.closures[id]);
  bool moves = body.unit.needs_drop(environment_type_id);
  inst.operands = {moves ? Operand::move(environment) : Operand::copy(environment)};
  body.emit(std::move(inst));
}

void lower_value_call(Body& body, const ast::Expr* node, const types::CallFact& call,
                      const Place& dest) {
  const types::Type fn_type = body.program.types.get(call.fn_type);
  bool is_once = body.program.types.is_once(call.fn_type);
  std::vector<CallArg> args = {CallArg(call.value, is_once ? ParamMode::Own : ParamMode::Borrow)};
  for (size_t i = 0; i < call.args.size(); ++i) {
    args.push_back(CallArg(call.args[i], fn_type.modes[i]));
  }
  Inst inst;
  inst.kind = InstKind::CallValue;
  inst.span = node->span;
  inst.operands = lower_args(body, args);
  TypeKind kind = body.unit.kind(body.program.fact(node).type);
  if (kind != TypeKind::Unit && kind != TypeKind::Never) inst.dest = dest;
  body.emit(std::move(inst));
  if (kind == TypeKind::Never) body.unreachable(node->span);
}

}  // namespace skein::lower
