// Statics, and the locals of tasks and threads: what their names give, and `with`.
//
// A task local is read like a constant and has another value inside a `with`. A thread local is
// nothing one could hold: its name is only there to call `with` on, so no other thread gets at it.
#include "compiler/check/check_expr.h"
#include "compiler/check/resolve_type.h"

namespace skein::check {

void find_core_locals(Context& ctx) {
  const Entity* cell = ctx.prelude->find(ctx.names.intern("ThreadLocal"));
  if (cell && cell->kind == Entity::Kind::Struct) {
    ctx.program.core.thread_local_ = StructId(cell->index);
  }
}

TypeId use_static(Context& ctx, const ast::Expr* node, StaticId id) {
  const types::StaticDecl& decl = ctx.program.statics[id];
  ctx.fact(node).name = id;
  if (decl.kind != types::StaticKind::Thread || ctx.is_error(decl.type)) return decl.type;
  // The receiver of a method, which can only be `with`.
  if (ctx.scope_use == node) {
    return ctx.types.struct_(ctx.program.core.thread_local_, {decl.type});
  }
  std::string name(ctx.text(decl.name));
  ctx.report(node->span, D::ThreadLocalKept, {name})
      .label(decl.span, "each thread has its own")
      .help("look at it or change it in a closure: `" + name + ".with(|mut v| …)`");
  return ctx.types.error();
}

// Whoever reads a task local gets a copy.
void check_local_type(Context& ctx, const types::StaticDecl& decl) {
  bool is_kept = decl.kind == types::StaticKind::Task &&
                 types::traits_of(ctx.program, decl.type).is_move_only;
  if (!is_kept) return;
  ctx.report(decl.type_span, D::LocalNotCopyable, {ctx.text(decl.name)})
      .mark("there is only one of each `" + ctx.show(decl.type) + "`")
      .help("a handle can be copied: `Shared<" + ctx.show(decl.type) + ">`");
}

// The task local with that name; invalid, and reported, if there is none.
static StaticId task_local_named(Context& ctx, const ast::Ident& name) {
  VarId var = ctx.locals.find(name.name);
  const Entity* entity = var.valid() ? nullptr : find_entity(ctx, name);
  if (entity && entity->kind == Entity::Kind::Broken) return StaticId();
  StaticId id;
  if (entity && entity->kind == Entity::Kind::Static) id = StaticId(entity->index);
  if (id.valid() && ctx.program.statics[id].kind == types::StaticKind::Task) return id;
  std::string text(ctx.text(name.name));
  Report report = ctx.report(name.span, D::NotATaskLocal, {text});
  if (var.valid()) report.label(ctx.program.vars[var].span, "a variable of this function");
  if (id.valid()) report.label(ctx.program.statics[id].span, "declared here");
  report.help("one is declared at top level: `task_local " + text + ": … = …`");
  return StaticId();
}

TypeId check_with(Context& ctx, const ast::With* node, const Want& want) {
  StaticId id = task_local_named(ctx, node->name);
  if (id.valid()) {
    const types::StaticDecl& decl = ctx.program.statics[id];
    ctx.fact(node).name = id;
    check_value(ctx, node->value, Want::must(decl.type, decl.span, "its type is declared here"));
  } else {
    check_expr(ctx, node->value);
  }
  return check_block(ctx, *node->body, want);
}

}  // namespace skein::check
