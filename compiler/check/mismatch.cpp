// Making a value fit what its context wants, and saying what to do where it does not.
#include <algorithm>

#include "compiler/check/check_dyn.h"
#include "compiler/check/check_expr.h"
#include "compiler/check/check_map.h"
#include "compiler/check/iterate.h"

namespace skein::check {

bool try_fit(Context& ctx, const ast::Expr* expr, TypeId found, TypeId wanted) {
  found = ctx.infer.shallow(found);
  wanted = ctx.infer.shallow(wanted);
  if (ctx.is_error(found) || ctx.is_error(wanted)) return true;
  if (ctx.types.kind(found) == TypeKind::Never) {
    if (ctx.types.kind(wanted) == TypeKind::Never) return true;
    ctx.adjust(expr, Adjustment::NeverToAny, wanted);
    return true;
  }
  if (ctx.infer.unify(found, wanted)) return true;
  if (ctx.types.kind(wanted) == TypeKind::Dyn) {
    if (!fits_dyn(ctx, found, wanted)) return false;
    ctx.adjust(expr, Adjustment::ToDyn, wanted);
    return true;
  }
  if (ctx.types.kind(wanted) != TypeKind::Option) return false;
  TypeId inner = ctx.infer.shallow(ctx.types.arg(wanted));
  if (ctx.types.kind(inner) == TypeKind::Dyn && fits_dyn(ctx, found, inner)) {
    ctx.adjust(expr, Adjustment::ToDyn, wanted);
    return true;
  }
  if (!ctx.infer.unify(found, inner)) return false;
  ctx.adjust(expr, Adjustment::WrapOption, wanted);
  return true;
}

void fit(Context& ctx, const ast::Expr* expr, TypeId found, const Want& want) {
  if (!try_fit(ctx, expr, found, want.type)) report_mismatch(ctx, expr, found, want);
}

// ---- ways out ------------------------------------------------------------------------------

static bool is_number(const Context& ctx, TypeId type) {
  TypeKind kind = ctx.types.kind(type);
  return types::is_integer(kind) || types::is_float(kind);
}

static bool fits(Context& ctx, TypeId found, TypeId wanted) {
  size_t mark = ctx.infer.mark();
  bool same = ctx.infer.unify(found, wanted);
  ctx.infer.roll_back(mark);
  return same;
}

// The text of an expression where it is short enough to be repeated in a help.
static std::string source_of(Context& ctx, const ast::Expr* expr) {
  std::string_view text = ctx.program.sources.text(expr->span);
  bool is_short = text.size() <= 24 && text.find('\n') == std::string_view::npos;
  return is_short ? std::string(text) : "…";
}

// Whether a postfix operator can be written behind it without parentheses.
static bool is_postfix(const ast::Expr* expr) {
  switch (expr->kind) {
    case ast::ExprKind::Unary:
    case ast::ExprKind::Binary:
    case ast::ExprKind::Compare:
    case ast::ExprKind::Logical:
    case ast::ExprKind::Coalesce:
    case ast::ExprKind::Range:
    case ast::ExprKind::Await:
    case ast::ExprKind::Spawn:
    case ast::ExprKind::Receive:
    case ast::ExprKind::Closure:
      return expr->in_parens;
    default:
      return true;
  }
}

static std::string with_postfix(Context& ctx, const ast::Expr* expr, std::string_view postfix) {
  std::string text = source_of(ctx, expr);
  if (!is_postfix(expr)) text = "(" + text + ")";
  return "`" + text + std::string(postfix) + "`";
}

static void help_to_str(Context& ctx, Report& report, const ast::Expr* expr) {
  std::string text = source_of(ctx, expr);
  bool has_quote = text.find('"') != std::string::npos;
  std::string shown = has_quote ? "" : "`\"${" + text + "}\"` or ";
  report.help("show it: " + shown + with_postfix(ctx, expr, ".to_str()"));
  if (!has_quote && text != "…" && !expr->in_parens) {
    report.fix(expr->span, "\"${" + text + "}\"");
  }
}

static size_t chars_in(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

// `"a"` where a character is wanted, `s` where one of its characters may be.
static bool help_to_char(Context& ctx, Report& report, const ast::Expr* expr) {
  const ast::StrLit* literal = expr->try_as<ast::StrLit>();
  std::string text = source_of(ctx, expr);
  bool is_one = literal && text.size() >= 3 && text.front() == '"' && text != "\"'\"" &&
                chars_in(ctx.text(literal->value)) == 1;
  if (!is_one) {
    report.help("characters of a text are `s.chars()`, the first of them `s.first_char()`");
    return true;
  }
  std::string quoted_char = "'" + text.substr(1, text.size() - 2) + "'";
  report.help("a character stands in single quotes: `" + quoted_char + "`");
  report.fix(expr->span, quoted_char);
  return true;
}

static bool help_to_convert(Context& ctx, Report& report, const ast::Expr* expr, TypeId found,
                            TypeId wanted) {
  TypeKind from = ctx.types.kind(found);
  TypeKind to = ctx.types.kind(wanted);
  std::string name = ctx.show(wanted);
  if (to == TypeKind::Str && (is_number(ctx, found) || from == TypeKind::Bool ||
                              from == TypeKind::Char || from == TypeKind::Duration)) {
    help_to_str(ctx, report, expr);
    return true;
  }
  if (is_number(ctx, wanted) && from == TypeKind::Str && !expr->is<ast::StrLit>()) {
    report.help("read it: `" + name + ".parse(" + source_of(ctx, expr) + ")`");
    return true;
  }
  if (is_number(ctx, wanted) && (is_number(ctx, found) || from == TypeKind::Char)) {
    report.help("convert it: `" + name + "(" + source_of(ctx, expr) + ")`");
    if (source_of(ctx, expr) != "…" && !expr->in_parens) {
      report.fix(expr->span, name + "(" + source_of(ctx, expr) + ")");
    }
    return true;
  }
  if (to == TypeKind::Char && types::is_integer(from)) {
    report.help("convert it: `char(" + source_of(ctx, expr) + ")`");
    return true;
  }
  if (to == TypeKind::Char && from == TypeKind::Str) return help_to_char(ctx, report, expr);
  if (to == TypeKind::Bool && from == TypeKind::Option) {
    report.help("ask whether there is a value: `" + source_of(ctx, expr) +
                " != none`, or take it: `if let v = " + source_of(ctx, expr) + "`");
    if (expr->is<ast::Name>()) report.fix(expr->span, source_of(ctx, expr) + " != none");
    return true;
  }
  if (to == TypeKind::Bool && types::is_integer(from)) {
    const ast::Unary* bang = expr->try_as<ast::Unary>();
    bool is_not = bang && bang->op == ast::UnaryOp::Not;
    const ast::Expr* number = is_not ? bang->operand : expr;
    std::string compared = source_of(ctx, number) + (is_not ? " == 0" : " != 0");
    report.help("compare it: `" + compared + "`");
    if (number->is<ast::Name>()) report.fix(expr->span, compared);
    return true;
  }
  if (to == TypeKind::Duration && types::is_float(from)) {
    report.help("give it a unit, as in `1.5s`");
    return true;
  }
  if (to == TypeKind::Duration && types::is_integer(from)) {
    report.help("give it a unit, as in `10ms`, or multiply: `" + source_of(ctx, expr) + " * 1s`");
    return true;
  }
  return false;
}

// An order that other languages write as a number; and the type of comparisons against the one of
// atomics, which they call the same.
static bool help_with_order(Context& ctx, Report& report, TypeId found, TypeId wanted) {
  bool is_difference = types::is_integer(ctx.types.kind(found)) && ctx.show(wanted) == "Order";
  if (is_difference) {
    report.help("an `Order` is `a.cmp(b)`: `Less`, `Equal` or `Greater`");
    return true;
  }
  if (ctx.show(found) != "Order" || ctx.show(wanted) != "Ordering") return false;
  report.help("a comparison gives an `Order`: `Less`, `Equal` or `Greater`; an `Ordering` is what the "
              "operations of an `Atomic` take");
  return true;
}

// An array of results where a result of an array is wanted; the same of options.
static bool help_to_collect(Context& ctx, Report& report, TypeId found, TypeId wanted) {
  TypeKind outer = ctx.types.kind(wanted);
  bool wraps = outer == TypeKind::Result || outer == TypeKind::Option;
  if (!wraps || ctx.types.kind(found) != TypeKind::Array) return false;
  if (ctx.kind(ctx.types.arg(found)) != outer) return false;
  if (ctx.kind(ctx.types.arg(wanted)) != TypeKind::Array) return false;
  report.help(outer == TypeKind::Result
                  ? "`.collect_ok()` gives all values, or the first error"
                  : "`.collect_some()` gives all values, or `none` where one is missing");
  return true;
}

// What is around the wanted value, or around the found one.
static bool help_to_wrap(Context& ctx, Report& report, const ast::Expr* expr, TypeId found,
                         TypeId wanted) {
  TypeKind from = ctx.types.kind(found);
  TypeKind to = ctx.types.kind(wanted);
  bool is_called_often = to == TypeKind::Fn && ctx.types.is_once(found);
  if (is_called_often && fits(ctx, found, ctx.types.once(wanted))) {
    report.help("it gives away what it captured, so it can be called once: take it as `" +
                ctx.show(found) + "`");
    return true;
  }
  if (expr->is<ast::NoneLit>()) {
    if (to != TypeKind::Result) return false;
    report.help("an error says what went wrong: `err(…)`");
    return true;
  }
  if (from == TypeKind::Option && fits(ctx, ctx.types.arg(found), wanted)) {
    report.help("it may be `none`: " + with_postfix(ctx, expr, "!") +
                " panics then, `… ?? other` gives another, `if let` asks");
    return true;
  }
  if (from == TypeKind::Result && fits(ctx, ctx.types.arg(found), wanted)) {
    report.help("it may be an error: " + with_postfix(ctx, expr, "?") + " passes it on, " +
                with_postfix(ctx, expr, "!") + " panics");
    return true;
  }
  if (from == TypeKind::Task && fits(ctx, ctx.types.arg(found), wanted)) {
    report.help("a task is not its value yet: `await " + source_of(ctx, expr) + "`");
    return true;
  }
  if (to == TypeKind::Task && fits(ctx, found, ctx.types.arg(wanted))) {
    report.help("start it as a task: `spawn " + source_of(ctx, expr) + "`");
    return true;
  }
  if (to == TypeKind::Array && from == TypeKind::FixedArray &&
      fits(ctx, ctx.types.arg(found), ctx.types.arg(wanted))) {
    report.help("give all its elements: " + with_postfix(ctx, expr, "[..]"));
    return true;
  }
  if (to == TypeKind::Array && fits(ctx, found, ctx.types.arg(wanted))) {
    report.help("an array of one is `[" + source_of(ctx, expr) + "]`");
    return true;
  }
  if (to == TypeKind::Result && fits(ctx, found, ctx.types.arg(wanted))) {
    report.help("wrap it: `ok(" + source_of(ctx, expr) + ")`");
    return true;
  }
  return false;
}

// The library's, not a type of the program's with that name.
static bool is_json_value(Context& ctx, TypeId type) {
  if (ctx.types.kind(type) != TypeKind::Enum) return false;
  const types::EnumDecl& decl = ctx.program.enums[EnumId(ctx.types.get(type).decl)];
  return ctx.program.modules[decl.module].is_std && ctx.text(decl.name) == "JsonValue";
}

// What made a value of the wrong type, and what makes one of the right type.
static void help_with_source(Context& ctx, Report& report, const ast::Expr* expr, TypeId found,
                             TypeId wanted) {
  TypeKind from = ctx.types.kind(found);
  TypeKind to = ctx.types.kind(wanted);
  bool is_collection = to == TypeKind::Array || to == TypeKind::Struct;
  if (is_collection && from == TypeKind::Struct && is_lazy(ctx, found, expr->span)) {
    std::string way = is_map(ctx, wanted) ? ".to_map()" : is_set(ctx, wanted) ? ".to_set()"
                                                                            : ".collect()";
    report.help("adaptors give their items when they are asked for: " +
                with_postfix(ctx, expr, way));
    if (is_postfix(expr)) report.fix({expr->span.end, expr->span.end}, way);
    return;
  }
  if (is_json_value(ctx, found) && to != TypeKind::Enum) {
    report.help("text is read into a type with `@derive(Json)` by `json.decode<" + ctx.show(wanted) +
                ">(text)`");
    return;
  }
  bool is_loop = expr->is<ast::For>() || expr->is<ast::While>();
  if (from == TypeKind::Unit && is_loop) {
    report.help("a loop gives no value: write behind it what is given when it has ended");
    return;
  }
  const ast::MethodCall* call = expr->try_as<ast::MethodCall>();
  if (from == TypeKind::Unit && call && to != TypeKind::Unit) {
    std::string name(ctx.text(call->name.name));
    report.help("`" + name + "` gives nothing: it changes what it is called on" +
                (name == "sort" ? "; `sorted()` gives a new array" : ""));
  }
}

// The expression that gives a block its value.
static const ast::Expr* innermost(const ast::Expr* expr) {
  for (;;) {
    const ast::BlockExpr* block = expr->try_as<ast::BlockExpr>();
    if (!block || !block->block->value) return expr;
    expr = block->block->value;
  }
}

void report_mismatch(Context& ctx, const ast::Expr* expr, TypeId found, const Want& want) {
  expr = innermost(expr);
  TypeId from = ctx.infer.resolve_for_show(found);
  TypeId to = ctx.infer.resolve_for_show(want.type);
  if (ctx.types.has_error(from) || ctx.types.has_error(to)) return;
  Report report = ctx.report(expr->span, D::TypeMismatch, {ctx.show(to), ctx.show(from)});
  report.mark("this is `" + ctx.show(from) + "`");
  if (want.because.valid() && want.because != expr->span) {
    report.label(want.because, std::string(want.why));
  }
  if (help_to_fit_dyn(ctx, report, from, to)) return;
  if (help_to_convert(ctx, report, expr, from, to)) return;
  if (help_to_collect(ctx, report, from, to)) return;
  if (help_to_wrap(ctx, report, expr, from, to)) return;
  if (help_with_order(ctx, report, from, to)) return;
  help_with_source(ctx, report, expr, from, to);
}

}  // namespace skein::check
