// Tasks: spawn, await, async.
//
// A spawn block is a body of its own: what it names from outside is captured, as a copy or moved
// in, which is why changing a captured variable is refused (place.cpp). Whether each task is
// awaited exactly once is asked on SIR.
#include "compiler/check/check_expr.h"
#include "compiler/check/check_generator.h"

namespace skein::check {

// ---- spawn ---------------------------------------------------------------------------------

// Rule 6: what is lent to a task comes back when a scope in this function ends.
static void check_loan(Context& ctx, const ast::Expr* place) {
  if (ctx.body->scopes > 0) return;
  ctx.report(place->span, D::LoanWithoutScope)
      .mark("lent to the task here")
      .help("put the `spawn` into an `async { … }` block: when it ends the place is free again");
}

static void check_loans(Context& ctx, std::span<const ast::Arg> args) {
  for (const ast::Arg& arg : args) {
    if (arg.mode == ast::Mode::Mut) check_loan(ctx, arg.value);
  }
}

// Whether the call is one that can run as a task.
static bool is_task_call(Context& ctx, const ast::Expr* call) {
  const types::CallFact* fact = ctx.program.call_of(call);
  if (!fact || !fact->callee.valid()) return false;
  const types::FnDecl& callee = ctx.program.fns[fact->callee];
  return !callee.is_variadic && !callee.gives_place;
}

static TypeId check_spawn_call(Context& ctx, const ast::Spawn* node) {
  const ast::Call* call = node->call->try_as<ast::Call>();
  const ast::MethodCall* method = node->call->try_as<ast::MethodCall>();
  ctx.spawned_call = node->call;
  TypeId value = check_expr(ctx, node->call);
  ctx.spawned_call = nullptr;
  if (!call && !method) {
    if (ctx.is_error(value)) return value;
    Report report = ctx.report(node->call->span, D::SpawnWantsCall);
    const ast::Closure* closure = node->call->try_as<ast::Closure>();
    if (closure && closure->params.empty() && closure->body->is<ast::BlockExpr>()) {
      report.help("a block needs no `||` to run as a task: `spawn { … }`")
          .fix({closure->span.begin, closure->body->span.begin}, "");
    } else {
      report.help("spawn a call, `spawn f(x)`, or a block, `spawn { … }`");
    }
    return ctx.types.error();
  }
  if (ctx.is_error(value)) return value;
  if (!is_task_call(ctx, node->call) || (method && method->optional)) {
    ctx.report(node->call->span, D::SpawnWantsCall)
        .help("put it into a block: `spawn { … }`");
    return value;
  }
  check_loans(ctx, call ? call->args : method->args);
  const types::CallFact* fact = ctx.program.call_of(node->call);
  const types::FnDecl& fn = ctx.program.fns[fact->callee];
  bool changes_receiver = fn.has_self && fn.params[0].mode == ParamMode::Mut;
  if (changes_receiver) check_loan(ctx, method ? method->receiver : node->call);
  return value;
}

static TypeId check_spawn_block(Context& ctx, const ast::Spawn* node, TypeId wanted) {
  Body body;
  body.outer = ctx.body;
  body.depth = ctx.body->depth + 1;
  body.spawn = node;
  body.result = wanted.valid() ? wanted : ctx.infer.fresh(node->span);
  body.scope_vars = ctx.body->scope_vars;
  ctx.body = &body;
  TypeId found = check_block(ctx, *node->block, Want::must(body.result));
  ctx.body = body.outer;
  // A block that never ends and never returns gives nothing.
  if (ctx.kind(found) == TypeKind::Never) ctx.infer.unify(body.result, ctx.types.unit());
  if (ctx.is_error(found)) ctx.infer.unify(body.result, found);
  ctx.program.captures[node->id.index].captures = std::move(body.captures);
  return body.result;
}

static void check_spawn_scope(Context& ctx, const ast::Expr* scope) {
  ctx.scope_use = scope;
  TypeId type = check_expr(ctx, scope);
  if (ctx.is_error(type) || ctx.kind(type) == TypeKind::Scope) return;
  ctx.report(scope->span, D::SpawnInNoScope, {ctx.show(type)})
      .help("a scope comes from `async |s| { … }`, or as a parameter `s: Scope`");
}

TypeId check_spawn(Context& ctx, const ast::Spawn* node, const Want& want) {
  if (node->scope) check_spawn_scope(ctx, node->scope);
  if (!node->scope) check_scope_of_generator(ctx, node->span, "`spawn`");
  if (node->name) check_value(ctx, node->name, Want::must(ctx.types.str()));
  TypeId wanted = want.type.valid() ? ctx.infer.shallow(want.type) : TypeId();
  bool wants_task = wanted.valid() && ctx.types.kind(wanted) == TypeKind::Task;
  TypeId value = node->block
                     ? check_spawn_block(ctx, node, wants_task ? ctx.types.arg(wanted) : TypeId())
                     : check_spawn_call(ctx, node);
  if (ctx.is_error(value)) return value;
  bool is_said = wants_task && ctx.kind(ctx.types.arg(wanted)) == TypeKind::Task;
  if (ctx.kind(value) == TypeKind::Task && !is_said) {
    ctx.report(node->span, D::TaskOfTask)
        .mark("`await` of it gives a task, to be awaited in turn")
        .help(node->call ? "the function starts a task already: call it without `spawn`"
                         : "await the inner one in the block, so that this is a task of its value")
        .help("where it is meant, write the type: `let t: Task<" + ctx.show(value) + "> = …`");
  }
  return ctx.types.make(TypeKind::Task, {value});
}

// ---- await ---------------------------------------------------------------------------------

// Rule 26: a task that is only borrowed can be looked at, not awaited.
static void check_owned(Context& ctx, const ast::Expr* task) {
  VarId var = root_of(ctx, task);
  if (!var.valid()) return;
  const types::VarDecl& decl = ctx.program.vars[var];
  if (!decl.is_param || decl.mode != ParamMode::Borrow) return;
  if (ctx.locals_info[var.index].body != ctx.body->depth) return;
  std::string name(ctx.text(decl.name));
  Report report = ctx.report(task->span, D::AwaitBorrowed, {name});
  report.label(decl.span, "borrowed from the caller");
  if (ctx.body->closure != nullptr) {
    report.help("await tasks in a loop: `for " + name + " in tasks { … await " + name + " … }`");
  } else {
    report.help("take it: `own " + name + ": " + ctx.show(decl.type) + "`");
  }
}

TypeId check_await(Context& ctx, const ast::Await* node) {
  return check_awaited(ctx, node->task, check_expr(ctx, node->task));
}

TypeId check_awaited(Context& ctx, const ast::Expr* awaited, TypeId type) {
  type = ctx.infer.shallow(type);
  if (ctx.infer.is_unknown(type)) {
    TypeId task = ctx.types.make(TypeKind::Task, {ctx.infer.fresh(awaited->span)});
    ctx.infer.unify(type, task);
    type = task;
  }
  TypeKind kind = ctx.types.kind(type);
  if (kind == TypeKind::Error || kind == TypeKind::Never) return type;
  if (kind == TypeKind::Task) {
    check_owned(ctx, awaited);
    return ctx.types.arg(type);
  }
  Report report = ctx.report(awaited->span, D::AwaitNonTask, {ctx.show(type)});
  bool is_tasks = kind == TypeKind::Array && ctx.kind(ctx.types.arg(type)) == TypeKind::Task;
  bool is_call = awaited->kind == ast::ExprKind::Call ||
                 awaited->kind == ast::ExprKind::MethodCall;
  if (is_tasks) {
    report.help("await each: `for t in tasks { … await t … }`");
  } else if (is_call) {
    report.help("a call gives its value at once, whether it waits or not: leave `await` away");
  } else {
    report.help("a task comes from `spawn`");
  }
  return ctx.types.error();
}

// ---- catch ---------------------------------------------------------------------------------

void find_core_panics(Context& ctx) {
  types::CoreDecls& core = ctx.program.core;
  const Entity* panic = ctx.prelude->find(ctx.names.intern("Panic"));
  if (panic && panic->kind == Entity::Kind::Struct) core.panic = StructId(panic->index);
  const Entity* timeout = ctx.prelude->find(ctx.names.intern("Timeout"));
  if (timeout && timeout->kind == Entity::Kind::Struct) core.timeout = StructId(timeout->index);
  const Entity* token = ctx.prelude->find(ctx.names.intern("CancelToken"));
  if (token && token->kind == Entity::Kind::Struct) core.cancel_token = StructId(token->index);
  const Entity* stopped = ctx.prelude->find(ctx.names.intern("Stopped"));
  if (stopped && stopped->kind == Entity::Kind::Struct) core.stopped = StructId(stopped->index);
  for (const types::ImplDecl& impl : ctx.program.impls) {
    const types::Type& type = ctx.types.get(impl.self_type);
    bool is_panic = type.kind == TypeKind::Struct && type.decl == core.panic.index;
    if (!is_panic && type.kind != TypeKind::Task) continue;
    for (FnId fn : impl.methods) {
      std::string_view name = ctx.text(ctx.program.fns[fn].name);
      if (is_panic && name == "taken") core.panic_take = fn;
      if (!is_panic && name == "outcome") core.task_outcome = fn;
      if (!is_panic && name == "outcomes") core.task_outcomes = fn;
    }
  }
}

// `return`, `break` and `?` in the block mean the function around it (language rule 75).
TypeId check_catch(Context& ctx, const ast::Catch* node, const Want& want) {
  TypeId wanted = want.type.valid() ? ctx.infer.shallow(want.type) : TypeId();
  bool wants_result = wanted.valid() && ctx.types.kind(wanted) == TypeKind::Result;
  TypeId value = wants_result ? ctx.types.arg(wanted) : ctx.infer.fresh(node->span);
  TypeId found = check_block(ctx, *node->body, Want::must(value));
  // A block that never ends gives nothing.
  if (ctx.kind(found) == TypeKind::Never) ctx.infer.unify(value, ctx.types.unit());
  if (ctx.is_error(found)) ctx.infer.unify(value, found);
  use_fn(ctx, ctx.program.core.panic_take);
  return ctx.types.make(TypeKind::Result, {value, ctx.types.struct_(ctx.program.core.panic, {})});
}

// ---- within, shield ----------------------------------------------------------------------------

// What a block that is a scope has to give. A `spawn` on its last line is one of the tasks it waits
// for, as in a race, unless a task is asked for: nobody wants the handle of a task that has ended.
static Want want_of_scope(Context& ctx, const ast::Block& block, const Want& want) {
  bool is_spawn = block.value != nullptr && block.value->kind == ast::ExprKind::Spawn;
  if (!is_spawn) return want;
  TypeId wanted = want.type.valid() ? ctx.infer.shallow(want.type) : TypeId();
  bool is_asked_for = wanted.valid() && !ctx.infer.is_unknown(wanted);
  return is_asked_for ? want : Want::must(ctx.types.unit());
}

// What ends the block, and with that what the block gives then.
static StructId check_limit(Context& ctx, const ast::Expr* limit) {
  const types::CoreDecls& core = ctx.program.core;
  TypeId found = ctx.infer.shallow(check_expr(ctx, limit));
  const types::Type& type = ctx.types.get(found);
  if (type.kind == TypeKind::Struct && type.decl == core.cancel_token.index) return core.stopped;
  fit(ctx, limit, found, Want::must(ctx.types.plain(TypeKind::Duration)));
  return core.timeout;
}

TypeId check_within(Context& ctx, const ast::Within* node, const Want& want) {
  StructId error = check_limit(ctx, node->limit);
  TypeId wanted = want.type.valid() ? ctx.infer.shallow(want.type) : TypeId();
  bool wants_result = wanted.valid() && ctx.types.kind(wanted) == TypeKind::Result;
  TypeId value = wants_result ? ctx.types.arg(wanted) : ctx.infer.fresh(node->span);
  NoYield no_yield(ctx, "within", node->span);
  ++ctx.body->scopes;
  TypeId found = check_block(ctx, *node->body, want_of_scope(ctx, *node->body, Want::must(value)));
  --ctx.body->scopes;
  // A block that never ends gives nothing.
  if (ctx.kind(found) == TypeKind::Never) found = ctx.types.unit();
  ctx.infer.unify(value, found);
  return ctx.types.make(TypeKind::Result, {value, ctx.types.struct_(error, {})});
}

TypeId check_shield(Context& ctx, const ast::Shield* node, const Want& want) {
  NoYield no_yield(ctx, "shield", node->span);
  ++ctx.body->scopes;
  TypeId type = check_block(ctx, *node->body, want_of_scope(ctx, *node->body, want));
  --ctx.body->scopes;
  return type;
}

// ---- async ---------------------------------------------------------------------------------

VarId innermost_scope(Context& ctx) {
  if (!ctx.body->scope_vars.empty()) return ctx.body->scope_vars.back();
  return VarId();
}

// `|s|`: a variable of the block.
static void declare_scope(Context& ctx, const ast::Async* node) {
  types::VarDecl decl;
  decl.name = node->scope.name;
  decl.type = ctx.types.plain(TypeKind::Scope);
  decl.span = node->scope.span;
  LocalInfo info;
  info.origin = Origin::Let;
  VarId var = new_var(ctx, std::move(decl), info);
  ctx.body_vars.push_back(var);
  ctx.locals.declare(node->scope.name, var);
  ctx.fact(node).name = var;
  ctx.body->scope_vars.push_back(var);
}

// The spawns that a race or `settle` is about: statements of its block, nested ones included.
static void find_contestants(const ast::Block* block, std::vector<const ast::Spawn*>& found);

static void find_contestants(const ast::Expr* expr, std::vector<const ast::Spawn*>& found) {
  if (!expr) return;
  switch (expr->kind) {
    case ast::ExprKind::Spawn:
      found.push_back(expr->as<ast::Spawn>());
      return;
    case ast::ExprKind::BlockExpr:
      return find_contestants(expr->as<ast::BlockExpr>()->block, found);
    case ast::ExprKind::If:
      find_contestants(expr->as<ast::If>()->then, found);
      return find_contestants(expr->as<ast::If>()->otherwise, found);
    case ast::ExprKind::Match:
      for (const ast::MatchArm& arm : expr->as<ast::Match>()->arms) {
        find_contestants(arm.body, found);
      }
      return;
    case ast::ExprKind::Loop:
      return find_contestants(expr->as<ast::Loop>()->body, found);
    case ast::ExprKind::While:
      return find_contestants(expr->as<ast::While>()->body, found);
    case ast::ExprKind::For:
      return find_contestants(expr->as<ast::For>()->body, found);
    default:
      return;
  }
}

static void find_contestants(const ast::Block* block, std::vector<const ast::Spawn*>& found) {
  for (const ast::Stmt* stmt : block->stmts) {
    if (const ast::ExprStmt* expr = stmt->try_as<ast::ExprStmt>()) {
      find_contestants(expr->expr, found);
    }
  }
  find_contestants(block->value, found);
}

// Rule 33: all contestants have one type.
static TypeId check_contest(Context& ctx, const ast::Async* node, const Want& want) {
  bool is_race = node->policy == ast::Async::Policy::Race;
  ++ctx.body->contests;
  check_block(ctx, *node->body, Want::must(ctx.types.unit()));
  --ctx.body->contests;
  TypeId value = ctx.infer.fresh(node->span);
  if (is_race && want.type.valid()) ctx.infer.unify(value, want.type);
  std::vector<const ast::Spawn*> contestants;
  find_contestants(node->body, contestants);
  TypeId task = ctx.types.make(TypeKind::Task, {value});
  Span first;
  for (const ast::Spawn* spawn : contestants) {
    TypeId found = ctx.fact(spawn).type;
    if (ctx.is_error(found)) continue;
    fit(ctx, spawn, found, Want::must(task, first, "the first one is of that type"));
    // What is dropped is the task, not what it gives.
    ctx.adjust(spawn, Adjustment::DropValue, ctx.types.unit());
    if (!first.valid()) first = spawn->span;
  }
  if (contestants.empty()) ctx.infer.unify(value, ctx.types.unit());
  if (is_race) return value;
  use_fn(ctx, ctx.program.core.task_outcome);
  use_fn(ctx, ctx.program.core.task_outcomes);
  TypeId error = ctx.program.fns[ctx.program.core.task_outcomes].result;
  error = ctx.types.arg(ctx.types.arg(error), 1);
  return ctx.types.make(TypeKind::Array, {ctx.types.make(TypeKind::Result, {value, error})});
}

TypeId check_async(Context& ctx, const ast::Async* node, const Want& want) {
  if (node->max) check_value(ctx, node->max, Want::must(ctx.types.int_()));
  NoYield no_yield(ctx, "async", node->span);
  ctx.locals.enter();
  ++ctx.body->scopes;
  size_t named = ctx.body->scope_vars.size();
  if (node->scope.valid()) declare_scope(ctx, node);
  bool is_contest = node->policy != ast::Async::Policy::All;
  uint32_t contests = std::exchange(ctx.body->contests, 0);
  TypeId type = is_contest
                    ? check_contest(ctx, node, want)
                    : check_block(ctx, *node->body, want_of_scope(ctx, *node->body, want));
  ctx.body->contests = contests;
  ctx.body->scope_vars.resize(named);
  --ctx.body->scopes;
  ctx.locals.leave();
  return type;
}

}  // namespace skein::check
