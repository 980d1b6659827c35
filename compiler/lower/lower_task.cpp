// Tasks: spawn, await, giving up.
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

void enter_task_scope(Body& body, Span span, bool is_block) {
  LocalId scope = body.new_temp(body.program.types.plain(TypeKind::Scope), span);
  Inst enter;
  enter.kind = InstKind::ScopeEnter;
  enter.span = span;
  enter.operands = {Operand::mut(scope)};
  if (!is_block) enter.text = "function";
  body.emit(std::move(enter));
  body.add_cleanup(
      {.kind = Cleanup::Kind::ScopeExit, .local = scope, .is_block = is_block, .span = span});
  body.task_scopes.push_back(scope);
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
  std::string name = {};          // of the task; empty: it has none, or one that is computed
  LocalId computed_name = {};
};

// ---- names ---------------------------------------------------------------------------------

static bool has_computed_name(Body& body, const ast::Spawn* node) {
  return node->name != nullptr && !constant_of(body, node->name);
}

// The number of the name is the last parameter of the task, whose last clean-up ends the name:
// `fn main.task.1(own n, own name) { …; name_end(name) }`.
static void own_name(Body& task, Span span) {
  LocalId number = task.add_param(task.program.types.int_(), ParamMode::Own, Symbol(), span);
  task.add_cleanup({.kind = Cleanup::Kind::NameEnd, .local = number, .span = span});
}

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

// A scope is passed on as the place it is.
static bool is_scope(Body& body, TypeId type) {
  return body.program.types.kind(type) == TypeKind::Scope;
}

// Whether a task can be this call itself: it takes nothing that somebody would have to own.
static bool can_start_directly(Body& body, const types::CallFact& call,
                               const std::vector<types::ParamDecl>& params) {
  if (body.program.fns[call.callee].builtin) return false;
  for (const types::ParamDecl& param : params) {
    if (is_scope(body, param.type)) return false;
    if (param.mode != ParamMode::Mut && body.unit.needs_drop(param.type)) return false;
  }
  return true;
}

