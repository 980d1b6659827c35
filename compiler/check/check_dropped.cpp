// Statements whose value nobody uses: which of them may be written, and what is said of the others.
#include "compiler/check/check_expr.h"
#include "compiler/check/iterate.h"
#include "compiler/check/method.h"

namespace skein::check {

// Whether evaluating the expression can be seen, or is at least asked for by its form.
static bool has_effect(const ast::Expr* expr) {
  switch (expr->kind) {
    case ast::ExprKind::IntLit:
    case ast::ExprKind::FloatLit:
    case ast::ExprKind::BoolLit:
    case ast::ExprKind::CharLit:
    case ast::ExprKind::StrLit:
    case ast::ExprKind::ByteStrLit:
    case ast::ExprKind::DurationLit:
    case ast::ExprKind::InterpStr:
    case ast::ExprKind::NoneLit:
    case ast::ExprKind::Name:
    case ast::ExprKind::TypeArgs:
    case ast::ExprKind::Unary:
    case ast::ExprKind::Binary:
    case ast::ExprKind::Compare:
    case ast::ExprKind::Range:
    case ast::ExprKind::Field:
    case ast::ExprKind::TupleIndex:
    case ast::ExprKind::Index:
    case ast::ExprKind::Slice:
    case ast::ExprKind::StructLit:
    case ast::ExprKind::Tuple:
    case ast::ExprKind::Array:
    case ast::ExprKind::RepeatArray:
    case ast::ExprKind::MapLit:
    case ast::ExprKind::Closure:
      return false;
    case ast::ExprKind::Logical:
      return has_effect(expr->as<ast::Logical>()->right);
    case ast::ExprKind::Coalesce:
      return has_effect(expr->as<ast::Coalesce>()->right);
    default:
      return true;
  }
}

static void report_no_effect(Context& ctx, const ast::Expr* expr) {
  Report report = ctx.report(expr->span, D::NoEffect);
  if (const ast::Compare* compare = expr->try_as<ast::Compare>()) {
    if (compare->op == ast::CompareOp::Eq) {
      report.help("to assign, write `=`").fix(compare->op_span, "=");
      return;
    }
  }
  const ast::Unary* unary = expr->try_as<ast::Unary>();
  if (unary && unary->op == ast::UnaryOp::Neg) {
    report.help("a line that begins with `-` starts a statement: end the line before with `-`");
    return;
  }
  report.help("use the value, or remove it; `_ = …` drops it on purpose");
}

// Rule 59: what must not be lost by accident.
static void check_drop(Context& ctx, const ast::Expr* expr, TypeId type) {
  TypeKind kind = ctx.kind(type);
  if (kind == TypeKind::Result) {
    ctx.report(expr->span, D::DroppedResult, {ctx.show(type)})
        .help("pass the error on with `?`, panic on it with `!`, or look with `match`")
        .help("`_ = …` drops it on purpose");
  }
  if (kind != TypeKind::Task) return;
  if (expr->kind != ast::ExprKind::Spawn) {
    ctx.report(expr->span, D::DroppedTask, {ctx.show(type)})
        .help("await it, or keep it in a variable");
    return;
  }
  TypeId value = ctx.types.arg(ctx.infer.shallow(type));
  // A race and `settle` take the values of the tasks they start.
  if (ctx.kind(value) != TypeKind::Result || ctx.body->contests > 0) return;
  ctx.report(expr->span, D::LostResult, {ctx.show(value)})
      .help("await the task and look at its result");
}

// ---- what methods give ---------------------------------------------------------------------

static bool is_plain_value(TypeKind kind) {
  switch (kind) {
    case TypeKind::Str:
    case TypeKind::Char:
    case TypeKind::Array:
    case TypeKind::FixedArray:
    case TypeKind::Duration:
      return true;
    default:
      return types::is_integer(kind) || types::is_float(kind);
  }
}

// Whether the library's method of the call only looks at its value, so that what it gives is all
// that it does. What runs a closure may do more.
static bool only_looks(Context& ctx, const ast::MethodCall* call) {
  TypeId receiver = ctx.fact(call->receiver).type;   // invalid: that names a type or module
  if (!receiver.valid() || !is_plain_value(ctx.kind(receiver))) return false;
  const types::CallFact* fact = ctx.program.call_of(call);
  if (!fact || !fact->callee.valid()) return false;
  const types::FnDecl& fn = ctx.program.fns[fact->callee];
  if (!fn.has_self || !ctx.program.modules[fn.module].is_std) return false;
  for (const types::ParamDecl& param : fn.params) {
    if (param.mode == types::ParamMode::Mut) return false;
  }
  for (const ast::Arg& arg : call->args) {
    TypeKind kind = ctx.kind(ctx.fact(arg.value).type);
    if (kind == TypeKind::Closure || kind == TypeKind::Fn) return false;
  }
  return true;
}

// The method that does to its value what `sorted` and `reversed` give.
static std::string in_place(Context& ctx, const ast::MethodCall* call) {
  std::string_view name = ctx.text(call->name.name);
  for (std::string_view ending : {"ed", "d"}) {
    if (!name.ends_with(ending)) continue;
    std::string_view stem = name.substr(0, name.size() - ending.size());
    Symbol symbol = ctx.names.intern(stem);
    TypeId receiver = ctx.fact(call->receiver).type;
    if (try_own_method(ctx, receiver, symbol, call->span)) return std::string(stem);
  }
  return "";
}

static void warn_of_unused(Context& ctx, const ast::Expr* expr, TypeId type) {
  const ast::MethodCall* call = expr->try_as<ast::MethodCall>();
  if (!call) return;
  auto report = [&] {
    return ctx.report(call->name.span, D::UnusedValue, {ctx.text(call->name.name)});
  };
  if (types::is_guard(ctx.program, ctx.infer.shallow(type))) {
    report().help("the lock is given back at once: `let g = …` keeps it to the end of the block, "
                  "and `lock … as mut v { … }` for a block");
  } else if (ctx.kind(type) == TypeKind::Gen || is_lazy(ctx, type, expr->span)) {
    report().help("nothing runs before somebody asks for the items: `for x in …`, or `.collect()`");
  } else if (only_looks(ctx, call)) {
    std::string changes = in_place(ctx, call);
    report().help(changes.empty()
                      ? "it leaves its value as it is: use what it gives, or remove it"
                      : "it leaves its value as it is; `" + changes + "` changes it in place");
  }
}

// ---- the statement -------------------------------------------------------------------------

TypeId check_dropped(Context& ctx, const ast::Expr* expr) {
  TypeId type = check_expr(ctx, expr, Want::must(ctx.types.unit()));
  TypeKind kind = ctx.kind(type);
  if (kind == TypeKind::Never) return type;
  if (kind == TypeKind::Error) return ctx.types.unit();
  if (!has_effect(expr)) {
    report_no_effect(ctx, expr);
    return ctx.types.unit();
  }
  if (kind == TypeKind::Unit) return type;
  check_drop(ctx, expr, type);
  warn_of_unused(ctx, expr, type);
  ctx.adjust(expr, Adjustment::DropValue, ctx.types.unit());
  return ctx.types.unit();
}


}  // namespace skein::check
