#include "compiler/check/spellings.h"

#include <string>
#include <string_view>

#include "compiler/check/method.h"

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
  if ((name == "string" || name == "String") && is_one) return "\"${" + first + "}\"";
  if (name == "range" && is_one) return "0.." + first;
  for (std::string_view method : {"sum", "sorted", "close", "enumerate", "any", "all", "sqrt"}) {
    if (name == method && is_one) return receiver + "." + std::string(method) + "()";
  }
  if (name == "reversed" && is_one) return receiver + ".rev()";
  if (args.size() != 2) return "";
  std::string second = source(ctx, args[1].value);
  if (name == "range") return first + ".." + second;
  if (name == "append") return receiver + ".push(" + second + ")";
  if (name == "delete") return receiver + ".remove(" + second + ")";
  if (name == "zip") return receiver + ".zip(" + second + ")";
  if (name == "map" || name == "filter") {
    std::string items = is_operand(args[1].value) ? second : "(" + second + ")";
    return items + "." + std::string(name) + "(" + first + ")";
  }
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
  // `push` gives nothing, so it stands in the place of a statement only.
  if (name != "append") report.fix(site.node->span, ours);
  return true;
}

bool report_call_of_method(Context& ctx, const CallSite& site) {
  if (site.args.empty() || site.args[0].name.valid()) return false;
  const ast::Expr* first = site.args[0].value;
  TypeId type = ctx.fact(first).type;
  if (!type.valid() || ctx.types.has_error(ctx.infer.resolve(type)) || !is_operand(first)) return false;
  size_t mark = ctx.infer.mark();
  std::optional<MethodMatch> method = try_method(ctx, type, site.name.name, site.name.span);
  ctx.infer.roll_back(mark);
  if (!method || !ctx.program.fns[method->fn].has_self) return false;
  std::string_view name = ctx.text(site.name.name);
  std::string rest;
  for (const ast::Arg& arg : site.args.subspan(1)) {
    rest += (rest.empty() ? "" : ", ") + source(ctx, arg.value);
  }
  std::string ours = source(ctx, first) + "." + std::string(name) + "(" + rest + ")";
  Report report = ctx.report(site.name.span, D::UnknownName, {name});
  if (ours.find('\n') != std::string::npos) {
    report.help("it is a method, and stands behind what it is called on");
  } else {
    report.help("it is a method: `" + ours + "`").fix(site.node->span, ours);
  }
  return true;
}

bool report_foreign_append(Context& ctx, const ast::Assign* node) {
  const ast::Call* call = node->value->try_as<ast::Call>();
  const ast::Name* callee = call ? call->callee->try_as<ast::Name>() : nullptr;
  if (node->is_compound || !callee || ctx.text(callee->name) != "append" || call->args.size() != 2) {
    return false;
  }
  if (ctx.locals.find(callee->name).valid() || ctx.table->find(callee->name)) return false;
  std::string array = source(ctx, node->place);
  if (array != source(ctx, call->args[0].value)) return false;
  std::string ours = array + ".push(" + source(ctx, call->args[1].value) + ")";
  ctx.report(callee->span, D::UnknownName, {"append"})
      .help("`push` changes the array in its place: `" + ours + "`")
      .fix(node->span, ours);
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
    {"find", "index_of"}, {"indexOf", "index_of"}, {"empty", "is_empty"}, {"isEmpty", "is_empty"},
    {"forEach", "for_each"}, {"findIndex", "position"}, {"concat", "extend"}, {"flatMap", "flat_map"},
    {"toList", "collect"}, {"to_vec", "collect"}, {"to_list", "collect"}, {"inject", "fold"},
    {"unshift", "insert"}, {"removeAt", "remove"}, {"some", "any"}, {"every", "all"},
    {"toSorted", "sorted"}, {"reversed", "rev"},
    {"enumerated", "enumerate"}, {"joined", "join"}, {"dropFirst", "skip"}, {"reduce", "fold"}};
static constexpr Spelling kOfText[] = {
    {"length", "len"},       {"size", "len"},           {"count", "len"},
    {"upper", "to_upper"},   {"lower", "to_lower"},     {"uppercase", "to_upper"},
    {"lowercase", "to_lower"}, {"strip", "trim"},       {"index_of", "find"},
    {"indexOf", "find"},     {"startswith", "starts_with"}, {"endswith", "ends_with"},
    {"isEmpty", "is_empty"}, {"toUpperCase", "to_upper"}, {"toLowerCase", "to_lower"},
    {"startsWith", "starts_with"}, {"hasPrefix", "starts_with"}, {"endsWith", "ends_with"},
    {"hasSuffix", "ends_with"}, {"trimmed", "trim"}, {"replaceAll", "replace"},
    {"includes", "contains"}, {"charAt", "char_at"}, {"as_bytes", "bytes"},
    {"uppercased", "to_upper"}, {"lowercased", "to_lower"}};
static constexpr Spelling kOfChars[] = {
    {"is_alphabetic", "is_ascii_letter"}, {"is_alpha", "is_ascii_letter"},
    {"isalpha", "is_ascii_letter"},       {"is_letter", "is_ascii_letter"},
    {"is_alphanumeric", "is_ascii_alphanumeric"}, {"isalnum", "is_ascii_alphanumeric"},
    {"is_numeric", "is_digit"},           {"is_ascii_digit", "is_digit"},
    {"isdigit", "is_digit"},              {"is_space", "is_whitespace"},
    {"isspace", "is_whitespace"}};
static constexpr Spelling kOfMaps[] = {
    {"length", "len"}, {"size", "len"}, {"count", "len"}, {"has", "contains"},
    {"containsKey", "contains"}, {"contains_key", "contains"}, {"items", "entries"},
    {"put", "insert"}, {"set", "insert"}, {"add", "insert"}, {"delete", "remove"},
    {"getOrDefault", "get_or"}, {"add_one", "fetch_add"}};
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

