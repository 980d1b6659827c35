// Names in expressions: variables and what is captured, items, bare variants.
#include <algorithm>

#include "compiler/check/captures.h"
#include "compiler/check/check_closure.h"
#include "compiler/check/check_expr.h"
#include "compiler/check/method.h"
#include "compiler/check/modules.h"
#include "compiler/check/resolve_type.h"
#include "compiler/check/suggest.h"

namespace skein::check {

// ---- variables -----------------------------------------------------------------------------

void note_use(Context& ctx, const ast::Expr* node, VarId var, bool is_read) {
  LocalInfo& info = ctx.locals_info[var.index];
  if (is_read) info.is_used = true;
  for (Body* body = ctx.body; body && body->depth > info.body; body = body->outer) {
    if (body->is_captured.insert(var.index).second) body->captures.push_back(var);
    body->uses.push_back({.var = var, .fields = {}});
    body->used_places.push_back(node);
  }
}

// Rule 30: scopes are captured by tasks and by closures that stand for their variables.
static bool is_scope_kept(Context& ctx, const ast::Name* node, VarId var) {
  if (ctx.scope_use != node) return true;
  for (const Body* body = ctx.body; body->depth > ctx.locals_info[var.index].body;
       body = body->outer) {
    if (body->closure && !body->is_borrowed) return true;
  }
  return false;
}

static TypeId use_var(Context& ctx, const ast::Name* node, VarId var) {
  ctx.fact(node).name = var;
  note_use(ctx, node, var, true);
  bool is_scope = ctx.types.kind(ctx.program.vars[var].type) == TypeKind::Scope;
  if (is_scope && is_scope_kept(ctx, node, var)) {
    ctx.report(node->span, D::ScopeKept)
        .mark("kept here")
        .help("pass it to a function as a plain argument, or start tasks in it: `s.spawn f()`");
    return ctx.types.error();
  }
  if (!check_fn_use(ctx, node, var)) return ctx.types.error();
  return ctx.program.vars[var].type;
}

// ---- variants ------------------------------------------------------------------------------

std::optional<VariantRef> find_variant(Context& ctx, TypeId id, Symbol name) {
  TypeId known = ctx.infer.shallow(id);
  const Type& type = ctx.types.get(known);
  if (type.kind == TypeKind::Option) {
    // A bare variant where an option of its enum is wanted.
    return find_variant(ctx, type.args[0], name);
  }
  if (type.kind == TypeKind::Result) {
    if (name == ctx.known.ok) return VariantRef{known, 0};
    if (name == ctx.known.err) return VariantRef{known, 1};
    return std::nullopt;
  }
  if (type.kind != TypeKind::Enum) return std::nullopt;
  const std::vector<types::VariantDecl>& variants = ctx.program.enums[EnumId(type.decl)].variants;
  for (uint32_t i = 0; i < variants.size(); ++i) {
    if (variants[i].name == name) return VariantRef{known, i};
  }
  return std::nullopt;
}

void report_unknown_variant(Context& ctx, TypeId id, ast::Ident name) {
  Report report = ctx.report(name.span, D::UnknownVariant, {ctx.show(id), ctx.text(name.name)});
  const Type& type = ctx.types.get(ctx.infer.shallow(id));
  std::vector<std::string_view> names;
  if (type.kind == TypeKind::Result) names = {"ok", "err"};
  if (type.kind == TypeKind::Enum) {
    const types::EnumDecl& decl = ctx.program.enums[EnumId(type.decl)];
    for (const types::VariantDecl& variant : decl.variants) {
      names.push_back(ctx.text(variant.name));
    }
    if (!ctx.program.modules[decl.module].is_std) report.label(decl.span, "declared here");
  }
  suggest(report, name.span, ctx.text(name.name), std::move(names));
}

bool has_named_fields(Context& ctx, VariantRef variant) {
  const Type& type = ctx.types.get(ctx.infer.shallow(variant.type));
  if (type.kind != TypeKind::Enum) return false;
  return ctx.program.enums[EnumId(type.decl)].variants[variant.variant].has_names;
}

// A variant named without its payload: one that has none, or the function that makes it.
static TypeId unit_variant(Context& ctx, const ast::Expr* node, VariantRef ref, Symbol name,
                           const Want& want) {
  size_t payload = ctx.program.variant_fields(ref.type, ref.variant).size();
  if (payload > 0 && !has_named_fields(ctx, ref) && wants_fn(ctx, want)) {
    return check_variant_value(ctx, node, ref, want);
  }
  if (payload > 0) {
    bool has_names = has_named_fields(ctx, ref);
    std::string form = std::string(ctx.text(name)) + (has_names ? " { … }" : "(…)");
    ctx.report(node->span, D::VariantForm, {ctx.text(name)})
        .help("it carries a payload: write `" + form + "`");
    return ref.type;
  }
  ctx.fact(node).name = ref;
  return ref.type;
}

// ---- items ---------------------------------------------------------------------------------

// The type of a constant that was declared without one is that of its value; one that needs its
// own has none.
static TypeId type_of_const(Context& ctx, ConstId id) {
  const types::ConstDecl& decl = ctx.program.consts[id];
  if (!decl.type.valid()) {
    ctx.report(decl.span, D::ConstWithoutType, {ctx.text(decl.name)})
        .help("write it: `const " + std::string(ctx.text(decl.name)) + ": … = …`");
    ctx.program.consts[id].type = ctx.types.error();
  }
  return ctx.program.consts[id].type;
}

static TypeId use_entity(Context& ctx, const ast::Expr* node, const Entity& entity, Symbol name,
                         const Want& want) {
  switch (entity.kind) {
    case Entity::Kind::Const:
      ctx.fact(node).name = ConstId(entity.index);
      return type_of_const(ctx, ConstId(entity.index));
    case Entity::Kind::Static:
      return use_static(ctx, node, StaticId(entity.index));
    case Entity::Kind::Fn:
      return check_fn_value(ctx, node, FnId(entity.index), {}, want);
    case Entity::Kind::Broken:
    case Entity::Kind::None:
      return ctx.types.error();
    case Entity::Kind::Module:
    case Entity::Kind::Struct:
    case Entity::Kind::Enum:
    case Entity::Kind::Trait:
    case Entity::Kind::Alias:
    case Entity::Kind::TypeParam:
    case Entity::Kind::Builtin:
      break;
  }
  Report report =
      ctx.report(node->span, D::NotAValue, {ctx.text(name), kind_words(entity.kind)});
  if (entity.kind == Entity::Kind::Struct) {
    report.help("make one with `" + std::string(ctx.text(name)) + " { … }`");
  }
  if (entity.kind == Entity::Kind::Builtin && wants_fn(ctx, want)) {
    report.help("to convert, write a closure: `|x| " + std::string(ctx.text(name)) + "(x)`");
  }
  if (entity.kind == Entity::Kind::Trait) {
    bool is_error = ctx.text(name) == "Error";
    report.help(is_error ? "an error of a text is `err(\"…\")`; one of a type of its own has `impl Error`"
                         : "a value has a type; those with this trait have an `impl` of it");
  }
  if (entity.kind == Entity::Kind::Enum) {
    report.help("name one of its variants: `" + std::string(ctx.text(name)) + ".…`");
  }
  return ctx.types.error();
}

// ---- what is not there ---------------------------------------------------------------------

static void collect_names(Context& ctx, std::vector<std::string_view>& names) {
  for (Symbol name : ctx.locals.names()) names.push_back(ctx.text(name));
  for (const NameTable* table = ctx.table; table; table = table->outer) {
    for (const auto& [name, entity] : table->names) {
      // A trait is no value, however near its name is.
      if (entity.kind != Entity::Kind::Trait) names.push_back(ctx.text(name));
    }
  }
}

static bool help_foreign(Report& report, Span span, std::string_view text) {
  static constexpr std::pair<std::string_view, std::string_view> kForeign[] = {
      {"null", "`none`"},          {"nil", "`none`"},         {"None", "`none`"},
      {"undefined", "`none`"},     {"True", "`true`"},        {"False", "`false`"},
      {"this", "`self`"},          {"Ok", "`ok`"},            {"Err", "`err`"},
      {"printf", "`println`"},     {"print_line", "`println`"}, {"printLine", "`println`"},
      {"puts", "`println`"},       {"console", "`println(…)`"},
      {"fmt", "`println(…)`"},      {"len", "the method `x.len()`"},
      {"sleep", "`time.sleep`, with `use std.time`"},
      {"exit", "`process.exit`, with `use std.process`"},
      {"sys", "`process.exit`, with `use std.process`, or `env.args`, with `use std.env`"},
      {"os", "`env.args` and `env.get`, with `use std.env`, or `std.fs` for files"},
      {"input", "`io.read_line()`, with `use std.io`; it gives a `str?`"},
      {"readline", "`io.read_line()`, with `use std.io`; it gives a `str?`"},
      {"Math", "a method, as in `x.sqrt()`, or `math.…`, with `use std.math`"},
      {"format", "a string with holes: `\"${x} and ${y}\"`"},
      {"sprintf", "a string with holes: `\"${x} and ${y}\"`"},
      {"str", "`\"${x}\"` or `x.to_str()`"},
      {"pass", "an empty block: `{ }`"},
      {"recover", "`catch { … }`, which gives a panic as a `Result`"},
      {"Arc", "`Shared(x)`, or `Mutex(x)`, which tasks share by itself"},
      {"Rc", "`Shared(x)`; most values are copied when they are changed"},
      {"Box", "the value itself: recursive types are boxed where they have to be"},
      {"String", "text in double quotes, which is a `str`"},
      {"Vec", "`[]`, or `[1, 2]`"},
      {"HashMap", "`Map<K, V>()`, or `[k: v]`"},
      {"HashSet", "`Set<T>()`"},
      {"Promise", "`spawn`, which gives a `Task<T>`"},
      {"self", "`self`"}};
  for (const auto& [foreign, ours] : kForeign) {
    if (foreign != text) continue;
    report.help("Skein's spelling is " + std::string(ours));
    std::string_view word = ours.substr(1, ours.size() - 2);
    bool is_word = ours.front() == '`' && word.find_first_of("`(.") == std::string_view::npos;
    if (is_word) report.fix(span, std::string(word));
    return true;
  }
  if (text == "Some") {
    report.help("a value fits where an option is wanted: write it without `Some`");
    return true;
  }
  if (text == "drop") {
    report.help("a value ends by itself: what has a `drop` at the end of its block `{ … }`, any other after "
                "its last use");
    return true;
  }
  if (text == "File") {
    report.help("the type is there after `use std.fs`");
    return true;
  }
  for (std::string_view module :
       {"time", "process", "env", "math", "io", "fs", "rand", "json", "regex", "path", "text"}) {
    if (module != text) continue;
    report.help("the module is there after `use std." + std::string(module) + "`");
    return true;
  }
  return false;
}

// A part of `self` that was named without it.
static bool help_with_self(Context& ctx, Report& report, Symbol name, Span span) {
  VarId self = ctx.locals.find(ctx.known.self);
  std::string text(ctx.text(name));
  if (!self.valid()) {
    TypeId around = ctx.table->self_type;
    if (!around.valid() || !has_field(ctx, around, name)) return false;
    report.help("it is a field of `" + ctx.show(around) + "`: `self." + text +
                "`, in a method, which has `self` as its first parameter");
    return true;
  }
  TypeId type = ctx.infer.shallow(ctx.program.vars[self].type);
  bool is_method = false;
  bool is_field = has_field(ctx, type, name);
  if (!is_field) {
    size_t mark = ctx.infer.mark();
    std::optional<MethodMatch> method = try_method(ctx, type, name, span);
    ctx.infer.roll_back(mark);
    is_method = method && ctx.program.fns[method->fn].has_self;
  }
  if (!is_field && !is_method) return false;
  report.help("what belongs to `self` is named with it: `self." + text + "`")
      .fix(span, "self." + text);
  return true;
}

// The name that the `let` around gives to what is computed here, which it does not have yet.
static bool help_with_own_name(Context& ctx, Report& report, Symbol name) {
  for (const ast::LetStmt* let : ctx.open_lets) {
    const ast::BindingPattern* binding = let->pattern->try_as<ast::BindingPattern>();
    if (!binding || binding->name.name != name) continue;
    std::string text(ctx.text(name));
    report.label(binding->name.span, "has its name only behind this `let`");
    if (let->init->is<ast::Closure>()) {
      report.help("what calls itself is a function, which may stand in this one: `fn " + text +
                  "(…) { … }`");
    }
    return true;
  }
  return false;
}

static TypeId report_unknown_name(Context& ctx, Symbol name, Span span, const Want& want) {
  std::string_view text = ctx.text(name);
  if (name == ctx.known.self) {
    ctx.report(span, D::SelfOutside, {"self"})
        .help("a method has `self` as its first parameter: `fn f(self)`");
    return ctx.types.error();
  }
  Report report = ctx.report(span, D::UnknownName, {text});
  if (help_with_own_name(ctx, report, name)) return ctx.types.error();
  if (help_with_self(ctx, report, name, span)) return ctx.types.error();
  if (help_foreign(report, span, text)) return ctx.types.error();
  std::vector<std::string_view> names = {"none", "true", "false"};
  collect_names(ctx, names);
  TypeId wanted = want.type.valid() ? ctx.infer.shallow(want.type) : TypeId();
  if (wanted.valid() && ctx.types.kind(wanted) == TypeKind::Enum) {
    const Type& type = ctx.types.get(wanted);
    for (const types::VariantDecl& variant : ctx.program.enums[EnumId(type.decl)].variants) {
      names.push_back(ctx.text(variant.name));
    }
  }
  if (!suggest(report, span, text, std::move(names))) {
    report.help("a name is there after its `let`, `var` or `fn`, or a `use` that brings it");
  }
  return ctx.types.error();
}

TypeId check_name(Context& ctx, const ast::Name* node, const Want& want) {
  VarId var = ctx.locals.find(node->name);
  if (var.valid()) return use_var(ctx, node, var);
  if (want.type.valid()) {
    std::optional<VariantRef> variant = find_variant(ctx, want.type, node->name);
    if (variant) return unit_variant(ctx, node, *variant, node->name, want);
  }
  const Entity* entity = find_entity(ctx, {node->name, node->span});
  if (entity) return use_entity(ctx, node, *entity, node->name, want);
  if (node->name == ctx.known.ok || node->name == ctx.known.err) {
    if (wants_fn(ctx, want)) {
      TypeId type = ctx.types.make(TypeKind::Result,
                                   {ctx.infer.fresh(node->span), ctx.infer.fresh(node->span)});
      VariantRef variant = {type, node->name == ctx.known.ok ? 0u : 1u};
      return check_variant_value(ctx, node, variant, want);
    }
    std::string text(ctx.text(node->name));
    ctx.report(node->span, D::VariantForm, {text})
        .help("it carries a payload: write `" + text + "(…)`");
    return ctx.types.error();
  }
  return report_unknown_name(ctx, node->name, node->span, want);
}

// ---- receivers that are no values ----------------------------------------------------------

static PathRef broken() { return {.kind = PathRef::Kind::Broken}; }

static PathRef entity_ref(Context& ctx, const Entity& entity, ast::Ident name,
                          std::span<ast::TypeExpr* const> args) {
  switch (entity.kind) {
    case Entity::Kind::Module:
      return {.kind = PathRef::Kind::Module, .module = ModuleId(entity.index)};
    case Entity::Kind::Struct:
    case Entity::Kind::Enum:
    case Entity::Kind::Alias:
    case Entity::Kind::TypeParam:
    case Entity::Kind::Builtin: {
      TypeId type = entity_type(ctx, entity, name, args, MissingArgs::Infer);
      if (ctx.is_error(type)) return broken();
      return {.kind = PathRef::Kind::Type, .type = type};
    }
    case Entity::Kind::Broken:
      return broken();
    case Entity::Kind::None:
    case Entity::Kind::Fn:
    case Entity::Kind::Trait:
    case Entity::Kind::Const:
    case Entity::Kind::Static:
      return {};
  }
  SKEIN_UNREACHABLE("an unknown kind of name");
}

static PathRef name_ref(Context& ctx, const ast::Name* node,
                        std::span<ast::TypeExpr* const> args) {
  if (ctx.locals.find(node->name).valid()) return {};
  if (node->name == ctx.known.self_type && self_type(ctx).valid()) {
    return {.kind = PathRef::Kind::Type, .type = self_type(ctx)};
  }
  const Entity* entity = find_entity(ctx, {node->name, node->span});
  return entity ? entity_ref(ctx, *entity, {node->name, node->span}, args) : PathRef();
}

PathRef resolve_receiver(Context& ctx, const ast::Expr* expr) {
  if (const ast::Name* name = expr->try_as<ast::Name>()) return name_ref(ctx, name, {});
  if (const ast::TypeArgs* type = expr->try_as<ast::TypeArgs>()) {
    if (const ast::Name* name = type->base->try_as<ast::Name>()) {
      return name_ref(ctx, name, type->args);
    }
    return {};
  }
  // `module.Type` as in `time.Instant.now()`.
  const ast::Field* field = expr->try_as<ast::Field>();
  const ast::Name* base = field ? field->receiver->try_as<ast::Name>() : nullptr;
  if (!base || field->optional) return {};
  PathRef outer = name_ref(ctx, base, {});
  if (outer.kind != PathRef::Kind::Module) return {};
  const NameTable& table = *ctx.module_tables[outer.module.index];
  auto found = table.names.find(field->name.name);
  if (found == table.names.end() || !found->second.is_pub) return {};
  if (found->second.kind == Entity::Kind::Const) return {};
  return entity_ref(ctx, found->second, field->name, {});
}

// ---- `module.name`, `Enum.Variant` ---------------------------------------------------------

std::optional<TypeId> check_path_field(Context& ctx, const ast::Field* node, const Want& want) {
  PathRef path = resolve_receiver(ctx, node->receiver);
  switch (path.kind) {
    case PathRef::Kind::Value:
      return std::nullopt;
    case PathRef::Kind::Broken:
      return ctx.types.error();
    case PathRef::Kind::Module: {
      const Entity* item = find_in_module(ctx, path.module, node->name);
      return item ? use_entity(ctx, node, *item, node->name.name, want) : ctx.types.error();
    }
    case PathRef::Kind::Type: {
      std::optional<VariantRef> variant;
      if (ctx.kind(path.type) != TypeKind::Option) {
        variant = find_variant(ctx, path.type, node->name.name);
      }
      if (variant) return unit_variant(ctx, node, *variant, node->name.name, want);
      Symbol name = node->name.name;
      std::optional<MethodMatch> method = try_method(ctx, path.type, name, node->name.span);
      if (method && ctx.program.fns[method->fn].is_const) {
        CallSite site;
        site.node = node;
        site.name = node->name;
        return call_fn(ctx, site, method->fn, std::move(method->type_args), want);
      }
      if (method && wants_fn(ctx, want)) {
        return check_fn_value(ctx, node, method->fn, std::move(method->type_args), want);
      }
      if (ctx.kind(path.type) == TypeKind::Enum) {
        report_unknown_variant(ctx, path.type, node->name);
      } else {
        Report report = ctx.report(node->name.span, D::UnknownItemOfType,
                                   {ctx.show(path.type), ctx.text(node->name.name)});
        if (has_field(ctx, path.type, node->name.name)) {
          report.help("it is a field, which a value of the type has: `x." +
                      std::string(ctx.text(node->name.name)) + "`");
        }
      }
      return ctx.types.error();
    }
  }
  SKEIN_UNREACHABLE("an unknown kind of path");
}

}  // namespace skein::check
