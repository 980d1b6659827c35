// Statements.
#include "compiler/check/check_expr.h"
#include "compiler/check/check_generator.h"
#include "compiler/check/check_pattern.h"
#include "compiler/check/copies.h"
#include "compiler/check/resolve_type.h"

namespace skein::check {

static Span keyword_span(const ast::LetStmt* stmt) {
  return {stmt->span.begin, stmt->span.begin + 3};   // `let` and `var` have three letters
}

static PatternMode let_mode(const ast::LetStmt* stmt) {
  PatternMode mode;
  mode.is_refutable = stmt->otherwise != nullptr;
  mode.is_var = stmt->is_var;
  mode.origin = stmt->is_var ? Origin::Var : Origin::Let;
  mode.keyword = keyword_span(stmt);
  return mode;
}

// `let x: int`: set on each path before it is used, which is asked later.
static TypeId check_let_later(Context& ctx, const ast::LetStmt* stmt, TypeId declared) {
  const ast::BindingPattern* binding = stmt->pattern->try_as<ast::BindingPattern>();
  if (!binding) {
    if (stmt->pattern->kind != ast::PatternKind::Error) {
      ctx.report(stmt->pattern->span, D::LetWithoutValue)
          .help("only a single name can be declared without a value");
    }
    check_pattern(ctx, stmt->pattern, ctx.types.error(), let_mode(stmt));
    return ctx.types.unit();
  }
  TypeId type = declared.valid() ? declared : ctx.infer.fresh(binding->span);
  check_pattern(ctx, stmt->pattern, type, let_mode(stmt));
  VarId var = ctx.fact(stmt->pattern).var;
  if (var.valid()) ctx.program.vars[var].is_set_later = true;
  return ctx.types.unit();
}

static Want let_want(Context& ctx, const ast::LetStmt* stmt, TypeId declared) {
  if (!declared.valid()) return {};
  // `let v: int = x else { … }`: the type is that of `v`, the value of `x` an option of it.
  bool names_payload = stmt->otherwise && stmt->pattern->is<ast::BindingPattern>();
  TypeId type = names_payload ? ctx.types.make(TypeKind::Option, {declared}) : declared;
  return Want::must(type, stmt->type->span, "the type that is declared");
}

static void check_let_else(Context& ctx, const ast::LetStmt* stmt) {
  TypeId type = check_block(ctx, *stmt->otherwise, Want());
  TypeKind kind = ctx.kind(type);
  if (kind == TypeKind::Never || kind == TypeKind::Error) return;
  ctx.report(stmt->otherwise->span, D::ElseReturns)
      .help("leave with `return`, `break`, `continue` or `panic(…)`");
}

// `let (mut left, mut right) = xs.split_mut(i)`: the variables stand for parts of `xs`.
static TypeId check_split(Context& ctx, const ast::LetStmt* stmt, TypeId type) {
  PatternMode mode = let_mode(stmt);
  mode.allows_mut = true;
  check_pattern(ctx, stmt->pattern, type, mode);
  const ast::TuplePattern* pair = stmt->pattern->try_as<ast::TuplePattern>();
  for (size_t i = 0; pair && i < pair->elements.size(); ++i) {
    const ast::BindingPattern* part = pair->elements[i]->try_as<ast::BindingPattern>();
    bool is_place = pair->elements[i]->is<ast::WildcardPattern>() || (part && part->is_mut);
    if (!is_place) pair = nullptr;
  }
  if (pair || stmt->pattern->is<ast::ErrorPattern>()) return ctx.types.unit();
  ctx.report(stmt->pattern->span, D::ProjectionKept, {"split_mut"})
      .help("bind both parts: `let (mut left, mut right) = xs.split_mut(i)`");
  return ctx.types.unit();
}

// `let v, ok = <-ch`: the second says whether there is a value.
static TypeId check_let_ok(Context& ctx, const ast::LetStmt* stmt, TypeId declared) {
  Want want = let_want(ctx, stmt, declared);
  TypeId found = stmt->init ? check_value(ctx, stmt->init, want) : ctx.types.error();
  if (stmt->init && !stmt->init->is<ast::Receive>() && !ctx.is_error(found)) {
    Report report = ctx.report(stmt->init->span, D::OkWithoutReceive);
    report.help(ctx.kind(found) == TypeKind::Result
                    ? "an error is no second value: `let v = f()?` passes it on, `match f() { ok(v) => …, "
                      "err(e) => … }` looks at it"
                    : "several values are a tuple: `let (a, b) = …`");
    found = ctx.types.error();
  }
  check_pattern(ctx, stmt->pattern, found, let_mode(stmt));
  check_pattern(ctx, stmt->ok, ctx.types.bool_(), let_mode(stmt));
  ctx.matches.push_back({stmt->pattern->span, found, nullptr, stmt->pattern});
  return ctx.types.unit();
}

static TypeId check_let(Context& ctx, const ast::LetStmt* stmt) {
  TypeId declared = stmt->type ? resolve_type(ctx, stmt->type) : TypeId();
  if (stmt->ok) return check_let_ok(ctx, stmt, declared);
  if (!stmt->init) return check_let_later(ctx, stmt, declared);
  Want want = let_want(ctx, stmt, declared);
  bool takes_places = stmt->pattern->is<ast::TuplePattern>();
  ctx.projecting_call = takes_places ? stmt->init : nullptr;
  ctx.open_lets.push_back(stmt);
  TypeId found = check_expr(ctx, stmt->init, want);
  ctx.open_lets.pop_back();
  ctx.projecting_call = nullptr;
  if (takes_places && calls_builtin(ctx, stmt->init, types::Builtin::ArraySplitMut)) {
    return check_split(ctx, stmt, found);
  }
  if (want.demands()) fit(ctx, stmt->init, found, want);
  TypeId type = want.demands() ? want.type : found;
  bool returns = ctx.kind(found) != TypeKind::Never;
  if (!returns && !want.demands()) {
    type = ctx.types.unit();
    ctx.adjust(stmt->init, Adjustment::NeverToAny, type);
  }
  if (stmt->otherwise) check_let_else(ctx, stmt);
  check_pattern(ctx, stmt->pattern, type, let_mode(stmt));
  if (!stmt->otherwise) ctx.matches.push_back({stmt->pattern->span, type, nullptr, stmt->pattern});
  note_copied_field(ctx, stmt);
  return returns ? ctx.types.unit() : ctx.types.never();
}

static TypeId check_defer(Context& ctx, const ast::DeferStmt* stmt) {
  NoYield no_yield(ctx, "defer", stmt->span);
  ++ctx.body->defers;
  check_dropped(ctx, stmt->body);
  --ctx.body->defers;
  return ctx.types.unit();
}

TypeId check_stmt(Context& ctx, const ast::Stmt* stmt) {
  switch (stmt->kind) {
    case ast::StmtKind::Let: return check_let(ctx, stmt->as<ast::LetStmt>());
    case ast::StmtKind::Expr: return check_dropped(ctx, stmt->as<ast::ExprStmt>()->expr);
    case ast::StmtKind::Defer: return check_defer(ctx, stmt->as<ast::DeferStmt>());
    case ast::StmtKind::Item: return ctx.types.unit();
  }
  SKEIN_UNREACHABLE("an unknown kind of statement");
}

}  // namespace skein::check