// The task that calls: `fn main.task.1(own a, own b) { f(borrow a, move b) }`.
static FunctionId lower_call_task(Body& parent, const types::CallFact& call,
                                  const std::vector<types::ParamDecl>& params, TypeId value,
                                  TypeId result, bool is_named, Span span) {
  FunctionId id = add_task_function(parent, result, span);
  sir::Function& fn = parent.module.functions[id];
  {
    Body task(parent.unit, id);
    inherit(task, parent);
    std::vector<LocalId> locals;
    for (const types::ParamDecl& param : params) {
      bool is_lent = is_scope(task, param.type) || param.mode == ParamMode::Mut;
      ParamMode mode = is_lent ? ParamMode::Mut : ParamMode::Own;
      locals.push_back(task.add_param(param.type, mode, param.name, span));
    }
    if (is_named) own_name(task, span);
    std::vector<Operand> operands;
    for (size_t i = 0; i < params.size(); ++i) {
      const types::ParamDecl& param = params[i];
      LocalId local = locals[i];
      if (is_scope(task, param.type)) {
        operands.push_back(Operand::borrow(local));
        continue;
      }
      if (param.mode == ParamMode::Mut) {
        operands.push_back(Operand::mut(local));
        continue;
      }
      task.own(local, span);
      if (param.mode != ParamMode::Own) {
        operands.push_back(task.borrow_of(local));
      } else {
        bool is_counted = task.unit.needs_drop(param.type);
        operands.push_back(is_counted ? Operand::move(local) : Operand::copy(local));
      }
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
  for (size_t i = 0; i < args.size(); ++i) {
    if (is_scope(body, params[i].type)) continue;
    if (args[i].mode == ParamMode::Borrow) args[i].mode = ParamMode::Own;
  }
  Start start;
  start.operands = lower_args(body, args);
  for (size_t i = 0; i < args.size(); ++i) {
    if (is_scope(body, params[i].type)) {
      start.operands[i] = Operand::mut(start.operands[i].place);
    }
  }
  bool is_named = has_computed_name(body, node);
  if (can_start_directly(body, *call, params) && value == result && !is_named) {
    start.callee = body.unit.function_of(call->callee);
    start.type_args = call->type_args;
  } else {
    start.callee = lower_call_task(body, *call, params, value, result, is_named, node->span);
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
    bool is_lent = is_scope(body, decl.type);
    LocalId local = body.local_of(var);
    start.operands.push_back(is_lent ? Operand::mut(local) : body.value_of(local));
    ParamMode mode = is_lent ? ParamMode::Mut : ParamMode::Own;
    task.bind(var, task.add_param(decl.type, mode, decl.name, decl.span));
  }
  if (has_computed_name(body, node)) own_name(task, node->span);
  // The first clean-up of the body, so that it is the last to run.
  if (gives_up_tasks(body.program, node->block, task.drops_result)) {
    enter_task_scope(task, node->block->span);
  }
  for (VarId var : captures) {
    if (!is_scope(body, body.program.vars[var].type)) task.own(task.local_of(var), node->span);
  }
  lower_block(task, node->block, task_result(task));
  end_task_function(task, node->block->span);
  return start;
}

// ---- giving up -----------------------------------------------------------------------------

static void emit_adopt(Body& body, LocalId scope, LocalId task, Span span) {
  body.emit(InstKind::ScopeAdopt, {Operand::mut(scope), Operand::move(task)}, span);
}

static void emit_spawn(Body& body, Start start, const Place& dest, Span span) {
  Inst inst;
  if (start.computed_name.valid()) {
    LocalId number = body.new_temp(body.program.types.int_(), span);
    body.builtin(Builtin::TaskNameBegin, {}, {Operand::borrow(start.computed_name)}, number, span);
    start.operands.push_back(Operand::copy(number));
    inst.is_named = true;
  }
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
  SKEIN_CHECK(!body.task_scopes.empty(), "a task is given up where there is no scope");
  emit_adopt(body, body.task_scopes.back(), task, span);
}

// ---- races and `settle` --------------------------------------------------------------------

// fn main.task.1(own t, mut scope, mut slot) { let v = await t; if scope.claim() { slot = v } … }
static FunctionId add_contestant(Body& body, TypeId task_type, TypeId slot_type, Span span) {
  TypeId value_type = body.program.types.arg(task_type);
  TypeKind kind = body.unit.kind(value_type);
  bool gives_value = kind != TypeKind::Unit && kind != TypeKind::Never;
  FunctionId id = add_task_function(body, body.program.types.unit(), span);
  Body task(body.unit, id);
  inherit(task, body);
  LocalId inner = task.add_param(task_type, ParamMode::Own, Symbol(), span);
  LocalId scope = task.add_param(body.program.types.plain(TypeKind::Scope), ParamMode::Mut,
                                 Symbol(), span);
  LocalId slot = task.add_param(slot_type, ParamMode::Mut, Symbol(), span);
  task.own(inner, span);
  Inst await;
  await.kind = InstKind::Await;
  await.span = span;
  await.operands = {Operand::move(inner)};
  LocalId value;
  if (gives_value) await.dest = value = task.new_temp(value_type, span);
  task.emit(std::move(await));
  if (value.valid()) task.own(value, span);
  LocalId is_first = task.new_bool(span);
  Inst claim;
  claim.kind = InstKind::ScopeClaim;
  claim.span = span;
  claim.dest = is_first;
  claim.operands = {Operand::mut(scope)};
  task.emit(std::move(claim));
  BlockId first = task.new_block();
  BlockId end = task.new_block();
  task.branch(Operand::copy(is_first), first, end, span);
  task.begin(first);
  Operand given = value.valid() ? Operand::move(value) : Operand::unit(value_type);
  emit_variant(task, 1, {std::move(given)}, slot, span);
  task.emit(InstKind::ScopeWin, {Operand::mut(scope)}, span);
  task.jump(end, span);
  task.begin(end);
  end_task_function(task, span);
  return id;
}

// The value of the task is wanted by the block, if it is the first.
static LocalId emit_contestant(Body& body, LocalId scope, LocalId slot, LocalId task, Span span) {
  Start start;
  start.callee = add_contestant(body, body.type_of(task), body.type_of(slot), span);
  start.type_args = own_type_params(body);
  start.operands = {Operand::move(task), Operand::mut(scope), Operand::mut(slot)};
  LocalId contestant = new_task(body, body.program.types.unit(), span);
  emit_spawn(body, std::move(start), contestant, span);
  return contestant;
}

void give_up(Body& body, LocalId scope, LocalId task, Span span) {
  auto contest = body.contests.find(scope.index);
  if (contest == body.contests.end()) return emit_adopt(body, scope, task, span);
  LocalId tasks = contest->second.tasks;
  if (tasks.valid()) {
    return body.builtin(Builtin::ArrayPush, {body.type_of(task)},
                        {Operand::mut(tasks), Operand::move(task)}, Place(), span);
  }
  LocalId slot = contest->second.slot;
  if (slot.valid()) task = emit_contestant(body, scope, slot, task, span);
  emit_adopt(body, scope, task, span);
}

// ---- spawn, await --------------------------------------------------------------------------

// The scope of `s.spawn`, or the innermost one of this function; invalid where there is none.
static LocalId scope_of(Body& body, const ast::Spawn* node) {
  if (node->scope != nullptr) {
    const VarId* var = std::get_if<VarId>(&body.program.fact(node->scope).name);
    SKEIN_CHECK(var != nullptr, "a scope without a name");
    return body.local_of(*var);
  }
  return body.task_scopes.empty() ? LocalId() : body.task_scopes.back();
}

// Where only so many tasks may run, the body waits for its turn.
static void wait_for_slot(Body& body, LocalId scope, Span span) {
  auto contest = body.contests.find(scope.index);
  if (contest == body.contests.end() || !contest->second.most.valid()) return;
  body.emit(InstKind::ScopeSlot, {Operand::mut(scope), Operand::copy(contest->second.most)}, span);
}

// Whether the block of the scope takes the values of the tasks it starts.
static bool takes_values(Body& body, LocalId scope) {
  auto contest = body.contests.find(scope.index);
  return contest != body.contests.end() &&
         (contest->second.tasks.valid() || contest->second.slot.valid());
}

void lower_spawn(Body& body, const ast::Spawn* node, const Place& dest) {
  bool is_given_up = !dest.valid();
  LocalId scope = scope_of(body, node);
  TypeId task_type = body.program.fact(node).type;
  TypeId value = body.program.types.arg(task_type);
  // Nobody will take the value of a task that is given up, so one that needs a drop ends with it.
  bool drops_value = is_given_up && body.unit.needs_drop(value) &&
                     !(scope.valid() && takes_values(body, scope));
  TypeId result = drops_value ? body.program.types.unit() : value;
  bool is_named = has_computed_name(body, node);
  LocalId name = is_named ? lower_to_temp(body, node->name) : LocalId();
  Start start = node->call != nullptr ? lower_call_start(body, node, value, result)
                                      : lower_block_start(body, node, value, result);
  if (node->name != nullptr && !is_named) start.name = constant_of(body, node->name)->constant.text;
  start.computed_name = name;
  if (!is_given_up) return emit_spawn(body, std::move(start), dest, node->span);
  if (scope.valid()) wait_for_slot(body, scope, node->span);
  LocalId task = new_task(body, result, node->span);
  emit_spawn(body, std::move(start), task, node->span);
  // Where the value of a task that was given up is itself a task, nothing adopts it: it is waited
  // for where it is dropped.
  if (!scope.valid()) return body.own(task, node->span);
  give_up(body, scope, task, node->span);
}

void lower_await(Body& body, const ast::Await* node, const Place& dest) {
  bool is_named = is_place(body, node->task);
  Place task;
  if (is_named) {
    task = write_place(body, lower_pending_place(body, node->task));
  } else {
    task = lower_to_temp(body, node->task);
  }
  emit_await(body, task, dest, node->span);
}

void emit_await(Body& body, const Place& task, const Place& dest, Span span) {
  bool is_own_local = task.is_local() && sir::owns_value(body.fn.locals[task.local]);
  TypeKind kind = body.unit.kind(body.program.types.arg(body.type_of(task)));
  Inst inst;
  inst.kind = is_own_local ? InstKind::Await : InstKind::AwaitPlace;
  inst.span = span;
  inst.operands = {is_own_local ? Operand::move(task) : Operand::mut(task)};
  if (kind != TypeKind::Unit && kind != TypeKind::Never) inst.dest = dest;
  body.emit(std::move(inst));
  if (kind == TypeKind::Never) body.unreachable(span);
}

}  // namespace skein::lower
