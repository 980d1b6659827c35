// Channels: `ch <- v`, `<-ch`, `select`.
//
// Both spellings are calls: `ch <- v` of the method `put`, `<-ch` of `receive`, which channels and
// their ends have (stdlib/core/chan.sk).
#include "compiler/check/check_expr.h"
#include "compiler/check/check_pattern.h"
#include "compiler/check/join.h"
#include "compiler/check/method.h"
#include "compiler/support/check.h"

namespace skein::check {

// What a channel carries, where it can be sent to or received from; invalid, and reported, if that
// cannot be.
static TypeId element_of(Context& ctx, const ast::Expr* channel, TypeId type, bool sends) {
  type = ctx.infer.shallow(type);
  TypeKind kind = ctx.types.kind(type);
  TypeKind end = sends ? TypeKind::Sender : TypeKind::Receiver;
  if (kind == TypeKind::Chan || kind == end) return ctx.types.arg(type);
  if (kind == TypeKind::Error) return TypeId();
  if (ctx.infer.is_unknown(type)) {
    ctx.report(channel->span, D::NeedsType).help("write its type where it is declared");
    return TypeId();
  }
  Report report = ctx.report(channel->span, D::NotAChannel,
                             {ctx.show(type), sends ? "sent to" : "received from"});
  if (kind == TypeKind::Sender) report.help("a `Sender` only sends: receive from the other end");
  if (kind == TypeKind::Receiver) report.help("a `Receiver` only receives: send to the other end");
  if (kind == TypeKind::Task) report.help("the value of a task is awaited: `await t`");
  return TypeId();
}

static void note_call(Context& ctx, const ast::Expr* node, TypeId channel, std::string_view method,
                      std::vector<const ast::Expr*> args) {
  std::optional<MethodMatch> match =
      try_method(ctx, channel, ctx.names.intern(method), node->span);
  SKEIN_CHECK(match.has_value(), "the core library lacks a method of channels");
  use_fn(ctx, match->fn);
  types::CallFact& call = ctx.add_call(node);
  call.callee = match->fn;
  call.type_args = std::move(match->type_args);
  call.args = std::move(args);
}

TypeId check_send(Context& ctx, const ast::Send* node) {
  TypeId type = check_expr(ctx, node->channel);
  TypeId element = element_of(ctx, node->channel, type, true);
  if (!element.valid()) {
    check_expr(ctx, node->value);
    return ctx.types.unit();
  }
  std::string why = "this channel carries `" + ctx.show(element) + "`";
  check_value(ctx, node->value, Want::must(element, node->channel->span, why));
  note_call(ctx, node, type, "put", {node->channel, node->value});
  return ctx.types.unit();
}

TypeId check_receive(Context& ctx, const ast::Receive* node) {
  TypeId type = check_expr(ctx, node->channel);
  TypeId element = element_of(ctx, node->channel, type, false);
  if (!element.valid()) return ctx.types.error();
  note_call(ctx, node, type, "receive", {node->channel});
  return ctx.types.make(TypeKind::Option, {element});
}

// ---- select --------------------------------------------------------------------------------

static void bind(Context& ctx, const ast::Pattern* pattern, TypeId type, bool is_refutable) {
  if (!pattern) return;
  PatternMode mode;
  check_pattern(ctx, pattern, type, mode);
  if (!is_refutable) ctx.matches.push_back({pattern->span, type, nullptr, pattern});
}

// What the task gives that an arm waits for. It stays where it is until its arm is chosen, so it has to
// be somewhere.
static TypeId check_offered_task(Context& ctx, const ast::Expr* task, TypeId type) {
  TypeId value = check_awaited(ctx, task, type);
  if (ctx.is_error(value)) return value;
  VarId var = root_of(ctx, task);
  if (!var.valid()) {
    ctx.report(task->span, D::SelectTaskPlace)
        .help("keep it in a variable before the `select`: `let t = spawn …`");
    return ctx.types.error();
  }
  if (task->kind == ast::ExprKind::Name) ctx.program.vars[var].is_offered = true;
  return value;
}

// The operation of an arm, and what it binds for its body.
static void check_operation(Context& ctx, const ast::SelectArm& arm) {
  using Kind = ast::SelectArm::Kind;
  TypeId operand = arm.operand && arm.kind != Kind::After ? check_expr(ctx, arm.operand) : TypeId();
  switch (arm.kind) {
    case Kind::Receive:
    case Kind::Each: {
      TypeId element = element_of(ctx, arm.operand, operand, false);
      TypeId bound = element.valid() ? element : ctx.types.error();
      if (element.valid() && arm.kind == Kind::Receive) {
        bound = ctx.types.make(TypeKind::Option, {element});
      }
      bind(ctx, arm.pattern, bound, false);
      bind(ctx, arm.ok, ctx.types.bool_(), false);
      return;
    }
    case Kind::Send: {
      TypeId element = element_of(ctx, arm.operand, operand, true);
      if (!element.valid()) {
        check_expr(ctx, arm.value);
        return;
      }
      std::string why = "this channel carries `" + ctx.show(element) + "`";
      check_value(ctx, arm.value, Want::must(element, arm.operand->span, why));
      return;
    }
    case Kind::Await:
      bind(ctx, arm.pattern, check_offered_task(ctx, arm.operand, operand), false);
      return;
    case Kind::After:
      check_value(ctx, arm.operand, Want::must(ctx.types.plain(TypeKind::Duration)));
      return;
    case Kind::Closed:
    case Kind::Default:
      return;
  }
}

TypeId check_select(Context& ctx, const ast::Select* node, const Want& want) {
  Join join(ctx, want);
  for (const ast::SelectArm& arm : node->arms) {
    if (arm.guard) {
      check_value(ctx, arm.guard, Want::must(ctx.types.bool_(), Span(), "a guard is a condition"));
    }
    ctx.locals.enter();
    check_operation(ctx, arm);
    join.add_expr(arm.body);
    ctx.locals.leave();
  }
  return join.type();
}

}  // namespace skein::check