namespace {
struct Way {
  TypeKind kind;
  std::string_view foreign;
  std::string_view help;
};
}  // namespace

// What has no method of another name in Skein, but another way.
static constexpr Way kWays[] = {
    {TypeKind::Str, "parse", "the type reads it: `int.parse(s)`, which gives a `Result`"},
    {TypeKind::Str, "to_int", "the type reads it: `int.parse(s)`, which gives a `Result`"},
    {TypeKind::Str, "toInt", "the type reads it: `int.parse(s)`, which gives a `Result`"},
    {TypeKind::Str, "to_float", "the type reads it: `float.parse(s)`, which gives a `Result`"},
    {TypeKind::Str, "format", "values stand in the text itself: `\"${x} and ${y}\"`"},
    {TypeKind::Str, "push_str", "`s += other` puts text behind text"},
    {TypeKind::Str, "append", "`s += other` puts text behind text"},
    {TypeKind::Str, "concat", "`s + other` joins texts"},
    {TypeKind::Str, "substring", "a part of a text is `s[a..b]`, in bytes"},
    {TypeKind::Str, "substr", "a part of a text is `s[a..b]`, in bytes"},
    {TypeKind::Str, "slice", "a part of a text is `s[a..b]`, in bytes"},
    {TypeKind::Array, "slice", "a part of an array is `xs[a..b]`"},
    {TypeKind::Array, "map_err", "it belongs to a `Result`"},
    {TypeKind::Mutex, "unlock", "a lock is given back by itself: at the end of `m.with(|mut v| …)`, of "
                                "`lock (m as mut v) { … }`, or when its guard dies"},
    {TypeKind::Mutex, "get", "a copy of the value is `m.with(|v| v)`"},
    {TypeKind::Mutex, "set", "the value is changed by `m.with(|mut v| v = …)`"},
    {TypeKind::RwLock, "unlock", "a lock is given back by itself: at the end of `l.write(|mut v| …)`, or "
                                 "when its guard dies"},
    {TypeKind::Atomic, "get", "it is read by `load()`"},
    {TypeKind::Atomic, "set", "it is written by `store(…)`"},
    {TypeKind::Atomic, "add", "it is changed by `fetch_add(…)`"},
    {TypeKind::Atomic, "increment", "it is changed by `fetch_add(1)`"},
    {TypeKind::Chan, "receive", "it is received from by `<-ch`, which gives a `T?`"},
    {TypeKind::Chan, "recv", "it is received from by `<-ch`, which gives a `T?`"},
    {TypeKind::Task, "wait", "`await t` waits for the task and gives its value"},
    {TypeKind::Task, "result", "`await t` waits for the task and gives its value"},
    {TypeKind::Task, "unwrap", "`await t` waits for the task and gives its value"},
};

bool help_to_reach_value(Context& ctx, Report& report, TypeId type) {
  switch (ctx.kind(type)) {
    case TypeKind::Mutex:
      report.help("its value is reached inside: `m.with(|mut v| …)`, `lock (m as mut v) { … }`");
      return true;
    case TypeKind::RwLock:
      report.help("its value is reached inside: `l.read(|v| …)`, `l.write(|mut v| …)`");
      return true;
    case TypeKind::Atomic:
      report.help("its value is read by `load()` and written by `store(…)`");
      return true;
    case TypeKind::Shared:
      report.help("what it shares is `get()`");
      return true;
    default:
      return false;
  }
}

// `Unlock` of Go is the same wish as `unlock`.
static std::string with_small_letter(std::string_view name) {
  std::string small(name);
  bool is_capital = !small.empty() && small[0] >= 'A' && small[0] <= 'Z';
  if (is_capital) small[0] = static_cast<char>(small[0] - 'A' + 'a');
  return small;
}

static bool help_with_way(Report& report, TypeKind kind, std::string_view name) {
  std::string small = with_small_letter(name);
  for (const Way& way : kWays) {
    if (way.kind != kind || way.foreign != small) continue;
    report.help(std::string(way.help));
    return true;
  }
  return false;
}

// A row is a help only where the type has the method.
static bool has_method(Context& ctx, TypeId type, std::string_view name, Span span) {
  size_t mark = ctx.infer.mark();
  bool has = try_method(ctx, type, ctx.names.intern(name), span).has_value();
  ctx.infer.roll_back(mark);
  return has;
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

bool help_foreign_method(Context& ctx, Report& report, TypeId type, ast::Ident name) {
  std::string_view text = ctx.text(name.name);
  TypeKind kind = ctx.kind(type);
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
  if (kind == TypeKind::Char) ours = find(kOfChars, text);
  if (kind == TypeKind::Struct) ours = find(kOfMaps, text);
  if (kind == TypeKind::Task && text == "get") ours = "await";
  bool is_there = !ours.empty() && (kind == TypeKind::Task || has_method(ctx, type, ours, name.span));
  if (!is_there) ours = find(kOfAll, text);
  if (ours.empty()) return help_with_way(report, kind, text);
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
  if (pattern->payload[0]->is<ast::WildcardPattern>()) {
    ctx.report(pattern->span, D::ForeignSpelling, {"Some(_)", "_some"})
        .help("any name matches what an option holds; `_` alone matches `none` as well")
        .fix(pattern->span, "_some");
    return true;
  }
  ctx.report(pattern->span, D::ForeignSpelling, {"Some(x)", "x"})
      .help("any pattern but `none` matches what an option holds")
      .fix({pattern->span.begin, inner.begin}, "")
      .fix({inner.end, pattern->span.end}, "");
  return true;
}

}  // namespace skein::check
