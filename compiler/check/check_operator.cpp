// Operators.
//
// Those of numbers, `bool` and `str` are built in. Those of `Duration` and `Instant` are methods of
// the core library, found by the table below; those of other types are methods of traits.
#include <algorithm>

#include "compiler/check/check_expr.h"
#include "compiler/check/check_map.h"
#include "compiler/check/method.h"
#include "compiler/check/trait_operator.h"
#include "compiler/check/traits.h"

namespace skein::check {

using ast::BinaryOp;

// ---- kinds of operands ---------------------------------------------------------------------

namespace {

// What an operand is, as far as operators are concerned.
enum class Operand : uint8_t { Integer, Real, Bool, Str, Time, Unknown, Error, Other };

}  // namespace

static bool has_bound(Context& ctx, TypeId type, TraitId trait) {
  return has_trait(ctx, type, trait) == Answer::Yes;
}

static Operand operand_kind(Context& ctx, TypeId type) {
  if (std::optional<VarKind> var = ctx.infer.var_kind(type)) {
    switch (*var) {
      case VarKind::Any: return Operand::Unknown;
      case VarKind::Integer: return Operand::Integer;
      case VarKind::Float: return Operand::Real;
    }
  }
  TypeKind kind = ctx.kind(type);
  if (types::is_integer(kind)) return Operand::Integer;
  if (types::is_float(kind)) return Operand::Real;
  switch (kind) {
    case TypeKind::Bool: return Operand::Bool;
    case TypeKind::Str: return Operand::Str;
    case TypeKind::Duration:
    case TypeKind::Instant:
      return Operand::Time;
    case TypeKind::Error:
    case TypeKind::Never:
      return Operand::Error;
    case TypeKind::Param:
      if (has_bound(ctx, type, ctx.program.core.integer)) return Operand::Integer;
      if (has_bound(ctx, type, ctx.program.core.real)) return Operand::Real;
      return Operand::Other;
    default:
      return Operand::Other;
  }
}

static bool works_on(BinaryOp op, Operand operand) {
  bool is_int = operand == Operand::Integer;
  switch (op) {
    case BinaryOp::Add:
      return is_int || operand == Operand::Real || operand == Operand::Str;
    case BinaryOp::Sub:
    case BinaryOp::Mul:
    case BinaryOp::Div:
    case BinaryOp::Rem:
      return is_int || operand == Operand::Real;
    case BinaryOp::AddWrap:
    case BinaryOp::SubWrap:
    case BinaryOp::MulWrap:
    case BinaryOp::Shl:
    case BinaryOp::Shr:
      return is_int;
    case BinaryOp::BitAnd:
    case BinaryOp::BitOr:
    case BinaryOp::BitXor:
      return is_int || operand == Operand::Bool;
  }
  SKEIN_UNREACHABLE("an unknown operator");
}

// ---- operators that are methods ------------------------------------------------------------

namespace {

struct TimeRow {
  BinaryOp op;
  TypeKind left;
  TypeKind right;
  TypeKind owner;
  std::string_view method;
};

}  // namespace

static constexpr TypeKind kD = TypeKind::Duration;
static constexpr TypeKind kI = TypeKind::Instant;
static constexpr TypeKind kN = TypeKind::Int;

static constexpr TimeRow kTimeRows[] = {
    {BinaryOp::Add, kD, kD, kD, "add"},   {BinaryOp::Sub, kD, kD, kD, "sub"},
    {BinaryOp::Mul, kD, kN, kD, "mul"},   {BinaryOp::Mul, kN, kD, kD, "times"},
    {BinaryOp::Div, kD, kN, kD, "div"},   {BinaryOp::Div, kD, kD, kD, "ratio"},
    {BinaryOp::Rem, kD, kD, kD, "rem"},   {BinaryOp::Add, kI, kD, kI, "add"},
    {BinaryOp::Sub, kI, kD, kI, "sub"},   {BinaryOp::Sub, kI, kI, kI, "since"},
};

// A call of a method of the core library in place of an operator.
static TypeId call_core(Context& ctx, const ast::Expr* node, TypeKind owner,
                        std::string_view method, std::vector<const ast::Expr*> args) {
  std::optional<MethodMatch> match =
      try_method(ctx, ctx.types.plain(owner), ctx.names.intern(method), node->span);
  SKEIN_CHECK(match.has_value(), "the core library lacks an operator's method");
  use_fn(ctx, match->fn);
  types::CallFact& call = ctx.add_call(node);
  call.callee = match->fn;
  call.args = std::move(args);
  return ctx.program.fns[match->fn].result;
}

static std::optional<TypeId> apply_time(Context& ctx, const ast::Expr* node, BinaryOp op,
                                        const ast::Expr* left, const ast::Expr* right) {
  auto fits = [&](const ast::Expr* operand, TypeKind wanted) {
    TypeId type = ctx.fact(operand).type;
    bool is_literal = wanted == kN && ctx.infer.var_kind(type) == VarKind::Integer;
    return is_literal || ctx.kind(type) == wanted;
  };
  for (const TimeRow& row : kTimeRows) {
    if (row.op != op || !fits(left, row.left) || !fits(right, row.right)) continue;
    if (row.left == kN) ctx.infer.unify(ctx.fact(left).type, ctx.types.int_());
    if (row.right == kN) ctx.infer.unify(ctx.fact(right).type, ctx.types.int_());
    return call_core(ctx, node, row.owner, row.method, {left, right});
  }
  return std::nullopt;
}

// ---- what does not work --------------------------------------------------------------------

// What loses nothing: an integer becomes a float, else the right operand has the type of the left one.
static void help_with_numbers(Context& ctx, Report& report, TypeId left, const ast::Expr* left_node,
                              TypeId right, const ast::Expr* right_node) {
  bool widens = types::is_integer(ctx.kind(left)) && types::is_float(ctx.kind(right));
  const ast::Expr* changed = widens ? left_node : right_node;
  std::string text(ctx.program.sources.text(changed->span));
  if (text.size() > 24) text = "…";
  report.help("no number changes its type by itself: `" + ctx.show(widens ? right : left) + "(" + text + ")`");
}

static void help_with_operands(Context& ctx, Report& report, BinaryOp op, TypeId left,
                               const ast::Expr* left_node, TypeId right, const ast::Expr* right_node) {
  TypeKind from = ctx.kind(right);
  TypeKind to = ctx.kind(left);
  bool to_number = types::is_integer(to) || types::is_float(to);
  bool from_number = types::is_integer(from) || types::is_float(from);
  if (to == TypeKind::Unit || from == TypeKind::Unit) {
    report.help("`()` is no value: what is called there gives nothing");
  } else if (to == TypeKind::Atomic) {
    report.help("it is changed by its methods: `fetch_add(…)`, `store(…)`");
  } else if (to == TypeKind::Mutex || to == TypeKind::RwLock) {
    report.help("its value is reached inside: `m.with(|mut v| v += …)`");
  } else if (op == BinaryOp::Mul && to == TypeKind::Str && from_number) {
    report.help("text is repeated by a method: `s.repeat(n)`");
  } else if (from == TypeKind::Result || to == TypeKind::Result) {
    report.help("one of them may be an error: `?` passes it on, `!` panics");
  } else if (op == BinaryOp::Add && (to == TypeKind::Str || from == TypeKind::Str)) {
    report.help("put values into text with `\"${…}\"`");
  } else if (to_number && from_number) {
    help_with_numbers(ctx, report, left, left_node, right, right_node);
  } else if (from == TypeKind::Option || to == TypeKind::Option) {
    report.help("one of them may be `none`: take the value out with `!` or `?? other`");
  } else if (from == TypeKind::Task || to == TypeKind::Task) {
    report.help("a task is not its value yet: `await` it");
  }
}

static TypeId report_operands(Context& ctx, BinaryOp op, Span op_span, const ast::Expr* left,
                              const ast::Expr* right) {
  TypeId left_type = ctx.infer.resolve_for_show(ctx.fact(left).type);
  TypeId right_type = ctx.infer.resolve_for_show(ctx.fact(right).type);
  if (ctx.types.has_error(left_type) || ctx.types.has_error(right_type)) {
    return ctx.types.error();
  }
  std::string operands = left_type == right_type
                             ? quoted(ctx.show(left_type))
                             : quoted(ctx.show(left_type)) + " and " + quoted(ctx.show(right_type));
  Report report = ctx.report(op_span, D::BadOperands, {ast::op_text(op), operands});
  report.label(left->span, "`" + ctx.show(left_type) + "`");
  report.label(right->span, "`" + ctx.show(right_type) + "`");
  bool is_array = ctx.types.kind(left_type) == TypeKind::Array && op == BinaryOp::Add;
  if (is_array) {
    report.help("arrays are joined with `xs.extend(ys)`");
  } else {
    help_with_operands(ctx, report, op, left_type, left, right_type, right);
    help_with_trait(ctx, report, trait_of(ctx, op), left_type, right_type);
  }
  return ctx.types.error();
}

static void check_zero_divisor(Context& ctx, BinaryOp op, TypeId type, const ast::Expr* right) {
  const ast::IntLit* literal = right->try_as<ast::IntLit>();
  bool divides = op == BinaryOp::Div || op == BinaryOp::Rem;
  if (!divides || !literal || literal->value != 0) return;
  if (operand_kind(ctx, type) != Operand::Integer) return;
  ctx.report(right->span, D::DivisionByZero);
}

// The right operand of a shift is a count of any integer type.
static TypeId apply_shift(Context& ctx, BinaryOp op, Span op_span, const ast::Expr* left,
                          const ast::Expr* right) {
  Operand value = operand_kind(ctx, ctx.fact(left).type);
  Operand count = operand_kind(ctx, ctx.fact(right).type);
  if (value == Operand::Error || count == Operand::Error) return ctx.types.error();
  if (value != Operand::Integer || count != Operand::Integer) {
    return report_operands(ctx, op, op_span, left, right);
  }
  return ctx.fact(left).type;
}

TypeId apply_operator(Context& ctx, const ast::Expr* node, BinaryOp op, Span op_span,
                      const ast::Expr* left, const ast::Expr* right) {
  TypeId left_type = ctx.fact(left).type;
  TypeId right_type = ctx.fact(right).type;
  if (ctx.kind(left_type) == TypeKind::Error || ctx.kind(right_type) == TypeKind::Error) {
    return ctx.types.error();
  }
  if (ctx.kind(left_type) == TypeKind::Never) return left_type;
  if (ctx.kind(right_type) == TypeKind::Never) {
    ctx.adjust(right, Adjustment::NeverToAny, left_type);
    return left_type;
  }
  bool by_trait = operand_kind(ctx, left_type) == Operand::Other ||
                  operand_kind(ctx, right_type) == Operand::Other;
  if (by_trait) {
    std::optional<TypeId> result =
        apply_trait(ctx, node, trait_of(ctx, op), left_type, {left, right});
    if (result) return *result;
  }
  if (op == BinaryOp::Shl || op == BinaryOp::Shr) {
    return apply_shift(ctx, op, op_span, left, right);
  }
  bool is_time = operand_kind(ctx, left_type) == Operand::Time ||
                 operand_kind(ctx, right_type) == Operand::Time;
  if (is_time) {
    std::optional<TypeId> result = apply_time(ctx, node, op, left, right);
    return result ? *result : report_operands(ctx, op, op_span, left, right);
  }
  if (!ctx.infer.unify(left_type, right_type)) {
    return report_operands(ctx, op, op_span, left, right);
  }
  Operand operand = operand_kind(ctx, left_type);
  if (operand == Operand::Unknown) {
    ctx.report(left->span, D::NeedsType).help("write its type where it is declared");
    return ctx.types.error();
  }
  if (!works_on(op, operand)) return report_operands(ctx, op, op_span, left, right);
  check_zero_divisor(ctx, op, left_type, right);
  return left_type;
}

// ---- the nodes -----------------------------------------------------------------------------

// What the whole is wanted to be helps a literal operand, but says nothing about others: `n * 1s`.
static Want operand_want(const Want& want, const ast::Expr* operand) {
  bool is_literal = operand->kind == ast::ExprKind::IntLit ||
                    operand->kind == ast::ExprKind::FloatLit;
  bool is_chain = operand->kind == ast::ExprKind::Binary;
  return want.type.valid() && (is_literal || is_chain) ? Want::hint(want.type) : Want();
}

TypeId check_binary(Context& ctx, const ast::Binary* node, const Want& want) {
  check_expr(ctx, node->left, operand_want(want, node->left));
  TypeId left = ctx.fact(node->left).type;
  bool left_is_number = operand_kind(ctx, left) == Operand::Integer ||
                        operand_kind(ctx, left) == Operand::Real;
  bool is_shift = node->op == BinaryOp::Shl || node->op == BinaryOp::Shr;
  Want right = left_is_number && !is_shift ? Want::hint(left) : Want();
  check_expr(ctx, node->right, right);
  return apply_operator(ctx, node, node->op, node->op_span, node->left, node->right);
}

TypeId check_unary(Context& ctx, const ast::Unary* node, const Want& want) {
  const ast::IntLit* literal = node->operand->try_as<ast::IntLit>();
  if (node->op == ast::UnaryOp::Neg && literal) {
    // Its range is checked with its sign.
    return ctx.set_type(literal, check_int(ctx, literal, want, true));
  }
  TypeId type = check_expr(ctx, node->operand, want.type.valid() ? Want::hint(want.type) : want);
  Operand operand = operand_kind(ctx, type);
  TypeKind kind = ctx.kind(type);
  if (operand == Operand::Error) return type;
  if (operand == Operand::Unknown) {
    ctx.report(node->operand->span, D::NeedsType).help("write its type where it is declared");
    return ctx.types.error();
  }
  if (node->op == ast::UnaryOp::Not) {
    if (operand == Operand::Bool || operand == Operand::Integer) return type;
  } else {
    bool is_unsigned = types::is_integer(kind) && !types::is_signed(kind);
    bool is_negatable = operand == Operand::Integer || operand == Operand::Real;
    if (is_negatable && !is_unsigned) return type;
    if (kind == TypeKind::Duration) return call_core(ctx, node, kind, "neg", {node->operand});
  }
  TraitId trait = trait_of(ctx, node->op);
  if (std::optional<TypeId> result = apply_trait(ctx, node, trait, type, {node->operand})) {
    return *result;
  }
  Report report = ctx.report(node->op_span, D::BadOperands,
                             {ast::op_text(node->op), quoted(ctx.show(type))});
  report.label(node->operand->span, "`" + ctx.show(type) + "`");
  if (kind == TypeKind::Option && node->op == ast::UnaryOp::Not) {
    report.help("to ask whether there is a value, write `x == none`");
  }
  help_with_trait(ctx, report, trait, type, TypeId());
  return ctx.types.error();
}

// Makes the sides of a comparison one type; a `T` compares with a `T?`.
static bool unite_sides(Context& ctx, const ast::Expr* left, const ast::Expr* right) {
  TypeId left_type = ctx.fact(left).type;
  TypeId right_type = ctx.fact(right).type;
  if (try_fit(ctx, right, right_type, left_type)) return true;
  return try_fit(ctx, left, left_type, right_type);
}

static bool is_comparable(Context& ctx, TypeId type, bool has_order) {
  if (!has_order) return has_trait(ctx, type, ctx.program.core.eq) != Answer::No;
  if (operand_kind(ctx, type) == Operand::Real) return true;
  return has_trait(ctx, type, ctx.program.core.ord) != Answer::No;
}

static void report_compare(Context& ctx, const ast::Compare* node, TypeId type, bool has_order) {
  std::string shown = ctx.show(type);
  Report report = ctx.report(node->op_span, D::BadOperands,
                             {ast::op_text(node->op), quoted(shown)});
  TypeKind kind = ctx.kind(type);
  std::string_view trait = has_order ? "Ord" : "Eq";
  if (kind == TypeKind::Struct || kind == TypeKind::Enum) {
    help_to_derive(report, trait, shown);
  }
  if (kind == TypeKind::Param) {
    report.help("ask for it where the parameter is declared: `" + shown + ": " +
                std::string(trait) + "`");
  }
  if (kind == TypeKind::Option && !has_order) {
    std::string value = ctx.show(ctx.types.arg(ctx.infer.shallow(type)));
    report.help("whether there is a value, `x.is_none()` says");
    help_to_derive(report, trait, value);
  }
  if (kind == TypeKind::Task) report.help("await the task and compare its value");
  if (kind == TypeKind::Atomic) report.help("compare what it holds: `x.load()`");
}

TypeId check_compare(Context& ctx, const ast::Compare* node) {
  bool has_order = node->op != ast::CompareOp::Eq && node->op != ast::CompareOp::Ne;
  check_expr(ctx, node->left);
  TypeId left = ctx.fact(node->left).type;
  check_expr(ctx, node->right, Want::hint(left));
  TypeId right = ctx.fact(node->right).type;
  if (ctx.is_error(left) || ctx.is_error(right)) return ctx.types.bool_();
  if (!unite_sides(ctx, node->left, node->right)) {
    std::string why = "this is `" + ctx.show(left) + "`";
    report_mismatch(ctx, node->right, right, Want::must(left, node->left->span, why));
    return ctx.types.bool_();
  }
  TypeId type = ctx.program.type_of(node->left);
  if (ctx.infer.is_unknown(type)) {
    ctx.report(node->left->span, D::NeedsType).help("write its type where it is declared");
  } else if (!is_comparable(ctx, type, has_order)) {
    report_compare(ctx, node, type, has_order);
  }
  return ctx.types.bool_();
}

TypeId check_logical(Context& ctx, const ast::Logical* node) {
  Want want = Want::must(ctx.types.bool_(), node->op_span, "both sides are conditions");
  check_value(ctx, node->left, want);
  check_value(ctx, node->right, want);
  return ctx.types.bool_();
}

TypeId check_coalesce(Context& ctx, const ast::Coalesce* node, const Want& want) {
  Want left_want;
  if (want.type.valid() && ctx.kind(want.type) != TypeKind::Option) {
    left_want = Want::hint(ctx.types.make(TypeKind::Option, {want.type}));
  }
  TypeId left = ctx.infer.shallow(check_expr(ctx, node->left, left_want));
  if (ctx.types.kind(left) != TypeKind::Option) {
    check_expr(ctx, node->right);
    if (ctx.types.kind(left) == TypeKind::Error) return left;
    Report report = ctx.report(node->left->span, D::NotAnOption, {"??", ctx.show(left)});
    if (ctx.types.kind(left) == TypeKind::Result) report.help("look at a `Result` with `match`");
    const ast::Index* entry = node->left->try_as<ast::Index>();
    if (entry && is_map(ctx, ctx.infer.shallow(ctx.program.type_of(entry->receiver)))) {
      report.help("`m[k]` panics where there is no entry; `m.get(k)` gives an option");
    }
    return ctx.types.error();
  }
  TypeId value = ctx.types.arg(left);
  TypeId right = check_expr(ctx, node->right, Want::hint(value));
  if (ctx.infer.unify(right, left)) return left;
  fit(ctx, node->right, right,
      Want::must(value, node->left->span, "what takes the place of `none` here"));
  return value;
}

// `a..`, the numbers from there on.
static TypeId check_range_from(Context& ctx, const ast::Range* node) {
  TypeId low = check_expr(ctx, node->low);
  if (ctx.is_error(low)) return low;
  Operand operand = operand_kind(ctx, low);
  if (operand != Operand::Integer && operand != Operand::Unknown) {
    ctx.report(node->span, D::BadRange, {ctx.show(low)});
    return ctx.types.error();
  }
  return ctx.types.struct_(ctx.program.core.range_from, {low});
}

TypeId check_range(Context& ctx, const ast::Range* node, const Want& want) {
  TypeKind kind = node->inclusive ? TypeKind::RangeInclusive : TypeKind::Range;
  if (!node->low || (!node->high && node->inclusive)) {
    if (node->high) check_expr(ctx, node->high);
    ctx.report(node->span, D::NotAValue, {ctx.program.sources.text(node->span), "a part to take"})
        .help("it stands between the brackets of a slice, `xs[..n]`, or in a pattern; numbers begin "
              "somewhere: `0..n`, `0..`");
    return ctx.types.error();
  }
  if (!node->high) return check_range_from(ctx, node);
  TypeId wanted = want.type.valid() ? ctx.infer.shallow(want.type) : TypeId();
  bool has_bound_type = wanted.valid() && ctx.types.kind(wanted) == kind;
  TypeId low = check_expr(ctx, node->low,
                          has_bound_type ? Want::hint(ctx.types.arg(wanted)) : Want());
  TypeId high = check_expr(ctx, node->high, Want::hint(low));
  if (ctx.is_error(low) || ctx.is_error(high)) return ctx.types.error();
  if (!ctx.infer.unify(low, high)) {
    std::string why = "the range begins with `" + ctx.show(low) + "`";
    report_mismatch(ctx, node->high, high, Want::must(low, node->low->span, why));
    return ctx.types.error();
  }
  Operand operand = operand_kind(ctx, low);
  bool is_ordered = operand == Operand::Integer || operand == Operand::Real ||
                    ctx.kind(low) == TypeKind::Char || has_bound(ctx, low, ctx.program.core.ord);
  if (!is_ordered && operand != Operand::Unknown) {
    ctx.report(node->span, D::BadRange, {ctx.show(low)});
    return ctx.types.error();
  }
  return ctx.types.make(kind, {low});
}

}  // namespace skein::check
