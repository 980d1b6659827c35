// Generators (language rules 20, 58, 83).
//
// A call of a `gen fn` with the result type T gives a Gen<T>; what it was given is kept there until
// it runs, so it owns its arguments. The body gives nothing; `yield v` hands out values of type T. It
// cannot stand in a block that other tasks, locks or deadlines know of: nobody knows when the
// generator goes on, or whether it does.
#include "compiler/check/check_generator.h"

#include "compiler/check/check_expr.h"

namespace skein::check {

void resolve_generator(Context& ctx, const ast::FnItem& item, types::FnDecl& fn) {
  fn.is_gen = true;
  for (types::ParamDecl& param : fn.params) {
    bool is_scope = ctx.types.kind(param.type) == TypeKind::Scope;
    if (param.mode == ParamMode::Mut || is_scope) {
      ctx.report(param.span, D::GeneratorParam, {is_scope ? "a scope" : "a `mut` parameter"})
          .help("a generator runs when its caller has gone on: it owns what it is given");
      continue;  // As it is written, so that calls are not reported as well.
    }
    param.mode = ParamMode::Own;
    ctx.program.vars[param.var].mode = ParamMode::Own;
  }
  if (!item.ret) {
    ctx.report(item.name.span, D::GeneratorResult, {ctx.text(fn.name)})
        .help("write the type of what it yields behind the parameters: `-> int`");
  }
  fn.result = ctx.types.make(TypeKind::Gen, {item.ret ? fn.result : ctx.types.error()});
}

TypeId check_yield(Context& ctx, const ast::Yield* node) {
  if (!node->value) return ctx.types.unit();
  TypeId yields = ctx.body->yields;
  if (!yields.valid()) {
    check_expr(ctx, node->value);
    Report report = ctx.report(node->span, D::YieldOutside);
    bool is_inside = false;
    for (const Body* body = ctx.body; body; body = body->outer) is_inside |= body->yields.valid();
    report.help(is_inside ? "a closure or task is a function of its own: let it give its value back"
                          : "declare the function `gen fn`; `yield` alone gives way to other tasks");
    return ctx.types.unit();
  }
  if (!ctx.body->no_yield.empty()) {
    ctx.report(node->span, D::YieldInside, {ctx.body->no_yield})
        .label(ctx.body->no_yield_at, "this block ends before the generator stops")
        .help("compute the value inside, and yield it after the block");
  }
  check_value(ctx, node->value,
              Want::must(yields, ctx.body->result_span, "the generator yields this"));
  return ctx.types.unit();
}

void check_scope_of_generator(Context& ctx, Span span, std::string_view what) {
  if (!ctx.body->yields.valid() || ctx.body->scopes > 0) return;
  ctx.report(span, D::GeneratorSpawn, {what})
      .help("put it into an `async { … }` block, which ends before the next `yield`");
}

NoYield::NoYield(Context& ctx, std::string_view word, Span span)
    : body_(*ctx.body), outer_(body_.no_yield), outer_at_(body_.no_yield_at) {
  body_.no_yield = word;
  body_.no_yield_at = span;
}

NoYield::~NoYield() {
  body_.no_yield = outer_;
  body_.no_yield_at = outer_at_;
}

}  // namespace skein::check
