// The one type of several values of which one is taken.
//
// Where the context demands a type each value has to fit it. Elsewhere the first value gives the
// type and the others follow; `none` beside an `int` makes both an `int?`.
#include "compiler/check/join.h"

namespace skein::check {

Want Join::next_want() const {
  if (want_.demands()) return want_;
  if (result_.valid()) return Want::hint(result_);
  return want_;
}

void Join::merge(const ast::Expr* expr, TypeId found) {
  if (ctx_.kind(found) == TypeKind::Never) return;
  if (!result_.valid()) {
    first_ = expr->span;
    why_ = "this gives `" + ctx_.show(found) + "`";
    result_ = found;
    values_.push_back(expr);
    return;
  }
  if (try_fit(ctx_, expr, found, result_)) {
    values_.push_back(expr);
    return;
  }
  TypeId wider = ctx_.infer.shallow(found);
  bool widens = ctx_.types.kind(wider) == TypeKind::Option &&
                ctx_.infer.unify(result_, ctx_.types.arg(wider));
  if (!widens) {
    report_mismatch(ctx_, expr, found, Want::must(result_, first_, why_));
    return;
  }
  for (const ast::Expr* value : values_) ctx_.adjust(value, Adjustment::WrapOption, wider);
  values_.push_back(expr);
  result_ = wider;
}

void Join::add_expr(const ast::Expr* expr) {
  Want want = next_want();
  bool drops = want.demands() && ctx_.kind(want.type) == TypeKind::Unit;
  if (drops) {
    TypeId found = check_dropped(ctx_, expr);
    if (ctx_.kind(found) != TypeKind::Never) result_ = want.type;
    return;
  }
  if (want.demands()) {
    TypeId found = check_expr(ctx_, expr, want);
    fit(ctx_, expr, found, want);
    if (ctx_.kind(found) != TypeKind::Never) result_ = want.type;
    return;
  }
  merge(expr, check_expr(ctx_, expr, want));
}

void Join::add_block(const ast::Block& block) {
  TypeId found = check_block(ctx_, block, next_want());
  if (!want_.demands() && block.value) {
    merge(block.value, found);
    return;
  }
  if (ctx_.kind(found) == TypeKind::Never) return;
  if (!want_.demands() && result_.valid() && !ctx_.infer.unify(found, result_)) {
    Span end = {block.span.end - 1, block.span.end};
    ctx_.report(end, D::MissingValue, {ctx_.show(result_)}).label(first_, why_);
    return;
  }
  if (!result_.valid()) {
    first_ = block.span;
    why_ = "this gives no value";
    result_ = want_.demands() ? want_.type : found;
  }
}

void Join::add_unit(Span span) {
  if (want_.demands()) {
    TypeKind kind = ctx_.kind(want_.type);
    if (kind == TypeKind::Unit || ctx_.infer.unify(ctx_.types.unit(), want_.type)) {
      result_ = want_.type;
      return;
    }
    ctx_.report(span, D::MissingValue, {ctx_.show(want_.type)});
    result_ = want_.type;
    return;
  }
  if (!result_.valid()) {
    result_ = ctx_.types.unit();
    first_ = span;
    why_ = "this gives no value";
    return;
  }
  if (ctx_.infer.unify(result_, ctx_.types.unit())) return;
  ctx_.report(span, D::MissingValue, {ctx_.show(result_)}).label(first_, why_);
}

TypeId Join::type() const { return result_.valid() ? result_ : ctx_.types.never(); }

}  // namespace skein::check
