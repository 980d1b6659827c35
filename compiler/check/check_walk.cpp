// See check_walk.h.
//
// `zip` and `enumerate` are not calls here: the loop has a counter, and looks at each array in its
// place. What they are called on has to be an array, a part of one, or a range.
#include "compiler/check/check_walk.h"

#include "compiler/check/check_expr.h"
#include "compiler/check/check_pattern.h"

namespace skein::check {

using Kind = types::WalkPart::Kind;

// The two patterns of a pair; null: it is none.
static const ast::TuplePattern* pair_of(const ast::Pattern* pattern) {
  const ast::TuplePattern* tuple = pattern->try_as<ast::TuplePattern>();
  return tuple && tuple->elements.size() == 2 ? tuple : nullptr;
}

// The call `x.name(…)` with so many arguments; null: it is none.
static const ast::MethodCall* call_named(Context& ctx, const ast::Expr* expr,
                                         std::string_view name, size_t args) {
  const ast::MethodCall* call = expr->try_as<ast::MethodCall>();
  bool is_it = call && !call->optional && call->args.size() == args &&
               ctx.text(call->name.name) == name;
  return is_it ? call : nullptr;
}

bool is_walk_of_places(Context& ctx, const ast::Expr* iterable, const ast::Pattern* pattern) {
  if (!has_mut_binding(pattern) || !pair_of(pattern)) return false;
  return call_named(ctx, iterable, "enumerate", 0) || call_named(ctx, iterable, "zip", 1);
}

static void report_source(Context& ctx, const ast::Expr* source, TypeId type) {
  if (ctx.is_error(type)) return;
  ctx.report(source->span, D::ParForSource, {ctx.show(type)})
      .help("it runs over ranges of integers and arrays, also `zip`, `enumerate` and `chunks_mut` "
            "of these; make an array of anything else: `.collect()`");
}

// What is gone over by itself.
static WalkStep check_source(Context& ctx, const ast::Expr* source, const ast::Pattern* pattern) {
  WalkStep step;
  step.part.source = source;
  step.part.pattern = pattern;
  ctx.projecting_call = source;
  TypeId type = ctx.infer.shallow(check_expr(ctx, source));
  ctx.projecting_call = nullptr;
  bool has_mut = has_mut_binding(pattern);
  switch (ctx.types.kind(type)) {
    case TypeKind::Array:
    case TypeKind::FixedArray: {
      bool is_chunks = calls_builtin(ctx, source, types::Builtin::ArrayChunksMut);
      step.element = ctx.types.arg(type);
      step.part.kind = is_chunks ? Kind::Chunks : has_mut ? Kind::Places : Kind::Elements;
      const ast::BindingPattern* binding = pattern->try_as<ast::BindingPattern>();
      if (is_chunks && (!binding || !binding->is_mut)) {
        ctx.report(pattern->span, D::ProjectionKept, {"chunks_mut"})
            .help("each part is a place: `for mut part in …`");
      } else if (!is_chunks && has_mut) {
        const ast::Slice* slice = source->try_as<ast::Slice>();
        require_mutable(ctx, slice ? slice->receiver : source);
      }
      return step;
    }
    case TypeKind::Range:
    case TypeKind::RangeInclusive: {
      TypeId bound = ctx.infer.shallow(ctx.types.arg(type));
      bool is_open = ctx.infer.var_kind(bound) == VarKind::Integer || ctx.infer.is_unknown(bound);
      if (is_open) ctx.infer.unify(bound, ctx.types.int_());
      step.part.kind = Kind::Range;
      step.element = bound;
      bool counts = is_open || types::is_integer(ctx.types.kind(bound));
      if (!counts) report_source(ctx, source, type);
      return step;
    }
    default:
      report_source(ctx, source, type);
      step.element = ctx.types.error();
      return step;
  }
}

static void check_sources(Context& ctx, const ast::Expr* iterable, const ast::Pattern* pattern,
                          std::vector<WalkStep>& steps) {
  const ast::TuplePattern* pair = pair_of(pattern);
  const ast::MethodCall* enumerate = call_named(ctx, iterable, "enumerate", 0);
  const ast::MethodCall* zip = call_named(ctx, iterable, "zip", 1);
  if (pair && enumerate) {
    WalkStep counter;
    counter.part.pattern = pair->elements[0];
    counter.element = ctx.types.int_();
    steps.push_back(counter);
    return check_sources(ctx, enumerate->receiver, pair->elements[1], steps);
  }
  if (pair && zip) {
    check_sources(ctx, zip->receiver, pair->elements[0], steps);
    return check_sources(ctx, zip->args[0].value, pair->elements[1], steps);
  }
  steps.push_back(check_source(ctx, iterable, pattern));
}

std::vector<WalkStep> check_walk_sources(Context& ctx, const ast::Expr* iterable,
                                         const ast::Pattern* pattern) {
  std::vector<WalkStep> steps;
  check_sources(ctx, iterable, pattern, steps);
  return steps;
}

void bind_walk(Context& ctx, const std::vector<WalkStep>& steps) {
  for (const WalkStep& step : steps) {
    PatternMode mode;
    mode.origin = Origin::Loop;
    mode.allows_mut = step.part.kind == Kind::Places || step.part.kind == Kind::Chunks ||
                      ctx.is_error(step.element);
    check_pattern(ctx, step.part.pattern, step.element, mode);
    ctx.matches.push_back({step.part.pattern->span, step.element, nullptr, step.part.pattern});
  }
}

}  // namespace skein::check
