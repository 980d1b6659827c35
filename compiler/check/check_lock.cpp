// `lock (a, b as mut x) { … }`: in the block the names stand for what the locks protect. And guards,
// whose `value` does.
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
    ctx.program.vars[var].is_locked = place.is_mut;
    vars.push_back(var);
  }
  TypeId type = check_block(ctx, *node->body, want);
  ctx.locals.leave();
  ctx.program.locked[node->id.index] = std::move(vars);
  warn_of_snapshot(ctx, node);
  return type;
}

// ---- guards --------------------------------------------------------------------------------

void find_core_guards(Context& ctx) {
  types::CoreDecls& core = ctx.program.core;
  auto find = [&](const char* name) {
    const Entity* entity = ctx.prelude->find(ctx.names.intern(name));
    bool is_struct = entity && entity->kind == Entity::Kind::Struct;
    return is_struct ? StructId(entity->index) : StructId();
  };
  core.guard = find("Guard");
  core.read_guard = find("ReadGuard");
  core.write_guard = find("WriteGuard");
  StructId condvar = find("Condvar");
  for (const types::ImplDecl& impl : ctx.program.impls) {
    const types::Type& type = ctx.types.get(impl.self_type);
    if (type.kind != TypeKind::Struct || type.decl != condvar.index) continue;
    for (FnId fn : impl.methods) {
      if (ctx.text(ctx.program.fns[fn].name) == "wait_with") core.condvar_wait = fn;
    }
  }
}

std::optional<TypeId> guarded_type(Context& ctx, const ast::Field* node, TypeId guard) {
  if (!types::is_guard(ctx.program, guard)) return std::nullopt;
  if (ctx.text(node->name.name) != "value") return std::nullopt;
  return ctx.types.arg(guard);
}

const ast::Field* guard_access(Context& ctx, const ast::Expr* place) {
  for (;;) {
    if (const ast::Field* field = place->try_as<ast::Field>()) {
      if (guarded_type(ctx, field, ctx.fact(field->receiver).type)) return field;
      place = field->receiver;
    } else if (const ast::TupleIndex* part = place->try_as<ast::TupleIndex>()) {
      place = part->receiver;
    } else if (const ast::Index* element = place->try_as<ast::Index>()) {
      place = element->receiver;
    } else {
      return nullptr;
    }
  }
}

// `cv.wait(mut g)`: about which lock that is has to be known here.
void check_condvar_wait(Context& ctx, const ast::Expr* guard) {
  use_fn(ctx, ctx.program.core.condvar_wait);
  TypeId type = ctx.infer.shallow(ctx.fact(guard).type);
  if (ctx.is_error(type) || types::is_guard(ctx.program, type)) return;
  if (const ast::Name* name = guard->try_as<ast::Name>()) {
    const VarId* var = std::get_if<VarId>(&ctx.fact(name).name);
    if (var && ctx.program.vars[*var].is_locked) {
      ctx.program.vars[*var].is_waited = true;
      return;
    }
  }
  ctx.report(guard->span, D::WaitWithoutLock, {ctx.show(type)})
      .help("wait with a guard, `let g = m.lock()`, or with the name that `lock (m as mut v) { … }` "
            "gives");
}

}  // namespace skein::check
