// `lock (a, b as mut x) { … }`: in the block the names stand for what the locks protect.
#include "compiler/check/check_expr.h"
#include "compiler/check/check_generator.h"
#include "compiler/check/check_pattern.h"
#include "compiler/check/copies.h"

namespace skein::check {

// What a lock protects; an error type, and reported, if it is none.
static TypeId content_of(Context& ctx, const ast::Expr* place) {
  TypeId type = ctx.infer.shallow(check_expr(ctx, place));
  TypeKind kind = ctx.types.kind(type);
  // The library looks at what a `Shared` holds in the same way; there is nothing to take.
  bool is_shared = kind == TypeKind::Shared && ctx.program.modules[ctx.table->module].is_std;
  if (kind == TypeKind::Mutex || kind == TypeKind::RwLock || is_shared) return ctx.types.arg(type);
  if (kind == TypeKind::Error) return type;
  Report report = ctx.report(place->span, D::NotALock, {ctx.show(type)});
  report.help("what tasks share and change is made as `Mutex(value)` or `RwLock(value)`");
  return ctx.types.error();
}

TypeId check_lock(Context& ctx, const ast::Lock* node, const Want& want) {
  std::vector<TypeId> contents;
  for (const ast::LockedPlace& place : node->places) {
    contents.push_back(content_of(ctx, place.place));
  }
  NoYield no_yield(ctx, "lock", node->span);
  ctx.locals.enter();
  std::vector<VarId> vars;
  for (size_t i = 0; i < node->places.size(); ++i) {
    const ast::LockedPlace& place = node->places[i];
    PatternMode mode;
    mode.is_var = place.is_mut;
    VarId var = declare_var(ctx, place.name, contents[i], mode);
    ctx.program.vars[var].is_place = place.is_mut;
    vars.push_back(var);
  }
  TypeId type = check_block(ctx, *node->body, want);
  ctx.locals.leave();
  ctx.program.locked[node->id.index] = std::move(vars);
  warn_of_snapshot(ctx, node);
  return type;
}

}  // namespace skein::check
