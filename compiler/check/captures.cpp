// What closures use of the variables around them, and what must not be used beside that.
//
// A borrowed closure stands for its captures as long as the call lasts that it was given to. What it
// uses is noted as places: `self.total` is not `self.items`, so one may change while the other is
// looped over.
#include "compiler/check/captures.h"

#include <algorithm>

#include "compiler/check/check_closure.h"
#include "compiler/check/check_map.h"

namespace skein::check {

using types::CaptureUse;
using types::ClosureDecl;

// ---- variables -----------------------------------------------------------------------------

bool check_fn_use(Context& ctx, const ast::Name* node, VarId var) {
  const types::VarDecl& decl = ctx.program.vars[var];
  if (!decl.is_param || decl.mode != ParamMode::Borrow) return true;
  const types::TypeParamDecl* param = type_param(ctx, ctx.types.get(ctx.infer.shallow(decl.type)));
  if (!param || !param->is_implicit) return true;
  bool is_kept = ctx.fn_use != node;
  for (const Body* body = ctx.body; body->depth > ctx.locals_info[var.index].body;
       body = body->outer) {
    if (!body->is_borrowed) is_kept = true;
  }
  if (!is_kept) return true;
  std::string name(ctx.text(decl.name));
  ctx.report(node->span, D::BorrowedFn, {name})
      .mark("kept here")
      .label(decl.span, "borrowed: it may stand for variables of the caller")
      .help("to keep it, take it: `own " + name + ": " + ctx.show(decl.type) + "`");
  return false;
}

void note_captured_field(Context& ctx, const ast::Expr* receiver, const ast::Expr* place,
                         uint32_t field) {
  for (Body* body = ctx.body; body; body = body->outer) {
    if (body->used_places.empty() || body->used_places.back() != receiver) continue;
    body->used_places.back() = place;
    body->uses.back().fields.push_back(field);
  }
}

// The place that `place` is a part of; null for a variable.
const ast::Expr* outer_place(const ast::Expr* place) {
  switch (place->kind) {
    case ast::ExprKind::Field: return place->as<ast::Field>()->receiver;
    case ast::ExprKind::TupleIndex: return place->as<ast::TupleIndex>()->receiver;
    case ast::ExprKind::Index: return place->as<ast::Index>()->receiver;
    case ast::ExprKind::Unwrap: return place->as<ast::Unwrap>()->operand;
    default: return nullptr;
  }
}

static void mark_changed(Body& body, const ast::Expr* place) {
  for (; place; place = outer_place(place)) {
    auto used = std::find(body.used_places.rbegin(), body.used_places.rend(), place);
    if (used == body.used_places.rend()) continue;
    body.uses[static_cast<size_t>(body.used_places.rend() - used) - 1].is_changed = true;
    return;
  }
}

const Body* note_captured_change(Context& ctx, const ast::Expr* place, VarId var) {
  for (Body* body = ctx.body; body && body->depth > ctx.locals_info[var.index].body;
       body = body->outer) {
    if (!body->is_borrowed) return body;
    body->is_changed.insert(var.index);
    mark_changed(*body, place);
  }
  return nullptr;
}

// ---- what overlaps -------------------------------------------------------------------------

const ClosureDecl* borrowed_closure(const Context& ctx, const ast::Expr* arg) {
  if (!arg || arg->kind != ast::ExprKind::Closure) return nullptr;
  auto found = ctx.program.closure_of.find(arg->id.index);
  if (found == ctx.program.closure_of.end()) return nullptr;
  const ClosureDecl& closure = ctx.program.closures[found->second];
  return closure.is_borrowed ? &closure : nullptr;
}

// Whether a value is read by the time the call begins, so that nothing can change it any more.
static bool is_read_at_once(Context& ctx, TypeId type) {
  TypeKind kind = ctx.kind(type);
  return types::is_integer(kind) || types::is_float(kind) || kind == TypeKind::Bool ||
         kind == TypeKind::Char || kind == TypeKind::Duration || kind == TypeKind::Instant ||
         kind == TypeKind::Error || ctx.infer.var_kind(type).has_value();
}

// The fields that lead to a place, as far as they are known: elements are not told apart.
static std::vector<uint32_t> fields_to(Context& ctx, const ast::Expr* place) {
  std::vector<uint32_t> fields;
  for (; place; place = outer_place(place)) {
    bool is_inside = place->kind == ast::ExprKind::Index || place->kind == ast::ExprKind::Unwrap;
    if (is_inside) {
      fields.clear();
    } else if (place->kind != ast::ExprKind::Name) {
      fields.push_back(ctx.fact(place).field);
    }
  }
  std::reverse(fields.begin(), fields.end());
  return fields;
}

// Whether one of the two places is a part of the other.
static bool meet(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b) {
  size_t common = std::min(a.size(), b.size());
  return std::equal(a.begin(), a.begin() + static_cast<ptrdiff_t>(common), b.begin());
}

static void report_overlap(Context& ctx, const ClosureDecl& closure, const ast::Expr* other,
                           const CaptureUse& use) {
  std::string name(ctx.text(ctx.program.vars[use.var].name));
  Report report = ctx.report(closure.span, D::OverlappingAccess, {name});
  report.mark(use.is_changed ? "the closure changes `" + name + "` during the call"
                             : "the closure looks at `" + name + "` during the call");
  bool is_closure = other->kind == ast::ExprKind::Closure;
  report.label(other->span, is_closure       ? "and so does this closure, or it changes it"
                            : use.is_changed ? "the call looks at it"
                                             : "the call changes it");
  report.help("give the call a copy: `let copy = " + name + "`, or collect the changes and make "
              "them after it");
}

void check_overlap(Context& ctx, const ClosureDecl& closure, const ast::Expr* arg,
                   ParamMode mode) {
  VarId root = root_of(ctx, arg);
  if (!root.valid()) return;
  std::vector<uint32_t> fields = fields_to(ctx, arg);
  bool is_read = mode != ParamMode::Mut;
  for (const CaptureUse& use : closure.uses) {
    if (use.var != root || !meet(use.fields, fields)) continue;
    if (is_read && (!use.is_changed || is_read_at_once(ctx, ctx.fact(arg).type))) continue;
    return report_overlap(ctx, closure, arg, use);
  }
}

void check_overlap(Context& ctx, const ClosureDecl& first, const ClosureDecl& second) {
  for (const CaptureUse& a : first.uses) {
    for (const CaptureUse& b : second.uses) {
      if (a.var != b.var || (!a.is_changed && !b.is_changed) || !meet(a.fields, b.fields)) continue;
      return report_overlap(ctx, first, second.node, a);
    }
  }
}

// Whether nothing but fields and elements lead from a variable to the place.
static bool is_written_out(const ast::Expr* place) {
  while (const ast::Expr* outer = outer_place(place)) place = outer;
  return place->kind == ast::ExprKind::Name;
}

// What is indexed on the way to the place; null for nothing.
static const ast::Expr* indexed_in(const ast::Expr* place) {
  for (; place; place = outer_place(place)) {
    if (const ast::Index* index = place->try_as<ast::Index>()) return index->receiver;
  }
  return nullptr;
}

static void report_lent_twice(Context& ctx, const ast::Expr* first, const ast::Expr* second) {
  std::string name(ctx.text(ctx.program.vars[root_of(ctx, first)].name));
  Report report = ctx.report(second->span, D::OverlappingAccess, {name});
  report.mark("lent once more");
  report.label(first->span, "lent here, until the call returns");
  const ast::Expr* indexed = indexed_in(first) ? indexed_in(first) : indexed_in(second);
  if (indexed && is_map(ctx, ctx.program.type_of(indexed))) {
    report.help("two keys may be the same one: take the values out, `let a = " + name +
                "[k]`, and put them back, `" + name + "[k] = b`");
  } else if (indexed) {
    report.help("two elements may be the same one: `" + name +
                ".swap(i, j)` exchanges elements, or change one after the other");
  } else {
    report.help("pass different variables, or different fields of one");
  }
}

void check_lent_twice(Context& ctx, const types::FnDecl& fn,
                      const std::vector<const ast::Expr*>& args) {
  for (size_t i = 0; i < args.size(); ++i) {
    for (size_t j = i + 1; j < args.size(); ++j) {
      bool both_change = args[i] && args[j] && fn.params[i].mode == ParamMode::Mut &&
                         fn.params[j].mode == ParamMode::Mut;
      if (!both_change || !is_written_out(args[i]) || !is_written_out(args[j])) continue;
      VarId root = root_of(ctx, args[i]);
      bool overlap = root.valid() && root == root_of(ctx, args[j]) &&
                     meet(fields_to(ctx, args[i]), fields_to(ctx, args[j]));
      if (overlap) return report_lent_twice(ctx, args[i], args[j]);
    }
  }
}

void check_closure_overlaps(Context& ctx, const types::FnDecl& fn,
                            const std::vector<const ast::Expr*>& args) {
  for (size_t i = 0; i < args.size(); ++i) {
    const ClosureDecl* closure = borrowed_closure(ctx, args[i]);
    if (!closure) continue;
    for (size_t j = 0; j < args.size(); ++j) {
      if (!args[j] || j == i) continue;
      const ClosureDecl* other = borrowed_closure(ctx, args[j]);
      if (!other) {
        check_overlap(ctx, *closure, args[j], fn.params[j].mode);
      } else if (j > i) {
        check_overlap(ctx, *closure, *other);
      }
    }
  }
}

}  // namespace skein::check
