// Warns of copies that are easy to overlook (language rule 70).
//
// A copy costs a count until one of the sharers is changed; then the whole buffer is copied. Two
// ways to write a change do that without need: to change what a loop runs over, and to copy a field,
// change the copy and write it back. A third does it once a round: to take a copy out of a lock in a loop.
#include "compiler/check/copies.h"

#include "compiler/check/captures.h"
#include "compiler/check/check_map.h"
#include "compiler/check/check_pattern.h"

namespace skein::check {

// Whether values of the type have a buffer that a change copies while it is shared.
static bool has_buffer(Context& ctx, TypeId found) {
  TypeId type = ctx.infer.shallow(found);
  TypeKind kind = ctx.types.kind(type);
  return kind == TypeKind::Array || kind == TypeKind::Str || is_map(ctx, type) ||
         is_set(ctx, type);
}

static bool is_same_place(Context& ctx, const ast::Expr* a, const ast::Expr* b) {
  for (;;) {
    if (!a || !b || a->kind != b->kind) return false;
    if (a->kind == ast::ExprKind::Name) {
      VarId root = root_of(ctx, a);
      return root.valid() && root == root_of(ctx, b);
    }
    // Two elements are the same one only by chance.
    if (a->kind == ast::ExprKind::Index) return false;
    if (!outer_place(a) || ctx.fact(a).field != ctx.fact(b).field) return false;
    a = outer_place(a);
    b = outer_place(b);
  }
}

static bool is_inside(Context& ctx, const ast::Expr* part, const ast::Expr* whole) {
  for (; part; part = outer_place(part)) {
    if (is_same_place(ctx, part, whole)) return true;
  }
  return false;
}

// What a loop runs over a copy of: the loop itself names the place, and changes no elements.
static const ast::Expr* copied_by(Context& ctx, const LoopFrame& loop) {
  const ast::For* node = loop.node->try_as<ast::For>();
  if (!node || !root_of(ctx, node->iterable).valid()) return nullptr;
  bool is_copy = has_buffer(ctx, ctx.fact(node->iterable).type) && !has_mut_binding(node->pattern);
  return is_copy ? node->iterable : nullptr;
}

static bool is_library(const Context& ctx) {
  return ctx.program.modules[ctx.table->module].is_std;
}

void warn_of_changed_loop(Context& ctx, const ast::Expr* place) {
  if (is_library(ctx)) return;
  for (Body* body = ctx.body; body; body = body->is_borrowed ? body->outer : nullptr) {
    for (const LoopFrame& loop : body->loops) {
      const ast::Expr* over = copied_by(ctx, loop);
      if (!over || !is_inside(ctx, place, over)) continue;
      std::string name(ctx.text(ctx.program.vars[root_of(ctx, over)].name));
      ctx.report(place->span, D::LoopCopies, {name})
          .mark("changed here, which copies all of it")
          .label(over->span, "the loop goes on over what this was when it began")
          .help("`for mut x in …` changes the elements in their places; else collect the changes and "
                "make them after the loop")
          .help("where the copy is meant, give it a name: `let before = " + name +
                "`, and run over that");
      return;
    }
  }
}

void note_copied_field(Context& ctx, const ast::LetStmt* stmt) {
  bool is_field = stmt->is_var && stmt->init && stmt->init->kind == ast::ExprKind::Field;
  if (!is_field || !stmt->pattern->is<ast::BindingPattern>()) return;
  VarId var = ctx.fact(stmt->pattern).var;
  if (var.valid() && root_of(ctx, stmt->init).valid()) ctx.copied_fields[var] = stmt->init;
}

void warn_of_written_back(Context& ctx, const ast::Assign* node) {
  if (is_library(ctx) || node->is_compound || node->value->kind != ast::ExprKind::Name) return;
  auto copied = ctx.copied_fields.find(root_of(ctx, node->value));
  if (copied == ctx.copied_fields.end() || !has_buffer(ctx, ctx.fact(node->value).type)) return;
  if (!is_same_place(ctx, node->place, copied->second)) return;
  std::string field(ctx.text(node->place->as<ast::Field>()->name.name));
  std::string name(ctx.text(ctx.program.vars[copied->first].name));
  ctx.report(node->span, D::CopyWrittenBack, {field})
      .mark("written back here")
      .label(copied->second->span, "copied here; the first change to `" + name +
                                       "` copies all of it, as the field has it too")
      .help("change the field itself, or take its value out meanwhile: `take(mut …)`");
}

// ---- snapshots -----------------------------------------------------------------------------

static bool is_in_loop(const Context& ctx) {
  for (const Body* body = ctx.body; body; body = body->is_borrowed ? body->outer : nullptr) {
    if (!body->loops.empty()) return true;
  }
  return false;
}

// Whether it is the variable, or a field of it, as a whole.
static bool is_part_of(Context& ctx, const ast::Expr* value, VarId var) {
  for (const ast::Expr* part = value; part; part = outer_place(part)) {
    if (part->kind == ast::ExprKind::Index) return false;
  }
  return var.valid() && root_of(ctx, value) == var && has_buffer(ctx, ctx.fact(value).type);
}

static void report_snapshot(Context& ctx, const ast::Expr* value, Span lock) {
  ctx.report(value->span, D::SnapshotInLoop)
      .mark("this copy shares its buffer with what is in the lock")
      .label(lock, "taken in each round")
      .help("the next change in the lock copies all of it; do the work inside, or take one copy before "
            "the loop")
      .help("where each round needs one, give it a name there: `let snapshot = …`");
}

static bool is_lock(Context& ctx, const ast::Expr* expr) {
  TypeId type = ctx.fact(expr).type;   // invalid: a module or a type
  if (!type.valid()) return false;
  TypeKind kind = ctx.kind(type);
  return kind == TypeKind::Mutex || kind == TypeKind::RwLock;
}

void warn_of_snapshot(Context& ctx, const ast::MethodCall* call) {
  bool may_be = !is_library(ctx) && is_in_loop(ctx) && call->args.size() == 1;
  const ast::Closure* closure =
      may_be ? call->args[0].value->try_as<ast::Closure>() : nullptr;
  if (!closure || closure->params.size() != 1 || !is_lock(ctx, call->receiver)) return;
  const ast::Pattern* pattern = closure->params[0].pattern;
  if (!pattern->is<ast::BindingPattern>()) return;
  if (is_part_of(ctx, closure->body, ctx.fact(pattern).var)) {
    report_snapshot(ctx, closure->body, call->span);
  }
}

void warn_of_snapshot(Context& ctx, const ast::Lock* lock) {
  const ast::Expr* value = lock->body->value;
  if (!value || is_library(ctx) || !is_in_loop(ctx)) return;
  for (VarId var : ctx.program.locked[lock->id.index]) {
    if (is_part_of(ctx, value, var)) return report_snapshot(ctx, value, lock->span);
  }
}

}  // namespace skein::check
