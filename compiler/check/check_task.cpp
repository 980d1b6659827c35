// Tasks: spawn, await, async, yield.
//
// A spawn block is a body of its own: what it names from outside is captured, as a copy or moved
// in, which is why changing a captured variable is refused (place.cpp). Whether each task is
// awaited exactly once is asked on SIR.
#include "compiler/check/check_expr.h"

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
  return fact && fact->callee.valid();
}

static TypeId check_spawn_call(Context& ctx, const ast::Spawn* node) {
  const ast::Call* call = node->call->try_as<ast::Call>();
  const ast::MethodCall* method = node->call->try_as<ast::MethodCall>();
  ctx.spawned_call = node->call;
  TypeId value = check_expr(ctx, node->call);
  ctx.spawned_call = nullptr;
  if (!call && !method) {
    if (ctx.is_error(value)) return value;
    ctx.report(node->call->span, D::SpawnWantsCall)
        .help("spawn a call, `spawn f(x)`, or a block, `spawn { … }`");
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
  ctx.body = &body;
  TypeId found = check_block(ctx, *node->block, Want::must(body.result));
  ctx.body = body.outer;
  // A block that never ends and never returns gives nothing.
  if (ctx.kind(found) == TypeKind::Never) ctx.infer.unify(body.result, ctx.types.unit());
  if (ctx.is_error(found)) ctx.infer.unify(body.result, found);
  ctx.program.captures[node->id.index].captures = std::move(body.captures);
  return body.result;
}

TypeId check_spawn(Context& ctx, const ast::Spawn* node, const Want& want) {
  if (node->scope) return ctx.not_yet(node->span, "`s.spawn`");
  if (node->name) check_value(ctx, node->name, Want::must(ctx.types.str()));
  TypeId wanted = want.type.valid() ? ctx.infer.shallow(want.type) : TypeId();
  bool wants_task = wanted.valid() && ctx.types.kind(wanted) == TypeKind::Task;
  TypeId value = node->block
                     ? check_spawn_block(ctx, node, wants_task ? ctx.types.arg(wanted) : TypeId())
                     : check_spawn_call(ctx, node);
  if (ctx.is_error(value)) return value;
  return ctx.types.make(TypeKind::Task, {value});
}

// ---- await ---------------------------------------------------------------------------------

// Rule 26: a task that is only borrowed can be looked at, not awaited.
static void check_owned(Context& ctx, const ast::Await* node) {
  VarId var = root_of(ctx, node->task);
  if (!var.valid()) return;
  const types::VarDecl& decl = ctx.program.vars[var];
  if (!decl.is_param || decl.mode != ParamMode::Borrow) return;
  if (ctx.locals_info[var.index].body != ctx.body->depth) return;
  std::string name(ctx.text(decl.name));
  Report report = ctx.report(node->task->span, D::AwaitBorrowed, {name});
  report.label(decl.span, "borrowed from the caller");
  report.help("take it: `own " + name + ": " + ctx.show(decl.type) + "`");
}

TypeId check_await(Context& ctx, const ast::Await* node) {
  TypeId type = ctx.infer.shallow(check_expr(ctx, node->task));
  if (ctx.infer.is_unknown(type)) {
    TypeId task = ctx.types.make(TypeKind::Task, {ctx.infer.fresh(node->span)});
    ctx.infer.unify(type, task);
    type = task;
  }
  TypeKind kind = ctx.types.kind(type);
  if (kind == TypeKind::Error || kind == TypeKind::Never) return type;
  if (kind == TypeKind::Task) {
    check_owned(ctx, node);
    return ctx.types.arg(type);
  }
  Report report = ctx.report(node->task->span, D::AwaitNonTask, {ctx.show(type)});
  bool is_tasks = kind == TypeKind::Array && ctx.kind(ctx.types.arg(type)) == TypeKind::Task;
  bool is_call = node->task->kind == ast::ExprKind::Call ||
                 node->task->kind == ast::ExprKind::MethodCall;
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
  for (const types::ImplDecl& impl : ctx.program.impls) {
    const types::Type& type = ctx.types.get(impl.self_type);
    bool is_panic = type.kind == TypeKind::Struct && type.decl == core.panic.index;
    if (!is_panic && type.kind != TypeKind::Task) continue;
    for (FnId fn : impl.methods) {
      std::string_view name = ctx.text(ctx.program.fns[fn].name);
      if (is_panic && name == "taken") core.panic_take = fn;
      if (!is_panic && name == "outcome") core.task_outcome = fn;
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

// ---- async, yield --------------------------------------------------------------------------

TypeId check_async(Context& ctx, const ast::Async* node, const Want& want) {
  if (node->policy != ast::Async::Policy::All) {
    return ctx.not_yet(node->policy_span, "`async` with a policy");
  }
  if (node->max) return ctx.not_yet(node->max->span, "`async(max: n)`");
  if (node->scope.valid()) return ctx.not_yet(node->scope.span, "a scope with a name");
  ++ctx.body->scopes;
  TypeId type = check_block(ctx, *node->body, want);
  --ctx.body->scopes;
  return type;
}

TypeId check_yield(Context& ctx, const ast::Yield* node) {
  if (!node->value) return ctx.types.unit();
  check_expr(ctx, node->value);
  return ctx.not_yet(node->span, "a generator's `yield`");
}

}  // namespace skein::check
