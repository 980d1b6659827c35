// Tasks: spawn, await, async.
//
// A task has nothing in common with its parent but handles, so what it uses is given to it. Where
// that is only numbers, `spawn f(n)` starts `f` itself. Else the task is a function of its own
// that owns what it was given (`main.task.1`): it calls `f`, lends it the arguments, and drops them
// before its value is handed over. A `spawn` block is such a function too; its parameters are the
// variables it captures.
#include "compiler/lower/steps.h"
#include "compiler/lower/walk.h"
#include "compiler/support/check.h"

namespace skein::lower {

// ---- scopes --------------------------------------------------------------------------------

void enter_task_scope(Body& body, Span span) {
  LocalId scope = body.new_temp(body.program.types.plain(TypeKind::Scope), span);
  body.emit(InstKind::ScopeEnter, {Operand::mut(scope)}, span);
  body.add_cleanup({.kind = Cleanup::Kind::ScopeExit, .local = scope, .span = span});
  body.task_scopes.push_back(scope);
}

void lower_async(Body& body, const ast::Async* node, const Place& dest) {
  bool is_plain = node->policy == ast::Async::Policy::All && node->max == nullptr &&
                  !node->scope.valid();
  SKEIN_CHECK(is_plain, "check let a policy of `async` through");
  size_t outer = body.mark();
  enter_task_scope(body, node->span);
  lower_block(body, node->body, dest);
  body.leave(outer, node->span, dest.valid() ? dest.local : LocalId());
  body.task_scopes.pop_back();
}

// ---- the functions that run as tasks -------------------------------------------------------

static std::vector<TypeId> own_type_params(Body& body) {
  std::vector<TypeId> params;
  for (uint32_t i = 0; i < body.fn.type_param_count; ++i) {
    params.push_back(body.program.types.param(i));
  }
  return params;
}

// A new function for a task started by `parent`, with its result but without parameters.
static FunctionId add_task_function(Body& parent, TypeId result, Span span) {
  std::string name = parent.root_name + ".task." + std::to_string(++*parent.task_count);
  FunctionId id = parent.unit.add_made_up(name, sir::FunctionKind::TaskBody, span);
  sir::Function& fn = parent.module.functions[id];
  fn.type_param_count = parent.fn.type_param_count;
  sir::Local value;
  value.type = result;
  value.kind = sir::LocalKind::Return;
  value.span = span;
  fn.locals.add(value);
  return id;
}

static void inherit(Body& task, const Body& parent) {
  task.root_name = parent.root_name;
  task.task_count = parent.task_count;
  task.type_params = parent.type_params;
}

static void end_task_function(Body& task, Span span) {
  task.leave(0, span, task.fn.return_local());
  task.emit(InstKind::Return, {}, span);
  task.finish();
}

// What the parent starts: a function, and what it gives it.
struct Start {
  FunctionId callee;
  std::vector<TypeId> type_args;
  std::vector<Operand> operands;
  std::string name;   // of the task; empty: it has none
};

// Where the value of the call or block in the task goes.
static Place task_result(Body& task) {
  TypeKind kind = task.unit.kind(task.fn.return_type());
  bool gives_value = kind != TypeKind::Unit && kind != TypeKind::Never;
  return gives_value ? Place(task.fn.return_local()) : Place();
}

// ---- spawn of a call -----------------------------------------------------------------------

static std::vector<types::ParamDecl> params_of(Body& body, const types::CallFact& call) {
  std::vector<types::ParamDecl> params = body.program.fns[call.callee].params;
  for (types::ParamDecl& param : params) {
    param.type = body.program.types.substitute(param.type, call.type_args);
  }
  return params;
}

// Whether a task can be this call itself: it takes nothing that somebody would have to own.
static bool can_start_directly(Body& body, const types::CallFact& call,
                               const std::vector<types::ParamDecl>& params) {
  if (body.program.fns[call.callee].builtin) return false;
  for (const types::ParamDecl& param : params) {
    if (param.mode != ParamMode::Mut && body.unit.needs_drop(param.type)) return false;
  }
  return true;
}

// The task that calls: `fn main.task.1(own a, own b) { f(borrow a, move b) }`.
static FunctionId lower_call_task(Body& parent, const types::CallFact& call,
                                  const std::vector<types::ParamDecl>& params, TypeId value,
                                  TypeId result, Span span) {
  FunctionId id = add_task_function(parent, result, span);
  sir::Function& fn = parent.module.functions[id];
  {
    Body task(parent.unit, id);
    inherit(task, parent);
    std::vector<Operand> operands;
    for (const types::ParamDecl& param : params) {
      if (param.mode == ParamMode::Mut) {
        LocalId lent = task.add_param(param.type, ParamMode::Mut, param.name, span);
        operands.push_back(Operand::mut(lent));
        continue;
      }
      LocalId local = task.add_param(param.type, ParamMode::Own, param.name, span);
      task.own(local, span);
      bool is_given = param.mode == ParamMode::Own && task.unit.needs_drop(param.type);
      operands.push_back(is_given ? Operand::move(local) : task.borrow_of(local));
    }
    TypeKind kind = task.unit.kind(value);
    bool gives_value = kind != TypeKind::Unit && kind != TypeKind::Never;
    Place dest = task_result(task);
    if (gives_value && !dest.valid()) dest = task.new_temp(value, span);
    emit_call(task, call.callee, call.type_args, std::move(operands), value, dest, span);
    if (gives_value && dest.local != fn.return_local()) task.own(dest.local, span);
    end_task_function(task, span);
  }
  return id;
}

static Start lower_call_start(Body& body, const ast::Spawn* node, TypeId value, TypeId result) {
  const types::CallFact* call = body.program.call_of(node->call);
  SKEIN_CHECK(call != nullptr && call->callee.valid(), "only functions are started as tasks");
  std::vector<types::ParamDecl> params = params_of(body, *call);
  std::vector<CallArg> args = args_of_call(body, *call);
  // The task gets a value of its own where it is not lent a place.
  for (CallArg& arg : args) {
    if (arg.mode == ParamMode::Borrow) arg.mode = ParamMode::Own;
  }
  Start start;
  start.operands = lower_args(body, args);
  if (can_start_directly(body, *call, params) && value == result) {
    start.callee = body.unit.function_of(call->callee);
    start.type_args = call->type_args;
  } else {
    start.callee = lower_call_task(body, *call, params, value, result, node->span);
    start.type_args = own_type_params(body);
  }
  return start;
}

// ---- spawn of a block ----------------------------------------------------------------------

static Start lower_block_start(Body& body, const ast::Spawn* node, TypeId value, TypeId result) {
  Start start;
  start.callee = add_task_function(body, result, node->span);
  start.type_args = own_type_params(body);
  auto found = body.program.captures.find(node->id.index);
  std::vector<VarId> captures;
  if (found != body.program.captures.end()) captures = found->second.captures;

  Body task(body.unit, start.callee);
  inherit(task, body);
  task.drops_result = value != result;
  for (VarId var : captures) {
    const types::VarDecl& decl = body.program.vars[var];
    start.operands.push_back(body.value_of(body.local_of(var)));
    task.bind(var, task.add_param(decl.type, ParamMode::Own, decl.name, decl.span));
  }
  // The first clean-up, so that it is the last to run.
  if (gives_up_tasks(body.program, node->block, task.drops_result)) {
    enter_task_scope(task, node->block->span);
  }
  for (VarId var : captures) task.own(task.local_of(var), node->span);
  lower_block(task, node->block, task_result(task));
  end_task_function(task, node->block->span);
  return start;
}

// ---- giving up -----------------------------------------------------------------------------

static void emit_adopt(Body& body, LocalId task, Span span) {
  SKEIN_CHECK(!body.task_scopes.empty(), "a task is given up where there is no scope");
  body.emit(InstKind::ScopeAdopt, {Operand::mut(body.task_scopes.back()), Operand::move(task)},
            span);
}

static void emit_spawn(Body& body, Start start, const Place& dest, Span span) {
  Inst inst;
  inst.kind = InstKind::Spawn;
  inst.span = span;
  inst.dest = dest;
  inst.callee = start.callee;
  inst.type_args = std::move(start.type_args);
  inst.operands = std::move(start.operands);
  inst.text = std::move(start.name);
  body.emit(std::move(inst));
}

static LocalId new_task(Body& body, TypeId result, Span span) {
  return body.new_temp(body.program.types.make(TypeKind::Task, {result}), span);
}

// A task that takes the value of another and drops it: a scope keeps no values.
static LocalId emit_dropping_task(Body& body, LocalId task, Span span) {
  TypeId type = body.type_of(task);
  TypeId unit = body.program.types.unit();
  Start start;
  start.callee = add_task_function(body, unit, span);
  start.type_args = own_type_params(body);
  start.operands = {Operand::move(task)};
  Body waiter(body.unit, start.callee);
  inherit(waiter, body);
  LocalId param = waiter.add_param(type, ParamMode::Own, Symbol(), span);
  waiter.own(param, span);
  LocalId value = waiter.new_temp(body.program.types.arg(type), span);
  Inst await;
  await.kind = InstKind::Await;
  await.span = span;
  await.dest = value;
  await.operands = {Operand::move(param)};
  waiter.emit(std::move(await));
  waiter.own(value, span);
  end_task_function(waiter, span);
  LocalId dropping = new_task(body, unit, span);
  emit_spawn(body, std::move(start), dropping, span);
  return dropping;
}

void lower_detach(Body& body, const ast::Expr* task_expr, Span span) {
  LocalId task = lower_to_temp(body, task_expr);
  bool drops_value = body.unit.needs_drop(body.program.types.arg(body.type_of(task)));
  if (drops_value) task = emit_dropping_task(body, task, span);
  emit_adopt(body, task, span);
}

// ---- spawn, await --------------------------------------------------------------------------

void lower_spawn(Body& body, const ast::Spawn* node, const Place& dest) {
  SKEIN_CHECK(node->scope == nullptr, "check let `s.spawn` through");
  bool is_given_up = !dest.valid();
  TypeId task_type = body.program.fact(node).type;
  TypeId value = body.program.types.arg(task_type);
  // Nobody will take the value of a task that is given up, so one that needs a drop ends with it.
  bool drops_value = is_given_up && body.unit.needs_drop(value);
  TypeId result = drops_value ? body.program.types.unit() : value;
  Start start = node->call != nullptr ? lower_call_start(body, node, value, result)
                                      : lower_block_start(body, node, value, result);
  if (node->name != nullptr) {
    std::optional<Operand> name = constant_of(body, node->name);
    SKEIN_CHECK(name.has_value(), "check let a computed task name through");
    start.name = name->constant.text;
  }
  if (!is_given_up) return emit_spawn(body, std::move(start), dest, node->span);
  LocalId task = new_task(body, result, node->span);
  emit_spawn(body, std::move(start), task, node->span);
  // Where the value of a task that was given up is itself a task, nothing adopts it: it is waited
  // for where it is dropped.
  if (body.task_scopes.empty()) return body.own(task, node->span);
  emit_adopt(body, task, node->span);
}

void lower_await(Body& body, const ast::Await* node, const Place& dest) {
  bool is_named = is_place(body, node->task);
  Place task;
  if (is_named) {
    task = write_place(body, lower_pending_place(body, node->task));
  } else {
    task = lower_to_temp(body, node->task);
  }
  bool is_own_local = task.is_local() && sir::owns_value(body.fn.locals[task.local]);
  TypeKind kind = body.unit.kind(body.program.fact(node).type);
  Inst inst;
  inst.kind = is_own_local ? InstKind::Await : InstKind::AwaitPlace;
  inst.span = node->span;
  inst.operands = {is_own_local ? Operand::move(task) : Operand::mut(task)};
  if (kind != TypeKind::Unit && kind != TypeKind::Never) inst.dest = dest;
  body.emit(std::move(inst));
  if (kind == TypeKind::Never) body.unreachable(node->span);
}

}  // namespace skein::lower
