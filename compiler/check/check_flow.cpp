// Blocks, branches and loops, and the ways out of them.
#include <algorithm>

#include "compiler/check/check_expr.h"
#include "compiler/check/check_map.h"
#include "compiler/check/check_pattern.h"
#include "compiler/check/check_walk.h"
#include "compiler/check/declare.h"
#include "compiler/check/iterate.h"
#include "compiler/check/join.h"
#include "compiler/check/resolve_type.h"
#include "compiler/check/suggest.h"

namespace skein::check {

// ---- blocks --------------------------------------------------------------------------------

static void declare_items_of(Context& ctx, const ast::Block& block) {
  std::vector<ast::Item*> items;
  for (const ast::Stmt* stmt : block.stmts) {
    if (const ast::ItemStmt* item = stmt->try_as<ast::ItemStmt>()) items.push_back(item->item);
  }
  if (items.empty()) return;
  ctx.table = &new_table(ctx, *ctx.table);
  Body* body = ctx.body;
  ctx.body = nullptr;
  declare_block_items(ctx, *ctx.table, items);
  ctx.body = body;
}

static void warn_unreachable(Context& ctx, Span first, Span ended_by) {
  ctx.report(first, D::UnreachableCode).label(ended_by, "nothing comes back from here");
}

// The last expression of a block. Gives `never` only where that is all it can give.
static TypeId check_last(Context& ctx, const ast::Block& block, const Want& want) {
  if (want.demands() && ctx.kind(want.type) == TypeKind::Unit) {
    return check_dropped(ctx, block.value);
  }
  if (!want.demands()) return check_expr(ctx, block.value, want);
  TypeId found = check_expr(ctx, block.value, want);
  fit(ctx, block.value, found, want);
  return ctx.kind(found) == TypeKind::Never ? ctx.types.never() : want.type;
}

// A block without a last expression where a value is wanted.
static TypeId check_no_value(Context& ctx, const ast::Block& block, const Want& want) {
  if (!want.demands() || ctx.infer.unify(want.type, ctx.types.unit())) return ctx.types.unit();
  if (ctx.is_error(want.type)) return want.type;
  Span end = {block.span.end - 1, block.span.end};
  Report report = ctx.report(end, D::MissingValue, {ctx.show(want.type)});
  if (want.because.valid()) report.label(want.because, std::string(want.why));
  return ctx.types.error();
}

TypeId check_block(Context& ctx, const ast::Block& block, const Want& want) {
  NameTable* outside = ctx.table;
  ctx.locals.enter();
  declare_items_of(ctx, block);
  const ast::Stmt* ended_by = nullptr;
  bool is_warned = false;
  for (const ast::Stmt* stmt : block.stmts) {
    if (ended_by && !is_warned && stmt->kind != ast::StmtKind::Item) {
      warn_unreachable(ctx, stmt->span, ended_by->span);
      is_warned = true;
    }
    TypeId type = check_stmt(ctx, stmt);
    if (!ended_by && ctx.kind(type) == TypeKind::Never) ended_by = stmt;
  }
  TypeId type;
  if (block.value) {
    if (ended_by && !is_warned) warn_unreachable(ctx, block.value->span, ended_by->span);
    type = check_last(ctx, block, want);
  } else {
    type = ended_by ? ctx.types.never() : check_no_value(ctx, block, want);
  }
  ctx.locals.leave();
  ctx.table = outside;
  return ended_by ? ctx.types.never() : type;
}

// ---- if ------------------------------------------------------------------------------------

static void check_conditions(Context& ctx, std::span<const ast::Condition> conditions) {
  for (const ast::Condition& condition : conditions) {
    if (!condition.pattern) {
      check_value(ctx, condition.value,
                  Want::must(ctx.types.bool_(), condition.value->span, ""));
      continue;
    }
    TypeId type = check_expr(ctx, condition.value);
    PatternMode mode;
    mode.is_refutable = true;
    mode.allows_mut = true;
    check_pattern(ctx, condition.pattern, type, mode);
    if (has_mut_binding(condition.pattern)) require_mutable(ctx, condition.value);
  }
}

static bool gives_value(Context& ctx, TypeId type) {
  TypeKind kind = ctx.kind(type);
  return kind != TypeKind::Unit && kind != TypeKind::Never && kind != TypeKind::Error;
}

static TypeId check_if_alone(Context& ctx, const ast::If* node, const Want& want) {
  bool wants_value = want.demands() && !ctx.infer.unify(want.type, ctx.types.unit());
  Want inner = wants_value ? Want() : Want::must(ctx.types.unit());
  bool is_unused = want.demands() && !wants_value;
  TypeId then = check_block(ctx, *node->then, is_unused ? inner : Want());
  if (wants_value && ctx.is_error(want.type)) return want.type;
  if (wants_value || (!is_unused && gives_value(ctx, then))) {
    Report report = ctx.report(node->span, D::IfWithoutElse);
    report.help("add an `else` branch with the other value");
    if (want.because.valid()) report.label(want.because, std::string(want.why));
    return ctx.types.error();
  }
  return ctx.types.unit();
}

TypeId check_if(Context& ctx, const ast::If* node, const Want& want) {
  ctx.locals.enter();
  check_conditions(ctx, node->conditions);
  if (!node->otherwise) {
    TypeId type = check_if_alone(ctx, node, want);
    ctx.locals.leave();
    return type;
  }
  Join join(ctx, want);
  join.add_block(*node->then);
  ctx.locals.leave();
  join.add_expr(node->otherwise);
  return join.type();
}

// ---- match ---------------------------------------------------------------------------------

TypeId check_match(Context& ctx, const ast::Match* node, const Want& want) {
  TypeId subject = check_expr(ctx, node->subject);
  Join join(ctx, want);
  bool has_mut = false;
  for (const ast::MatchArm& arm : node->arms) {
    ctx.locals.enter();
    PatternMode mode;
    mode.is_refutable = true;
    mode.allows_mut = true;
    check_pattern(ctx, arm.pattern, subject, mode);
    bool is_first_mut = !has_mut && has_mut_binding(arm.pattern);
    if (is_first_mut) require_mutable(ctx, node->subject);
    has_mut |= is_first_mut;
    if (arm.guard) check_value(ctx, arm.guard, Want::must(ctx.types.bool_()));
    join.add_expr(arm.body);
    ctx.locals.leave();
  }
  ctx.matches.push_back({node->subject->span, subject, node, nullptr});
  return join.type();
}

// ---- loops ---------------------------------------------------------------------------------

void check_loop_body(Context& ctx, const ast::Expr* node, ast::Ident label,
                     const ast::Block& body, Join* values) {
  for (const LoopFrame& frame : ctx.body->loops) {
    if (!label.valid() || frame.label.name != label.name) continue;
    ctx.report(label.span, D::DuplicateName, {ctx.text(label.name)})
        .mark("declared again here")
        .label(frame.label.span, "first declared here");
  }
  LoopFrame frame;
  frame.node = node;
  frame.label = label;
  frame.values = values;
  frame.defers = ctx.body->defers;
  frame.is_parallel = node->kind == ast::ExprKind::ParFor;
  ctx.body->loops.push_back(frame);
  check_block(ctx, body, Want::must(ctx.types.unit()));
}

TypeId check_loop(Context& ctx, const ast::Loop* node, const Want& want) {
  Join values(ctx, want);
  check_loop_body(ctx, node, node->label, *node->body, &values);
  bool has_break = ctx.body->loops.back().has_break;
  ctx.body->loops.pop_back();
  if (!has_break) return ctx.types.never();
  TypeId type = values.type();
  return ctx.kind(type) == TypeKind::Never ? ctx.types.unit() : type;
}

TypeId check_while(Context& ctx, const ast::While* node) {
  ctx.locals.enter();
  check_conditions(ctx, node->conditions);
  check_loop_body(ctx, node, node->label, *node->body, nullptr);
  ctx.body->loops.pop_back();
  ctx.locals.leave();
  return ctx.types.unit();
}

static TypeId report_not_iterable(Context& ctx, const ast::Expr* iterable, TypeId type) {
  TypeKind kind = ctx.kind(type);
  std::optional<VarKind> literal = ctx.infer.var_kind(type);
  Report report = ctx.report(iterable->span, D::NotIterable, {ctx.show(type)});
  if (kind == TypeKind::Str) {
    report.help("its parts are `s.chars()`, `s.bytes()`, `s.lines()`");
  } else if (types::is_integer(kind) || literal == VarKind::Integer) {
    report.help("to count, write a range: `0.." +
                std::string(ctx.program.sources.text(iterable->span)) + "`");
  } else if (kind == TypeKind::Option) {
    report.help("it may be `none`: take the value out with `if let`");
  } else if (kind == TypeKind::Task) {
    report.help("await the task first");
  }
  return ctx.types.error();
}

// What a loop over a value of this type gives at each step.
static TypeId element_type(Context& ctx, const ast::For* loop, TypeId type) {
  const ast::Expr* iterable = loop->iterable;
  type = ctx.infer.shallow(type);
  switch (ctx.types.kind(type)) {
    case TypeKind::Array:
    case TypeKind::FixedArray:
      return ctx.types.arg(type);
    case TypeKind::Range:
    case TypeKind::RangeInclusive: {
      TypeId bound = ctx.infer.shallow(ctx.types.arg(type));
      TypeKind kind = ctx.types.kind(bound);
      bool is_counted = types::is_integer(kind) || kind == TypeKind::Char ||
                        kind == TypeKind::Error || kind == TypeKind::Param ||
                        ctx.infer.var_kind(bound) == VarKind::Integer ||
                        ctx.infer.is_unknown(bound);
      return is_counted ? bound : report_not_iterable(ctx, iterable, type);
    }
    case TypeKind::Error:
      return type;
    default:
      break;
  }
  if (is_map(ctx, type) || is_set(ctx, type)) return map_element(ctx, type);
  if (ctx.infer.is_unknown(type)) {
    ctx.report(iterable->span, D::NeedsType).help("write its type where it is declared");
    return ctx.types.error();
  }
  TypeId iterator = iterator_of(ctx, type, iterable->span);
  TypeId item = iterator.valid() ? item_of(ctx, iterator, iterable->span) : TypeId();
  if (!item.valid()) return report_not_iterable(ctx, iterable, type);
  ctx.add_call(loop).type_args = {type, iterator, item};
  return item;
}

// `(k, mut v)` over a map: values change where they are, keys never do.
static bool changes_values(Context& ctx, const ast::For* node, TypeId type) {
  const ast::TuplePattern* entry = node->pattern->try_as<ast::TuplePattern>();
  bool is_pair = is_map(ctx, type) && entry && entry->elements.size() == 2;
  return is_pair && !has_mut_binding(entry->elements[0]) && has_mut_binding(entry->elements[1]);
}

// `for (i, mut x) in xs.enumerate()`, `for (mut a, b) in xs.zip(ys)`: language rule 84.
static TypeId check_for_walk(Context& ctx, const ast::For* node) {
  std::vector<WalkStep> steps = check_walk_sources(ctx, node->iterable, node->pattern);
  ctx.locals.enter();
  bind_walk(ctx, steps);
  for (const WalkStep& step : steps) ctx.program.walks[node->id.index].push_back(step.part);
  check_loop_body(ctx, node, node->label, *node->body, nullptr);
  ctx.body->loops.pop_back();
  ctx.locals.leave();
  return ctx.types.unit();
}

TypeId check_for(Context& ctx, const ast::For* node) {
  if (is_walk_of_places(ctx, node->iterable, node->pattern)) return check_for_walk(ctx, node);
  ctx.projecting_call = node->iterable;
  TypeId type = check_expr(ctx, node->iterable);
  ctx.projecting_call = nullptr;
  TypeId element = element_type(ctx, node, type);
  bool is_array = ctx.kind(type) == TypeKind::Array || ctx.kind(type) == TypeKind::FixedArray;
  ctx.locals.enter();
  PatternMode mode;
  mode.origin = Origin::Loop;
  bool is_changed = changes_values(ctx, node, type);
  mode.allows_mut = is_array || is_changed;
  check_pattern(ctx, node->pattern, element, mode);
  ctx.matches.push_back({node->pattern->span, element, nullptr, node->pattern});
  if (calls_builtin(ctx, node->iterable, types::Builtin::ArrayChunksMut)) {
    const ast::BindingPattern* part = node->pattern->try_as<ast::BindingPattern>();
    if (!part || !part->is_mut) {
      ctx.report(node->pattern->span, D::ProjectionKept, {"chunks_mut"})
          .help("each part is a place: `for mut part in …`");
    }
  } else if (is_changed || (is_array && has_mut_binding(node->pattern))) {
    const ast::Slice* part = is_array ? node->iterable->try_as<ast::Slice>() : nullptr;
    require_mutable(ctx, part ? part->receiver : node->iterable);
  }
  check_loop_body(ctx, node, node->label, *node->body, nullptr);
  ctx.body->loops.pop_back();
  ctx.locals.leave();
  return ctx.types.unit();
}

// ---- ways out ------------------------------------------------------------------------------

static void report_outside_loop(Context& ctx, Span span, std::string_view word) {
  Report report = ctx.report(span, D::OutsideLoop, {word});
  bool is_in_task = ctx.body->spawn && ctx.body->outer && !ctx.body->outer->loops.empty();
  if (is_in_task) {
    report.label(ctx.body->spawn->span, "this block is a task of its own");
  }
  bool is_in_closure = ctx.body->closure && !ctx.body->outer->loops.empty();
  if (ctx.body->par_for && !ctx.body->outer->loops.empty()) {
    report.label(ctx.body->par_for->span, "the rounds of a `par for` are a function of their own");
  }
  if (is_in_closure) report.label(ctx.body->closure->span, "a closure is a function of its own");
}

static void report_unknown_label(Context& ctx, ast::Ident label) {
  Report report = ctx.report(label.span, D::UnknownLabel, {ctx.text(label.name)});
  std::vector<std::string_view> names;
  for (const LoopFrame& frame : ctx.body->loops) {
    if (frame.label.valid()) names.push_back(ctx.text(frame.label.name));
  }
  suggest(report, label.span, ctx.text(label.name), std::move(names));
}

static LoopFrame* find_loop(Context& ctx, Span span, ast::Ident label, std::string_view word) {
  std::vector<LoopFrame>& loops = ctx.body->loops;
  if (loops.empty()) {
    report_outside_loop(ctx, span, word);
    return nullptr;
  }
  LoopFrame* found = nullptr;
  if (!label.valid()) found = &loops.back();
  for (size_t i = loops.size(); i > 0 && !found; --i) {
    if (loops[i - 1].label.valid() && loops[i - 1].label.name == label.name) found = &loops[i - 1];
  }
  if (!found) {
    report_unknown_label(ctx, label);
    return nullptr;
  }
  if (found->is_parallel && word == "break") {
    ctx.report(span, D::LeavesParFor, {word})
        .label(found->node->span, "its rounds run side by side, in no order")
        .help("to end it early, let a round fail with `?`; to skip one, write `continue`");
    return nullptr;
  }
  if (found->defers == ctx.body->defers) return found;
  ctx.report(span, D::LeavesDefer, {word});
  return nullptr;
}

// A name that stands alone and for nothing; null: the value is something else.
static const ast::Name* unknown_name(Context& ctx, const ast::Expr* value) {
  const ast::Name* name = value ? value->try_as<ast::Name>() : nullptr;
  bool is_known = !name || ctx.locals.find(name->name).valid() || find_entity(ctx, {name->name, name->span});
  return is_known ? nullptr : name;
}

TypeId check_break(Context& ctx, const ast::Break* node) {
  LoopFrame* loop = find_loop(ctx, node->span, node->label, "break");
  if (!loop) {
    if (node->value) check_expr(ctx, node->value);
    return ctx.types.never();
  }
  loop->has_break = true;
  if (const ast::Name* name = unknown_name(ctx, node->value)) {
    // Behind a loop's `break` stands its label more often than a value.
    report_unknown_label(ctx, {name->name, name->span});
    return ctx.types.never();
  }
  Join* values = loop->values;
  if (node->value && !values) {
    check_expr(ctx, node->value);
    ctx.report(node->value->span, D::BreakValue)
        .help("only `loop` gives a value: a `while` or `for` may end without `break`");
  } else if (node->value) {
    values->add_expr(node->value);
  } else if (values) {
    values->add_unit(node->span);
  }
  return ctx.types.never();
}

TypeId check_continue(Context& ctx, const ast::Continue* node) {
  find_loop(ctx, node->span, node->label, "continue");
  return ctx.types.never();
}

TypeId check_return(Context& ctx, const ast::Return* node) {
  if (ctx.body->defers > 0) ctx.report(node->span, D::LeavesDefer, {"return"});
  if (ctx.body->par_for) {
    if (node->value) check_expr(ctx, node->value);
    ctx.report(node->span, D::LeavesParFor, {"return"})
        .label(ctx.body->par_for->span, "its rounds run side by side, in no order")
        .help("to end it early, let a round fail with `?`; to skip one, write `continue`");
    return ctx.types.never();
  }
  Want want = Want::must(ctx.body->result, ctx.body->result_span, "the function gives this");
  if (node->value) {
    TypeId found = check_expr(ctx, node->value, want);
    if (try_fit(ctx, node->value, found, want.type)) {
      if (ctx.body->gives_place) require_place_result(ctx, node->value);
      return ctx.types.never();
    }
    if (ctx.kind(want.type) == TypeKind::Unit && !ctx.is_error(found)) {
      ctx.report(node->value->span, D::ReturnsValue, {ctx.show(found)})
          .help("write the type behind the parameters: `-> " + ctx.show(found) + "`");
    } else {
      report_mismatch(ctx, node->value, found, want);
    }
    return ctx.types.never();
  }
  if (ctx.infer.unify(want.type, ctx.types.unit())) return ctx.types.never();
  Report report = ctx.report(node->span, D::MissingValue, {ctx.show(want.type)});
  if (want.because.valid()) report.label(want.because, std::string(want.why));
  return ctx.types.never();
}

}  // namespace skein::check
