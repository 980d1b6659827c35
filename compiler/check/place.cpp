// Places: what can be assigned to, and who may change it.
#include "compiler/check/captures.h"
#include "compiler/check/check_closure.h"
#include "compiler/check/check_expr.h"
#include "compiler/check/copies.h"
#include "compiler/check/spellings.h"

namespace skein::check {

const ast::Expr* lent_for_place(Context& ctx, const ast::Expr* expr) {
  uint32_t number = ctx.fact(expr).call;
  const ast::MethodCall* method = expr->try_as<ast::MethodCall>();
  if (number == UINT32_MAX || (method && method->optional)) return nullptr;
  const types::CallFact& call = ctx.program.calls[number];
  if (!call.callee.valid() || !ctx.program.fns[call.callee].gives_place) return nullptr;
  const std::vector<types::ParamDecl>& params = ctx.program.fns[call.callee].params;
  for (size_t i = 0; i < params.size(); ++i) {
    if (params[i].mode == ParamMode::Mut) return call.args[i];
  }
  return nullptr;
}

VarId root_of(Context& ctx, const ast::Expr* expr) {
  for (;;) {
    if (const ast::Expr* lent = lent_for_place(ctx, expr)) {
      expr = lent;
      continue;
    }
    switch (expr->kind) {
      case ast::ExprKind::Name: {
        const VarId* var = std::get_if<VarId>(&ctx.fact(expr).name);
        return var ? *var : VarId();
      }
      case ast::ExprKind::Field:
        if (expr->as<ast::Field>()->optional) return VarId();
        expr = expr->as<ast::Field>()->receiver;
        break;
      case ast::ExprKind::TupleIndex:
        if (expr->as<ast::TupleIndex>()->optional) return VarId();
        expr = expr->as<ast::TupleIndex>()->receiver;
        break;
      case ast::ExprKind::Index:
        if (ctx.fact(expr).call != UINT32_MAX) return VarId();   // a value of its own, by `at`
        expr = expr->as<ast::Index>()->receiver;
        break;
      case ast::ExprKind::Unwrap:
        expr = expr->as<ast::Unwrap>()->operand;
        if (ctx.kind(ctx.fact(expr).type) != TypeKind::Option) return VarId();
        break;
      default:
        return VarId();
    }
  }
}

// ---- reports -------------------------------------------------------------------------------

static void help_to_change(Context& ctx, Report& report, VarId var) {
  const types::VarDecl& decl = ctx.program.vars[var];
  const LocalInfo& info = ctx.locals_info[var.index];
  std::string name(ctx.text(decl.name));
  switch (info.origin) {
    case Origin::Let:
      report.help("declare it with `var`");
      if (info.keyword.valid()) report.fix(info.keyword, "var");
      return;
    case Origin::Param:
      if (decl.name == ctx.known.self) {
        report.help("a method that changes its value has `mut self`");
      } else if (decl.mode == ParamMode::Own) {
        report.help("keep it in a variable of its own: `var " + name + " = " + name + "`");
      } else {
        report.help("to change it for the caller, declare it `mut " + name +
                    "`; for itself, copy it: `var " + name + " = " + name + "`");
      }
      return;
    case Origin::Loop:
      report.help("`for mut " + name + " in …` changes the elements themselves");
      return;
    case Origin::Pattern:
      report.help("copy it into a variable: `var " + name + " = " + name + "`");
      return;
    case Origin::Var:
      return;
  }
}

static std::string_view how_bound(const Context& ctx, VarId var) {
  switch (ctx.locals_info[var.index].origin) {
    case Origin::Let: return "bound for good by this `let`";
    case Origin::Param:
      return ctx.program.vars[var].mode == ParamMode::Own ? "a parameter is bound for good"
                                                          : "a borrowed, read-only parameter";
    case Origin::Loop: return "a loop variable is a copy of the element";
    case Origin::Pattern: return "bound for good by this pattern";
    case Origin::Var: return "declared here";
  }
  SKEIN_UNREACHABLE("an unknown origin");
}

// A variable of the function around, changed in a closure that is kept: it has a copy.
static bool report_kept_closure(Context& ctx, const ast::Expr* expr, const types::VarDecl& decl,
                                const ast::Expr* closure) {
  std::string name(ctx.text(decl.name));
  ctx.report(expr->span, D::ClosureChange, {name})
      .mark("changed in the closure")
      .label(closure->span, "this closure may outlive the variable: it has a copy")
      .label(decl.span, "the variable of the function, which stays as it is")
      .help("a closure given straight to a plain `fn` parameter may change it: `f(|x| …)`; one given "
            "to an adaptor may if the chain is used up at once: `xs.map(|x| …).collect()`")
      .help("to share what changes: `Atomic` for a number or a flag, `Mutex` for anything");
  return true;
}

// Rounds run side by side: what several change would depend on their order.
static bool report_in_par_for(Context& ctx, const ast::Expr* expr, const types::VarDecl& decl,
                              const ast::Expr* loop) {
  std::string name(ctx.text(decl.name));
  ctx.report(expr->span, D::ParForChange, {name})
      .mark("changed by several rounds at once")
      .label(loop->span, "the rounds of this loop run side by side")
      .label(decl.span, "the variable of the function")
      .help("each round may change its own element: `par for mut x in xs`")
      .help("to add up: `par for … reduce(+) " + name + " { " + name + " += … }`");
  return true;
}

// A variable of the function around, changed in a spawn block: the task has a copy.
static bool report_captured(Context& ctx, const ast::Expr* expr, VarId var) {
  const types::VarDecl& decl = ctx.program.vars[var];
  const Body* owner = note_captured_change(ctx, expr, var);
  if (!owner) return false;
  if (owner->closure) return report_kept_closure(ctx, expr, decl, owner->closure);
  if (owner->par_for) return report_in_par_for(ctx, expr, decl, owner->par_for);
  std::string name(ctx.text(decl.name));
  ctx.report(expr->span, D::CapturedChange, {name})
      .mark("changed in the task")
      .label(decl.span, "the variable of the function, which stays as it is")
      .help("share what tasks change: `Atomic` for a number or a flag, `Mutex` for anything")
      .help("for a value of the task's own: `var mine = " + name + "` in the block");
  return true;
}

// `v[i]` of a type with `impl Index` is to be changed: the call of `at` becomes one of `at_mut`, if
// the impl has it.
static void index_for_change(Context& ctx, const ast::Expr* index) {
  uint32_t number = ctx.fact(index).call;
  if (number == UINT32_MAX) return;
  types::CallFact& call = ctx.program.calls[number];
  if (!call.callee.valid()) return;
  const types::FnDecl& at = ctx.program.fns[call.callee];
  if (at.gives_place || !at.impl.valid()) return;
  for (FnId id : ctx.program.impls[at.impl].methods) {
    const types::FnDecl& method = ctx.program.fns[id];
    if (!method.gives_place || ctx.text(method.name) != "at_mut") continue;
    call.callee = id;
    use_fn(ctx, id);
    return;
  }
}

// The index among the parts of a place that nothing leads on from.
static const ast::Expr* read_only_index(Context& ctx, const ast::Expr* expr) {
  for (; expr; expr = outer_place(expr)) {
    bool is_call = expr->kind == ast::ExprKind::Index && ctx.fact(expr).call != UINT32_MAX;
    if (is_call && !lent_for_place(ctx, expr)) return expr;
  }
  return nullptr;
}

static void report_no_place(Context& ctx, const ast::Expr* expr) {
  const ExprFact& fact = ctx.fact(expr);
  if (fact.type.valid() && ctx.is_error(fact.type)) return;
  Report report = ctx.report(expr->span, D::NotAPlace);
  const ast::Expr* index = read_only_index(ctx, expr);
  if (types::is_guard(ctx.program, ctx.infer.shallow(ctx.program.type_of(expr)))) {
    Span end = {expr->span.end, expr->span.end};
    report.help("what a guard protects is its `value`").fix(end, ".value");
    return;
  }
  if (!index) {
    const ast::Expr* root = expr;
    while (const ast::Expr* outer = outer_place(root)) root = outer;
    bool is_call = root->is<ast::Call>() || root->is<ast::MethodCall>();
    report.help(is_call ? "what a call gives is a value of its own, and nobody would see it change: keep "
                          "it in a `var`"
                        : "only a variable, a field or an element can be changed");
    return;
  }
  const types::FnDecl& at = ctx.program.fns[ctx.program.calls[ctx.fact(index).call].callee];
  std::string type = ctx.show(ctx.program.type_of(index->as<ast::Index>()->receiver));
  report.mark("`" + type + "` gives its elements to look at only");
  if (at.impl.valid() && !ctx.program.modules[at.module].is_std) {
    report.label(at.span, "elements are read by this");
  }
  report.help("let its `impl Index` have `fn at_mut(mut self, index: …) -> mut …` as well");
}

// `g.value` can be changed whatever the guard is in, but for a guard that only looks.
static void check_guard_changes(Context& ctx, const ast::Field* access) {
  TypeId guard = ctx.fact(access->receiver).type;
  if (types::changes_by_guard(ctx.program, guard)) return;
  ctx.report(access->span, D::ReadGuardChange)
      .help("take the lock with `write_guard()` to change the value");
}

void require_mutable(Context& ctx, const ast::Expr* expr) {
  for (const ast::Expr* part = expr; part; part = outer_place(part)) {
    if (part->kind == ast::ExprKind::Index) {
      index_for_change(ctx, part);
    } else if (lent_for_place(ctx, part)) {
      return;   // the call asked this of what it was lent
    }
  }
  if (const ast::Field* access = guard_access(ctx, expr)) return check_guard_changes(ctx, access);
  VarId var = root_of(ctx, expr);
  if (!var.valid()) return report_no_place(ctx, expr);
  if (report_captured(ctx, expr, var)) return;
  const types::VarDecl& decl = ctx.program.vars[var];
  if (decl.is_mutable || ctx.is_error(decl.type)) return;
  Report report = ctx.report(expr->span, D::NotMutable, {ctx.text(decl.name)});
  report.label(decl.span, std::string(how_bound(ctx, var)));
  help_to_change(ctx, report, var);
}

void require_place_result(Context& ctx, const ast::Expr* expr) {
  if (!expr || ctx.kind(ctx.fact(expr).type) == TypeKind::Never) return;
  switch (expr->kind) {
    case ast::ExprKind::BlockExpr:
      return require_place_result(ctx, expr->as<ast::BlockExpr>()->block->value);
    case ast::ExprKind::If:
      require_place_result(ctx, expr->as<ast::If>()->then->value);
      return require_place_result(ctx, expr->as<ast::If>()->otherwise);
    case ast::ExprKind::Match:
      for (const ast::MatchArm& arm : expr->as<ast::Match>()->arms) {
        require_place_result(ctx, arm.body);
      }
      return;
    default:
      break;
  }
  types::Adjustment adjustment = ctx.fact(expr).adjustment;
  if (adjustment == types::Adjustment::NeverToAny) return;
  const ast::Slice* part = expr->try_as<ast::Slice>();
  bool is_window = part && ctx.kind(ctx.fact(expr).type) == TypeKind::Array;
  if (adjustment == types::Adjustment::None) {
    return require_mutable(ctx, is_window ? part->receiver : expr);
  }
  ctx.report(expr->span, D::NotAPlace)
      .mark("becomes a value of type `" + ctx.show(ctx.program.type_of(expr)) + "` here")
      .help("the result of this function is a place that has that type");
}

// ---- assignment ----------------------------------------------------------------------------

// The variable named by the place itself.
static VarId assigned_var(Context& ctx, const ast::Expr* place) {
  const ast::Name* name = place->try_as<ast::Name>();
  return name ? ctx.locals.find(name->name) : VarId();
}

static TypeId check_assigned_var(Context& ctx, const ast::Expr* place, VarId var,
                                 bool is_compound) {
  ctx.fact(place).name = var;
  note_use(ctx, place, var, is_compound);
  const types::VarDecl& decl = ctx.program.vars[var];
  ctx.set_type(place, decl.type);
  bool is_first = decl.is_set_later && !is_compound &&
                  ctx.locals_info[var.index].body == ctx.body->depth;
  TypeKind kind = ctx.kind(decl.type);
  bool is_cell = kind == TypeKind::Atomic || kind == TypeKind::Mutex || kind == TypeKind::RwLock;
  // `a += 1` of a cell is a wrong operator, whether the variable may change or not.
  if (!is_first && !(is_cell && is_compound)) require_mutable(ctx, place);
  return decl.type;
}

// The type of what is assigned to. `_` takes anything: an invalid type.
// A static is changed by the methods of its type. One whose type cannot be shared is reported where
// it is declared, with this place.
static TypeId check_static_place(Context& ctx, const ast::Expr* place, StaticId id) {
  const types::StaticDecl& decl = ctx.program.statics[id];
  ctx.assigned_statics.emplace(id.index, place->span);
  if (decl.kind == types::StaticKind::Task) {
    std::string name(ctx.text(decl.name));
    ctx.report(place->span, D::NotAPlace)
        .label(decl.span, "declared here")
        .help("it has another value in a block: `with " + name + " = … { }`");
  }
  if (ctx.types.kind(decl.type) == TypeKind::Atomic) {
    ctx.report(place->span, D::NotAPlace)
        .label(decl.span, "declared here")
        .help("change what it holds: `.store(…)`, `.fetch_add(…)`");
  }
  return ctx.types.error();
}

// The type that is assigned to. After a report none is known: nothing else is said about it.
static TypeId check_place(Context& ctx, const ast::Expr* place, bool is_compound) {
  if (place->kind == ast::ExprKind::Underscore) {
    ctx.set_type(place, ctx.types.unit());
    return TypeId();
  }
  VarId var = assigned_var(ctx, place);
  if (var.valid()) return check_assigned_var(ctx, place, var, is_compound);
  if (const ast::Tuple* tuple = place->try_as<ast::Tuple>(); tuple && !is_compound) {
    std::vector<TypeId> parts;
    for (const ast::Expr* element : tuple->elements) {
      TypeId part = check_place(ctx, element, false);
      parts.push_back(part.valid() ? part : ctx.infer.fresh(element->span));
    }
    if (parts.empty()) return ctx.set_type(place, ctx.types.unit());
    return ctx.set_type(place, ctx.types.make(TypeKind::Tuple, std::move(parts)));
  }
  if (place->kind == ast::ExprKind::Slice) {
    check_expr(ctx, place);
    bool is_text = ctx.kind(ctx.fact(place->as<ast::Slice>()->receiver).type) == TypeKind::Str;
    Report report = ctx.report(place->span, D::SliceAssigned, {is_text ? "a text" : "an array"});
    report.help(is_text ? "put a new text together: `s = s[..a] + other + s[b..]`"
                        : "take the part out and put the other in: `xs.remove_range(a, b)`, "
                          "`xs.insert_all(a, ys)`");
    return ctx.types.error();
  }
  TypeId type = check_expr(ctx, place);
  if (StaticId* id = std::get_if<StaticId>(&ctx.fact(place).name)) {
    return check_static_place(ctx, place, *id);
  }
  if (ctx.is_error(type)) return type;
  if (std::holds_alternative<ConstId>(ctx.fact(place).name)) {
    ctx.report(place->span, D::NotAPlace).help("a `const` never changes");
    return type;
  }
  size_t errors = ctx.sink.error_count();
  require_mutable(ctx, place);
  bool is_place = root_of(ctx, place).valid() || ctx.sink.error_count() == errors;
  return is_place ? type : ctx.types.error();
}

static Span declared_at(Context& ctx, const ast::Expr* place) {
  VarId var = root_of(ctx, place);
  bool is_whole = place->kind == ast::ExprKind::Name;
  return var.valid() && is_whole ? ctx.program.vars[var].span : Span();
}

TypeId check_assign(Context& ctx, const ast::Assign* node) {
  if (report_foreign_append(ctx, node)) return ctx.types.unit();
  TypeId place = check_place(ctx, node->place, node->is_compound);
  if (!place.valid()) {
    if (node->is_compound) ctx.report(node->place->span, D::UnderscoreValue);
    check_expr(ctx, node->value);
    return ctx.types.unit();
  }
  if (!node->is_compound) {
    check_value(ctx, node->value,
                Want::must(place, declared_at(ctx, node->place), "the variable has another type"));
    // A whole value is replaced, not changed.
    if (const ast::Expr* whole = outer_place(node->place)) warn_of_changed_loop(ctx, whole);
    warn_of_written_back(ctx, node);
    return ctx.types.unit();
  }
  warn_of_changed_loop(ctx, node->place);
  check_expr(ctx, node->value, Want::hint(place));
  if (ctx.is_error(place)) return ctx.types.unit();
  TypeId result = apply_operator(ctx, node, node->op, node->op_span, node->place, node->value);
  if (!ctx.infer.unify(result, place) && !ctx.is_error(result)) {
    ctx.report(node->span, D::TypeMismatch, {ctx.show(place), ctx.show(result)});
  }
  return ctx.types.unit();
}

}  // namespace skein::check
