// Calls: what is called, and conversions, which are written alike.
#include <algorithm>

#include "compiler/check/assoc.h"
#include "compiler/check/chain.h"
#include "compiler/check/check_closure.h"
#include "compiler/check/check_expr.h"
#include "compiler/check/check_generator.h"
#include "compiler/check/check_map.h"
#include "compiler/check/method.h"
#include "compiler/check/modules.h"
#include "compiler/check/resolve_type.h"
#include "compiler/check/spellings.h"
#include "compiler/check/suggest.h"

namespace skein::check {

// After a report about the call: nobody says any more what the parameters of closures are.
static void check_loose_args(Context& ctx, std::span<const ast::Arg> args) {
  for (const ast::Arg& arg : args) {
    bool is_closure = arg.value->is<ast::Closure>();
    check_expr(ctx, arg.value, is_closure ? Want::hint(ctx.types.error()) : Want());
  }
}

// ---- conversions ---------------------------------------------------------------------------

static bool is_number(TypeKind kind) { return types::is_integer(kind) || types::is_float(kind); }

static bool is_conversion_target(TypeKind kind) {
  return is_number(kind) || kind == TypeKind::Char;
}

static TypeId check_conversion(Context& ctx, const CallSite& site, TypeId target) {
  bool is_plain = site.args.size() == 1 && !site.args[0].name.valid() &&
                  site.args[0].mode == ast::Mode::Plain;
  if (!is_plain) {
    ctx.report(site.name.span, D::BadConversion, {ctx.show(target)})
        .help("a conversion takes one value: `" + ctx.show(target) + "(x)`");
    check_loose_args(ctx, site.args);
    return target;
  }
  const ast::Expr* arg = site.args[0].value;
  check_expr(ctx, arg);
  types::CallFact& call = ctx.add_call(site.node);
  call.conversion = target;
  call.args = {arg};
  ctx.conversions.push_back({site.node, arg, target});
  return target;
}

static bool converts(TypeKind from, TypeKind to) {
  if (to == TypeKind::Char) return types::is_integer(from) || from == TypeKind::Char;
  if (types::is_integer(to)) {
    return is_number(from) || from == TypeKind::Char || from == TypeKind::Bool;
  }
  return is_number(from);
}

static bool has_number_bound(Context& ctx, TypeId type) {
  const Type& param = ctx.types.get(type);
  const std::vector<types::TypeParamDecl>* params = ctx.table->params;
  if (!params || param.decl >= params->size()) return false;
  const std::vector<TraitRef>& bounds = (*params)[param.decl].bounds;
  return std::any_of(bounds.begin(), bounds.end(), [&](const TraitRef& bound) {
    return bound.trait == ctx.program.core.integer || bound.trait == ctx.program.core.real;
  });
}

void check_pending_conversions(Context& ctx) {
  for (const PendingConversion& conversion : ctx.conversions) {
    TypeId from = ctx.infer.resolve(ctx.program.type_of(conversion.arg));
    TypeKind kind = ctx.types.kind(from);
    TypeKind target = ctx.types.kind(conversion.target);
    bool is_generic = kind == TypeKind::Param && has_number_bound(ctx, from);
    if (kind == TypeKind::Error || is_generic || converts(kind, target)) continue;
    Report report = ctx.report(conversion.arg->span, D::NoConversion,
                               {ctx.show(from), ctx.show(conversion.target)});
    if (kind == TypeKind::Str && is_number(target)) {
      report.help("read it: `" + ctx.show(conversion.target) + ".parse(…)`");
    } else if (kind == TypeKind::Option) {
      report.help("it may be `none`: take the value out with `!` or `?? other`");
    } else if (kind == TypeKind::Task) {
      report.help("await the task first");
    } else if (kind == TypeKind::Enum) {
      report.help("a `match` says which number each variant has");
    }
  }
  ctx.conversions.clear();
}

// ---- calls of types ------------------------------------------------------------------------

// `P(1, 2)` or `P(x: 1)` as the literal that is meant; empty: it fits no literal.
static std::string literal_of_call(Context& ctx, const CallSite& site, TypeId type) {
  const types::StructDecl& decl = ctx.program.structs[StructId(ctx.types.get(type).decl)];
  if (site.args.empty() || site.args.size() != decl.fields.size()) return "";
  std::string fields;
  for (size_t i = 0; i < site.args.size(); ++i) {
    const ast::Arg& arg = site.args[i];
    if (arg.name.valid() && arg.name.name != decl.fields[i].name) return "";
    fields += (i > 0 ? ", " : "") + std::string(ctx.text(decl.fields[i].name)) + ": " +
              std::string(ctx.program.sources.text(arg.value->span));
  }
  return std::string(ctx.text(decl.name)) + " { " + fields + " }";
}

static void help_to_make(Context& ctx, Report& report, const CallSite& site, TypeId type) {
  std::string literal = literal_of_call(ctx, site, type);
  if (!literal.empty() && literal.find('\n') == std::string::npos) {
    report.help("make one with its fields named: `" + literal + "`")
        .fix(site.node->span, literal);
    return;
  }
  size_t mark = ctx.infer.mark();
  bool has_new = try_method(ctx, type, ctx.known.new_, site.name.span).has_value();
  ctx.infer.roll_back(mark);
  std::string name = type_head_name(ctx, type);
  report.help(has_new ? "make one with its function: `" + name + ".new(…)`"
                      : "make one with its fields named: `" + name + " { … }`");
}

static TypeId report_type_call(Context& ctx, const CallSite& site, TypeId type) {
  check_loose_args(ctx, site.args);
  Report report = ctx.report(site.name.span, D::NotCallable, {ctx.show(type), "a type"});
  switch (ctx.kind(type)) {
    case TypeKind::Struct:
      help_to_make(ctx, report, site, type);
      break;
    case TypeKind::Enum:
      report.help("make one of its variants: `" + ctx.show(type) + ".…`");
      break;
    case TypeKind::Str:
      report.help("show a value with `\"${x}\"` or `x.to_str()`");
      break;
    default:
      break;
  }
  return ctx.types.error();
}

// `Semaphore(2)`: the library's structs that are made by a function `new`.
static bool has_maker(Context& ctx, const CallSite& site, TypeId type) {
  const types::Type& found = ctx.types.get(type);
  if (found.kind != TypeKind::Struct) return false;
  const types::StructDecl& decl = ctx.program.structs[StructId(found.decl)];
  if (!ctx.program.modules[decl.module].is_std) return false;
  return try_method(ctx, type, ctx.known.new_, site.name.span).has_value();
}

// That of a type with other type arguments: what is wrong is that these ones do not meet a bound of it.
static std::optional<MethodMatch> find_for_other_args(Context& ctx, const CallSite& site,
                                                      TypeId type, Symbol name) {
  const types::Type given = ctx.types.get(type);
  if (given.args.empty()) return std::nullopt;
  std::vector<TypeId> args;
  for (size_t i = 0; i < given.args.size(); ++i) args.push_back(ctx.infer.fresh(site.name.span));
  TypeId other = given.kind == TypeKind::Struct ? ctx.types.struct_(StructId(given.decl), args)
                                                : ctx.types.make(given.kind, args);
  std::optional<MethodMatch> match = try_method(ctx, other, name, site.name.span);
  if (match) ctx.infer.unify(other, type);
  return match;
}

// `Atomic(0)` means the function `new` of a type of the library.
static TypeId call_type(Context& ctx, const CallSite& site, TypeId type, const Want& want) {
  type = ctx.infer.shallow(type);
  if (is_conversion_target(ctx.types.kind(type))) return check_conversion(ctx, site, type);
  bool is_library = is_map(ctx, type) || is_set(ctx, type) || has_maker(ctx, site, type);
  bool is_declared = (ctx.types.kind(type) == TypeKind::Struct && !is_library) ||
                     ctx.types.kind(type) == TypeKind::Enum ||
                     ctx.types.kind(type) == TypeKind::Param;
  if (is_declared) return report_type_call(ctx, site, type);
  // A set is made of its members, if there are any.
  bool has_members = is_set(ctx, type) && !site.args.empty();
  Symbol maker = has_members ? ctx.names.intern("of") : ctx.known.new_;
  std::optional<MethodMatch> match = try_method(ctx, type, maker, site.name.span);
  if (!match) match = find_for_other_args(ctx, site, type, maker);
  if (!match) return report_type_call(ctx, site, type);
  // After the method is found: that its bounds are not met is reported as such.
  if (want.type.valid()) ctx.infer.unify(type, want.type);
  // The type arguments belong to the type.
  CallSite call = site;
  call.type_args = {};
  return call_fn(ctx, call, match->fn, std::move(match->type_args), want);
}

// ---- calls of names ------------------------------------------------------------------------

static TypeId call_entity(Context& ctx, const CallSite& site, const Entity& entity,
                          const Want& want) {
  switch (entity.kind) {
    case Entity::Kind::Fn:
      return call_fn(ctx, site, FnId(entity.index), {}, want);
    case Entity::Kind::Struct:
    case Entity::Kind::Enum:
    case Entity::Kind::Alias:
    case Entity::Kind::TypeParam:
    case Entity::Kind::Builtin: {
      TypeId type =
          entity_type(ctx, entity, site.name, site.type_args, MissingArgs::Infer);
      if (!ctx.is_error(type)) return call_type(ctx, site, type, want);
      check_loose_args(ctx, site.args);
      return type;
    }
    case Entity::Kind::Broken:
    case Entity::Kind::None:
      check_loose_args(ctx, site.args);
      return ctx.types.error();
    case Entity::Kind::Module:
    case Entity::Kind::Trait:
    case Entity::Kind::Const:
    case Entity::Kind::Static:
      check_loose_args(ctx, site.args);
      ctx.report(site.name.span, D::NotCallable,
                 {ctx.text(site.name.name), kind_words(entity.kind)});
      return ctx.types.error();
  }
  SKEIN_UNREACHABLE("an unknown kind of name");
}

// `ok(v)` and `err(e)` where the context does not say which `Result` is meant.
static std::optional<VariantRef> loose_result(Context& ctx, ast::Ident name) {
  bool is_ok = name.name == ctx.known.ok;
  if (!is_ok && name.name != ctx.known.err) return std::nullopt;
  TypeId type = ctx.types.make(TypeKind::Result,
                               {ctx.infer.fresh(name.span), ctx.infer.fresh(name.span)});
  return VariantRef{type, is_ok ? 0u : 1u};
}

static TypeId call_name(Context& ctx, const CallSite& site, const ast::Name* callee,
                        const Want& want) {
  if (ctx.locals.find(callee->name).valid()) {
    ctx.fn_use = callee;
    TypeId type = check_expr(ctx, callee);
    TypeId fn_type = callable_type(ctx, type);
    if (fn_type.valid()) return call_value(ctx, site, callee, fn_type);
    check_loose_args(ctx, site.args);
    if (ctx.is_error(type)) return type;
    ctx.report(callee->span, D::NotCallable,
               {ctx.text(callee->name), "a `" + ctx.show(type) + "`"});
    return ctx.types.error();
  }
  if (want.type.valid()) {
    std::optional<VariantRef> variant = find_variant(ctx, want.type, callee->name);
    if (variant) return call_variant(ctx, site, *variant, want);
  }
  const Entity* entity = find_entity(ctx, {callee->name, callee->span});
  if (entity) return call_entity(ctx, site, *entity, want);
  std::optional<VariantRef> loose = loose_result(ctx, site.name);
  if (loose) return call_variant(ctx, site, *loose, want);
  if (report_foreign_call(ctx, site)) {
    check_loose_args(ctx, site.args);
    return ctx.types.error();
  }
  check_loose_args(ctx, site.args);
  if (!report_call_of_method(ctx, site)) check_expr(ctx, callee, want);
  return ctx.types.error();
}

// The type `T?` that the callee of `T?(x)` names, of any depth; none if it is an expression.
static std::optional<TypeId> option_type(Context& ctx, const ast::Expr* callee) {
  const ast::Try* option = callee->try_as<ast::Try>();
  if (!option) return std::nullopt;
  std::optional<TypeId> inner = option_type(ctx, option->operand);
  if (!inner) {
    PathRef path = resolve_receiver(ctx, option->operand);
    if (path.kind != PathRef::Kind::Type) return std::nullopt;
    inner = path.type;
  }
  return ctx.types.make(TypeKind::Option, {*inner});
}

// `int?(none)`: a value of that option type, the way to say which option is `none`.
static TypeId call_option(Context& ctx, const CallSite& site, TypeId type) {
  if (site.args.size() != 1 || site.args[0].name.valid()) {
    return report_type_call(ctx, site, type);
  }
  const ast::Expr* arg = site.args[0].value;
  check_value(ctx, arg, Want::must(type));
  types::CallFact& call = ctx.add_call(site.node);
  call.conversion = type;
  call.args = {arg};
  return type;
}

TypeId check_call(Context& ctx, const ast::Call* node, const Want& want) {
  CallSite site;
  site.node = node;
  site.args = node->args;
  const ast::Expr* callee = node->callee;
  if (const ast::TypeArgs* type_args = callee->try_as<ast::TypeArgs>()) {
    site.type_args = type_args->args;
    callee = type_args->base;
  }
  site.name = {Symbol(), callee->span};
  if (const ast::Name* name = callee->try_as<ast::Name>()) {
    site.name.name = name->name;
    return call_name(ctx, site, name, want);
  }
  if (std::optional<TypeId> option = option_type(ctx, callee)) {
    return call_option(ctx, site, *option);
  }
  TypeId type = check_expr(ctx, callee);
  TypeId fn_type = callable_type(ctx, type);
  if (fn_type.valid()) return call_value(ctx, site, callee, fn_type);
  check_loose_args(ctx, node->args);
  if (ctx.is_error(type)) return type;
  ctx.report(callee->span, D::NotCallable, {"this", "a `" + ctx.show(type) + "`"});
  return ctx.types.error();
}

// ---- `x.f(…)` ------------------------------------------------------------------------------

// `Type.f(…)`: a variant, or a function of the type's impls.
static TypeId call_of_type(Context& ctx, const CallSite& site, TypeId type, const Want& want) {
  bool has_variants = ctx.kind(type) == TypeKind::Enum || ctx.kind(type) == TypeKind::Result;
  if (has_variants) {
    std::optional<VariantRef> variant = find_variant(ctx, type, site.name.name);
    if (variant) return call_variant(ctx, site, *variant, want);
  }
  std::optional<MethodMatch> match = try_method(ctx, type, site.name.name, site.name.span);
  if (match && ctx.program.fns[match->fn].is_const) {
    Report report = ctx.report(site.name.span, D::NotCallable,
                               {ctx.text(site.name.name), "a constant"});
    report.help("leave the parentheses away");
    check_loose_args(ctx, site.args);
    return ctx.types.error();
  }
  if (match) return call_fn(ctx, site, match->fn, std::move(match->type_args), want);
  if (has_variants) {
    report_unknown_variant(ctx, type, site.name);
  } else {
    (void)find_method(ctx, type, site.name);
  }
  check_loose_args(ctx, site.args);
  return ctx.types.error();
}

static TypeId call_in_module(Context& ctx, const CallSite& site, ModuleId module,
                             const Want& want) {
  const Entity* item = find_in_module(ctx, module, site.name);
  if (item) return call_entity(ctx, site, *item, want);
  check_loose_args(ctx, site.args);
  return ctx.types.error();
}

static TypeId call_of_value(Context& ctx, const CallSite& site, TypeId type, const Want& want) {
  if (ctx.is_error(type)) {
    check_loose_args(ctx, site.args);
    return type;
  }
  if (ctx.infer.is_unknown(type)) settle_assocs(ctx);
  type = ctx.infer.shallow(type);
  if (ctx.infer.is_unknown(type)) {
    check_loose_args(ctx, site.args);
    ctx.report(site.receiver->span, D::NeedsType).help("write its type where it is declared");
    return ctx.types.error();
  }
  std::optional<MethodMatch> match = find_method(ctx, type, site.name);
  if (!match) {
    check_loose_args(ctx, site.args);
    return ctx.types.error();
  }
  const types::FnDecl& fn = ctx.program.fns[match->fn];
  if (!fn.has_self) {
    check_loose_args(ctx, site.args);
    std::string name = ctx.show(type) + "." + std::string(ctx.text(site.name.name));
    ctx.report(site.name.span, D::NotAMethod, {ctx.text(site.name.name)})
        .help("it belongs to the type: `" + name + "(…)`");
    return ctx.types.error();
  }
  if (fn.builtin == types::Builtin::TaskDetach) {
    check_scope_of_generator(ctx, site.name.span, "`detach`");
    TypeId value = ctx.types.arg(type);
    if (ctx.kind(value) == TypeKind::Result) {
      ctx.report(site.name.span, D::LostResult, {ctx.show(value)})
          .help("await the task and look at its result");
    }
  }
  return call_fn(ctx, site, match->fn, std::move(match->type_args), want);
}

TypeId check_method_call(Context& ctx, const ast::MethodCall* node, const Want& want) {
  CallSite site;
  site.node = node;
  site.name = node->name;
  site.args = node->args;
  site.type_args = node->type_args;
  if (!node->optional) {
    PathRef path = resolve_receiver(ctx, node->receiver);
    switch (path.kind) {
      case PathRef::Kind::Module:
        return call_in_module(ctx, site, path.module, want);
      case PathRef::Kind::Type:
        return call_of_type(ctx, site, path.type, want);
      case PathRef::Kind::Broken:
        check_loose_args(ctx, node->args);
        return ctx.types.error();
      case PathRef::Kind::Value:
        break;
    }
  }
  site.receiver = node->receiver;
  ChainLink link(ctx, node);
  site.is_chained = link.is_chained();
  ctx.scope_use = node->receiver;
  TypeId receiver = ctx.infer.shallow(check_expr(ctx, node->receiver));
  if (!node->optional) {
    TypeId type = call_of_value(ctx, site, receiver, want);
    link.finish();
    return type;
  }
  TypeId inner = chained_type(ctx, node, receiver);
  return chain_result(ctx, receiver, call_of_value(ctx, site, inner, Want()));
}

}  // namespace skein::check
