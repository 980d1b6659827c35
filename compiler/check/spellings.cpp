#include "compiler/check/spellings.h"

#include <string>
#include <string_view>

namespace skein::check {

// ---- calls ---------------------------------------------------------------------------------

static std::string source(Context& ctx, const ast::Expr* expr) {
  return std::string(ctx.program.sources.text(expr->span));
}

// Whether a point can be written behind it without parentheses.
static bool is_operand(const ast::Expr* expr) {
  switch (expr->kind) {
    case ast::ExprKind::Name:
    case ast::ExprKind::Field:
    case ast::ExprKind::Call:
    case ast::ExprKind::MethodCall:
    case ast::ExprKind::Index:
    case ast::ExprKind::StrLit:
    case ast::ExprKind::InterpStr:
    case ast::ExprKind::Array: return true;
    default: return expr->in_parens;
  }
}

// What Skein writes for the call; empty: it has no such call, or not for these arguments.
static std::string skein_call(Context& ctx, std::string_view name,
                              std::span<const ast::Arg> args) {
  if (args.empty()) return "";
  std::string first = source(ctx, args[0].value);
  std::string receiver = is_operand(args[0].value) ? first : "(" + first + ")";
  bool is_one = args.size() == 1;
  if (name == "len" && is_one) return receiver + ".len()";
  if (name == "abs" && is_one) return receiver + ".abs()";
  if (name == "Some" && is_one) return first;
  if (name == "range" && is_one) return "0.." + first;
  if (args.size() != 2) return "";
  std::string second = source(ctx, args[1].value);
  if (name == "range") return first + ".." + second;
  if (name == "append") return receiver + ".push(" + second + ")";
  bool is_choice = name == "min" || name == "max";
  if (is_choice) return receiver + "." + std::string(name) + "(" + second + ")";
  return "";
}

bool report_foreign_call(Context& ctx, const CallSite& site) {
  std::string_view name = ctx.text(site.name.name);
  std::string ours = skein_call(ctx, name, site.args);
  if (ours.empty() || ours.find('\n') != std::string::npos) return false;
  Report report = ctx.report(site.name.span, D::UnknownName, {name});
  if (name == "Some") {
    report.help("a value fits where an option is wanted: write it without `Some`");
  } else {
    report.help("Skein's spelling is `" + ours + "`");
  }
  report.fix(site.node->span, ours);
  return true;
}

// ---- methods -------------------------------------------------------------------------------

namespace {
struct Spelling {
  std::string_view foreign;
  std::string_view ours;
};
}  // namespace

static constexpr Spelling kOfArrays[] = {
    {"length", "len"},   {"size", "len"},      {"count", "len"},         {"append", "push"},
    {"add", "push"},     {"push_back", "push"}, {"includes", "contains"}, {"has", "contains"},
    {"find", "index_of"}, {"indexOf", "index_of"}, {"empty", "is_empty"}, {"isEmpty", "is_empty"}};
static constexpr Spelling kOfText[] = {
    {"length", "len"},       {"size", "len"},           {"count", "len"},
    {"upper", "to_upper"},   {"lower", "to_lower"},     {"uppercase", "to_upper"},
    {"lowercase", "to_lower"}, {"strip", "trim"},       {"index_of", "find"},
    {"indexOf", "find"},     {"startswith", "starts_with"}, {"endswith", "ends_with"},
    {"isEmpty", "is_empty"}, {"toUpperCase", "to_upper"}, {"toLowerCase", "to_lower"}};
static constexpr Spelling kOfMaps[] = {
    {"length", "len"}, {"size", "len"}, {"count", "len"}, {"has", "contains"},
    {"containsKey", "contains"}, {"contains_key", "contains"}, {"items", "entries"}};
static constexpr Spelling kOfAll[] = {
    {"to_string", "to_str"}, {"toString", "to_str"}, {"string", "to_str"}};

// A copy is made by itself, and iterators are where they are needed.
static bool is_needless(std::string_view name) {
  for (std::string_view each : {"clone", "copy", "to_owned", "into_iter", "iter_mut", "as_str",
                                "as_ref", "borrow"}) {
    if (each == name) return true;
  }
  return false;
}

template <size_t N>
static std::string_view find(const Spelling (&rows)[N], std::string_view name) {
  for (const Spelling& row : rows) {
    if (row.foreign == name) return row.ours;
  }
  return {};
}

// The place of `.name()`; not valid where something stands between the parentheses.
static Span whole_call(Context& ctx, ast::Ident name) {
  Span span = {name.span.begin - 1, name.span.end + 2};
  std::string expected = "." + std::string(ctx.text(name.name)) + "()";
  return ctx.program.sources.text(span) == expected ? span : Span();
}

static bool help_to_unwrap(Context& ctx, Report& report, ast::Ident name) {
  std::string_view text = ctx.text(name.name);
  if (text == "unwrap_or") {
    report.help("Skein's spelling is `x ?? other`");
    return true;
  }
  if (text != "unwrap" && text != "expect") return false;
  report.help("Skein's spelling is `!`");
  Span call = whole_call(ctx, name);
  if (call.valid()) report.fix(call, "!");
  return true;
}

bool help_foreign_method(Context& ctx, Report& report, TypeKind kind, ast::Ident name) {
  std::string_view text = ctx.text(name.name);
  bool wraps = kind == TypeKind::Option || kind == TypeKind::Result;
  if (wraps && help_to_unwrap(ctx, report, name)) return true;
  if (is_needless(text)) {
    report.help("leave `." + std::string(text) + "()` away: what is copied is copied by itself");
    Span call = whole_call(ctx, name);
    if (call.valid()) report.fix(call, "");
    return true;
  }
  std::string_view ours;
  if (kind == TypeKind::Array || kind == TypeKind::FixedArray) ours = find(kOfArrays, text);
  if (kind == TypeKind::Str) ours = find(kOfText, text);
  if (kind == TypeKind::Struct) ours = find(kOfMaps, text);
  if (kind == TypeKind::Task && text == "get") ours = "await";
  if (ours.empty()) ours = find(kOfAll, text);
  if (ours.empty()) return false;
  report.help("Skein's spelling is `" + std::string(ours) + "`").fix(name.span, std::string(ours));
  return true;
}

// ---- patterns ------------------------------------------------------------------------------

bool report_foreign_pattern(Context& ctx, const ast::VariantPattern* pattern) {
  if (pattern->path.size() != 1) return false;
  ast::Ident name = pattern->path[0].name;
  std::string_view text = ctx.text(name.name);
  if (text == "None" && !pattern->has_payload) {
    ctx.report(name.span, D::ForeignSpelling, {"None", "none"}).fix(name.span, "none");
    return true;
  }
  if (text != "Some" || pattern->payload.size() != 1) return false;
  Span inner = pattern->payload[0]->span;
  ctx.report(pattern->span, D::ForeignSpelling, {"Some(x)", "x"})
      .help("any pattern but `none` matches what an option holds")
      .fix({pattern->span.begin, inner.begin}, "")
      .fix({inner.end, pattern->span.end}, "");
  return true;
}

}  // namespace skein::check
