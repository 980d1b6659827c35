// Gives declarations their meaning: type parameters, fields, signatures, impls.
#include <algorithm>

#include "compiler/check/bounds.h"
#include "compiler/check/check_dyn.h"
#include "compiler/check/check_generator.h"
#include "compiler/check/declare.h"
#include "compiler/check/foreign.h"
#include "compiler/check/foreign_trait.h"
#include "compiler/check/iterate.h"
#include "compiler/check/method.h"
#include "compiler/check/resolve_decl.h"
#include "compiler/check/resolve_type.h"
#include "compiler/check/suggest.h"
#include "compiler/check/trait_impl.h"
#include "compiler/check/traits.h"

namespace skein::check {

// ---- attributes ----------------------------------------------------------------------------

static bool is_std(Context& ctx) { return ctx.program.modules[ctx.table->module].is_std; }

static void resolve_builtin(Context& ctx, const ast::Attribute& attribute, types::FnDecl& fn) {
  const ast::StrLit* name = attribute.args.size() == 1
                                ? attribute.args[0].value->try_as<ast::StrLit>()
                                : nullptr;
  if (name) fn.builtin = types::find_builtin(ctx.text(name->value));
  if (fn.builtin) return;
  ctx.report(attribute.span, D::UnknownBuiltin, {name ? ctx.text(name->value) : "?"});
}

// Says what is wrong with an attribute that this kind of item does not have.
static void refuse_attribute(Context& ctx, const ast::Attribute& attribute) {
  std::string_view name = ctx.text(attribute.name.name);
  Report report = ctx.report(attribute.name.span, D::UnknownAttribute, {name});
  suggest(report, attribute.name.span, name, {"derive", "plain", "blocking"});
}

static bool derives_json(Context& ctx, const ast::Item& item) {
  for (const ast::Attribute& attribute : item.attributes) {
    if (ctx.text(attribute.name.name) != "derive") continue;
    for (const ast::Arg& arg : attribute.args) {
      const ast::Name* name = arg.value->try_as<ast::Name>();
      if (name && ctx.text(name->name) == "Json") return true;
    }
  }
  return false;
}

// `@json("name")` before a field or variant, which is for `@derive(Json)`.
static void check_part_attributes(Context& ctx, const ast::Item& item,
                                  std::span<const ast::Attribute> attributes) {
  for (const ast::Attribute& attribute : attributes) {
    bool is_name = ctx.text(attribute.name.name) == "json" && attribute.args.size() == 1 &&
                   attribute.args[0].value->is<ast::StrLit>();
    if (!is_name) {
      refuse_attribute(ctx, attribute);
    } else if (!derives_json(ctx, item)) {
      ctx.report(attribute.name.span, D::UnknownAttribute, {"json"})
          .help("it is for a type with a form in JSON: write `@derive(Json)` before the type");
    }
  }
}

// `@plain`: what it stands before never suspends, which passes/check_plain holds it to.
static bool is_plain_attribute(Context& ctx, const ast::Attribute& attribute) {
  return ctx.text(attribute.name.name) == "plain" && attribute.args.empty();
}

void resolve_trait_attributes(Context& ctx, const ast::TraitItem& item, types::TraitDecl& decl) {
  for (const ast::Attribute& attribute : item.attributes) {
    if (is_plain_attribute(ctx, attribute)) {
      decl.is_plain = true;
    } else {
      refuse_attribute(ctx, attribute);
    }
  }
}

static void resolve_derives(Context& ctx, const ast::Item& item, std::vector<TraitId>& derives,
                            types::StructDecl* decl = nullptr) {
  for (const ast::Attribute& attribute : item.attributes) {
    if (decl && resolve_shareable(ctx, attribute, *decl)) continue;
    if (ctx.text(attribute.name.name) != "derive") {
      refuse_attribute(ctx, attribute);
      continue;
    }
    for (const ast::Arg& arg : attribute.args) {
      const ast::Name* name = arg.value->try_as<ast::Name>();
      const Entity* entity = name ? find_entity(ctx, {name->name, name->span}) : nullptr;
      bool is_trait = entity && entity->kind == Entity::Kind::Trait;
      if (is_trait && can_derive(ctx, TraitId(entity->index))) {
        derives.push_back(TraitId(entity->index));
        continue;
      }
      // Its impl stands beside the declaration, as if somebody had written it.
      if (is_trait && TraitId(entity->index) == ctx.program.core.json) continue;
      Report report = ctx.report(arg.value->span, D::NotDerivable,
                                 {name ? ctx.text(name->name) : "this"});
      if (name && help_with_foreign_trait(report, name->span, ctx.text(name->name))) continue;
      if (name && ctx.text(name->name) == "Json") {
        report.help("what it derives is in the library: `use std.json`");
        continue;
      }
      report.help("`@derive` knows `Eq`, `Ord`, `Hash`, `Show`, `Default`, and `Json` of std.json");
    }
  }
}

// ---- type parameters -----------------------------------------------------------------------

void resolve_generics(Context& ctx, const ast::Generics& generics,
                      std::vector<types::TypeParamDecl>& params) {
  size_t first_own = params.size();
  for (const ast::GenericParam& param : generics.params) {
    for (size_t i = first_own; i < params.size(); ++i) {
      if (params[i].name != param.name.name) continue;
      ctx.report(param.name.span, D::DuplicateName, {ctx.text(param.name.name)})
          .mark("declared again here")
          .label(params[i].span, "first declared here");
    }
    params.push_back({param.name.name, {}, param.name.span});
  }
}

// `F: fn(T) -> U`, `I: Iter<T>`, `S: Iterable<I>`: what check/iterate and check_closure know.
static bool resolve_type_bound(Context& ctx, const ast::TypeExpr* bound,
                               types::TypeParamDecl& param) {
  if (bound->kind == ast::TypeKind::Fn) {
    param.fn_bound = resolve_type(ctx, bound);
    return true;
  }
  const ast::NamedType* named = bound->try_as<ast::NamedType>();
  if (!named || named->path.size() != 1 || named->path.front().args.size() != 1) return false;
  const ast::PathSegment& segment = named->path.front();
  std::string_view name = ctx.text(segment.name.name);
  if (name != "Iter" && name != "Iterable") return false;
  const Entity* entity = find_entity(ctx, segment.name);
  bool is_trait = entity && entity->kind == Entity::Kind::Trait;
  if (!is_trait || !ctx.program.modules[ctx.program.traits[TraitId(entity->index)].module].is_std) {
    return false;
  }
  (name == "Iter" ? param.iter_item : param.iterator) = resolve_type(ctx, segment.args.front());
  return true;
}

// The first type parameter in a type, which carries what `where` says about it.
static std::optional<uint32_t> param_in(const Context& ctx, TypeId id) {
  const Type& type = ctx.types.get(id);
  if (type.kind == TypeKind::Param) return type.decl;
  for (TypeId arg : type.args) {
    if (std::optional<uint32_t> found = param_in(ctx, arg)) return found;
  }
  return std::nullopt;
}

static void resolve_predicate(Context& ctx, const ast::WherePredicate& predicate,
                              std::vector<types::TypeParamDecl>& params) {
  TypeId subject = resolve_type(ctx, predicate.subject);
  if (ctx.types.has_error(subject)) return;
  std::optional<uint32_t> position = param_in(ctx, subject);
  if (!position) {
    ctx.report(predicate.subject->span, D::GroundPredicate, {ctx.show(subject)});
    return;
  }
  bool is_param = ctx.types.kind(subject) == TypeKind::Param;
  types::TypeParamDecl& param = params[*position];
  for (const ast::TypeExpr* bound : predicate.bounds) {
    if (is_param && resolve_type_bound(ctx, bound, param)) continue;
    if (bound->kind == ast::TypeKind::Fn) {
      ctx.report(bound->span, D::FnBound, {ctx.show(subject)})
          .help("name what is called: `fn f<F: fn(int) -> int>(own g: F)`");
      continue;
    }
    std::optional<TraitRef> ref = resolve_bound(ctx, bound, subject);
    if (!ref) {
      param.has_unknown_bound = true;
    } else if (is_param) {
      param.bounds.push_back(std::move(*ref));
    } else {
      param.where.push_back({subject, std::move(*ref)});
    }
  }
}

void resolve_bounds(Context& ctx, const ast::Generics& generics, size_t first_own,
                    std::vector<types::TypeParamDecl>& params) {
  for (size_t i = 0; i < generics.params.size(); ++i) {
    types::TypeParamDecl& param = params[first_own + i];
    TypeId self = ctx.types.param(static_cast<uint32_t>(first_own + i));
    for (const ast::TypeExpr* bound : generics.params[i].bounds) {
      if (bound->kind == ast::TypeKind::Fn) continue;
      if (resolve_type_bound(ctx, bound, param)) continue;
      std::optional<TraitRef> ref = resolve_bound(ctx, bound, self);
      if (ref) {
        param.bounds.push_back(std::move(*ref));
      } else {
        param.has_unknown_bound = true;
      }
    }
  }
  // What `fn` takes and gives may be an associated type, which the bounds before say.
  for (size_t i = 0; i < generics.params.size(); ++i) {
    for (const ast::TypeExpr* bound : generics.params[i].bounds) {
      if (bound->kind == ast::TypeKind::Fn) resolve_type_bound(ctx, bound, params[first_own + i]);
    }
  }
  for (const ast::WherePredicate& predicate : generics.where) {
    resolve_predicate(ctx, predicate, params);
  }
}

static void refuse_fallbacks(Context& ctx, const ast::Generics& generics, std::string_view owner) {
  for (const ast::GenericParam& param : generics.params) {
    if (!param.fallback) continue;
    ctx.report(param.fallback->span, D::TypeDefault, {owner})
        .help("it is worked out at each use; a struct, an enum, a trait or a `type` has defaults");
  }
}

void report_default_order(Context& ctx, const ast::Generics& generics) {
  bool has_default = false;
  for (const ast::GenericParam& param : generics.params) {
    if (has_default && !param.fallback) {
      ctx.report(param.name.span, D::DefaultOrder, {ctx.text(param.name.name)})
          .help("those with defaults stand last, since they are left away from the end");
    }
    has_default = has_default || param.fallback;
  }
}

NameTable& table_with(Context& ctx, NameTable& outer,
                      const std::vector<types::TypeParamDecl>& params) {
  NameTable& table = new_table(ctx, outer);
  table.params = &params;
  for (size_t i = 0; i < params.size(); ++i) {
    table.names[params[i].name] = {.kind = Entity::Kind::TypeParam,
                                   .index = static_cast<uint32_t>(i),
                                   .span = params[i].span};
  }
  return table;
}

// `struct Table<K, V = str>`: what stands for a parameter that is left away, in terms of those
// before it.
static void resolve_fallbacks(Context& ctx, NameTable& table, const ast::Generics& generics,
                              std::vector<types::TypeParamDecl>& params) {
  report_default_order(ctx, generics);
  for (size_t i = 0; i < generics.params.size(); ++i) {
    if (!generics.params[i].fallback) continue;
    NameTable& inner = table_with(ctx, table, params);
    inner.hides_params = true;
    for (size_t later = i; later < params.size(); ++later) inner.names.erase(params[later].name);
    InTable in(ctx, inner);
    params[i].fallback = resolve_type(ctx, generics.params[i].fallback);
  }
}

void resolve_type_params(Context& ctx, NameTable& table, std::span<ast::Item* const> items) {
  InTable in(ctx, table);
  for (const ast::Item* item : items) {
    if (const ast::StructItem* node = item->try_as<ast::StructItem>()) {
      types::StructDecl& decl = ctx.program.structs[StructId(ctx.decl_of_item[item->id.index])];
      resolve_generics(ctx, node->generics, decl.type_params);
      resolve_derives(ctx, *item, decl.derives, &decl);
    } else if (const ast::EnumItem* node = item->try_as<ast::EnumItem>()) {
      types::EnumDecl& decl = ctx.program.enums[EnumId(ctx.decl_of_item[item->id.index])];
      resolve_generics(ctx, node->generics, decl.type_params);
      resolve_derives(ctx, *item, decl.derives);
    } else if (const ast::TraitItem* node = item->try_as<ast::TraitItem>()) {
      resolve_trait_head(ctx, *node, table);
    }
  }
}

void resolve_param_defaults(Context& ctx, NameTable& table, std::span<ast::Item* const> items) {
  for (const ast::Item* item : items) {
    if (const ast::StructItem* node = item->try_as<ast::StructItem>()) {
      types::StructDecl& decl = ctx.program.structs[StructId(ctx.decl_of_item[item->id.index])];
      resolve_fallbacks(ctx, table, node->generics, decl.type_params);
    } else if (const ast::EnumItem* node = item->try_as<ast::EnumItem>()) {
      types::EnumDecl& decl = ctx.program.enums[EnumId(ctx.decl_of_item[item->id.index])];
      resolve_fallbacks(ctx, table, node->generics, decl.type_params);
    }
  }
}

void resolve_param_bounds(Context& ctx, NameTable& table, std::span<ast::Item* const> items) {
  for (const ast::Item* item : items) {
    if (const ast::StructItem* node = item->try_as<ast::StructItem>()) {
      types::StructDecl& decl = ctx.program.structs[StructId(ctx.decl_of_item[item->id.index])];
      NameTable& inner = table_with(ctx, table, decl.type_params);
      inner.hides_params = true;
      InTable in(ctx, inner);
      resolve_bounds(ctx, node->generics, 0, decl.type_params);
    } else if (const ast::EnumItem* node = item->try_as<ast::EnumItem>()) {
      types::EnumDecl& decl = ctx.program.enums[EnumId(ctx.decl_of_item[item->id.index])];
      NameTable& inner = table_with(ctx, table, decl.type_params);
      inner.hides_params = true;
      InTable in(ctx, inner);
      resolve_bounds(ctx, node->generics, 0, decl.type_params);
    }
  }
}

// ---- fields --------------------------------------------------------------------------------

static std::vector<types::FieldDecl> named_fields(Context& ctx, const ast::Item& item,
                                                  std::span<const ast::FieldDecl> fields) {
  std::vector<types::FieldDecl> out;
  std::unordered_map<Symbol, Span, IdHash> seen;
  for (const ast::FieldDecl& field : fields) {
    auto [first, is_new] = seen.emplace(field.name.name, field.name.span);
    if (!is_new) {
      ctx.report(field.name.span, D::DuplicateName, {ctx.text(field.name.name)})
          .mark("declared again here")
          .label(first->second, "first declared here");
    }
    check_part_attributes(ctx, item, field.attributes);
    types::FieldDecl decl;
    decl.name = field.name.name;
    decl.type = resolve_type(ctx, field.type);
    decl.is_pub = field.is_pub;
    decl.default_value = field.fallback;
    decl.span = field.name.span;
    out.push_back(std::move(decl));
  }
  return out;
}

static types::VariantDecl resolve_variant(Context& ctx, const ast::EnumItem& item,
                                          const ast::VariantDecl& variant) {
  types::VariantDecl decl;
  decl.name = variant.name.name;
  decl.has_names = variant.has_named_fields;
  check_part_attributes(ctx, item, variant.attributes);
  decl.span = variant.name.span;
  if (variant.has_named_fields) decl.fields = named_fields(ctx, item, variant.fields);
  for (const ast::TypeExpr* payload : variant.payload) {
    types::FieldDecl field;
    field.type = resolve_type(ctx, payload);
    field.is_pub = true;
    field.span = payload->span;
    decl.fields.push_back(std::move(field));
  }
  return decl;
}

// Rule 58: in a pattern a small name is a new variable, so no variant could be matched by it.
static void check_variant_case(Context& ctx, ast::Ident name) {
  std::string text(ctx.text(name.name));
  if (text.empty() || text[0] < 'a' || text[0] > 'z') return;
  std::string ours = text;
  ours[0] = static_cast<char>(ours[0] - 'a' + 'A');
  ctx.report(name.span, D::VariantCase, {text})
      .help("write `" + ours + "`: in a pattern a name in small letters is a new variable");
}

static void resolve_variants(Context& ctx, const ast::EnumItem& item, types::EnumDecl& decl) {
  std::unordered_map<Symbol, Span, IdHash> seen;
  for (const ast::VariantDecl& variant : item.variants) {
    auto [first, is_new] = seen.emplace(variant.name.name, variant.name.span);
    if (!is_new) {
      ctx.report(variant.name.span, D::DuplicateName, {ctx.text(variant.name.name)})
          .mark("declared again here")
          .label(first->second, "first declared here");
      continue;
    }
    check_variant_case(ctx, variant.name);
    decl.variants.push_back(resolve_variant(ctx, item, variant));
  }
}

void resolve_fields(Context& ctx, NameTable& table, std::span<ast::Item* const> items) {
  for (const ast::Item* item : items) {
    if (const ast::StructItem* node = item->try_as<ast::StructItem>()) {
      types::StructDecl& decl = ctx.program.structs[StructId(ctx.decl_of_item[item->id.index])];
      NameTable& inner = table_with(ctx, table, decl.type_params);
      inner.hides_params = true;
      InTable in(ctx, inner);
      decl.fields = named_fields(ctx, *node, node->fields);
    } else if (const ast::EnumItem* node = item->try_as<ast::EnumItem>()) {
      types::EnumDecl& decl = ctx.program.enums[EnumId(ctx.decl_of_item[item->id.index])];
      NameTable& inner = table_with(ctx, table, decl.type_params);
      inner.hides_params = true;
      InTable in(ctx, inner);
      resolve_variants(ctx, *node, decl);
    }
  }
}

// ---- functions -----------------------------------------------------------------------------

static ParamMode param_mode(ast::Mode mode) {
  switch (mode) {
    case ast::Mode::Plain: return ParamMode::Borrow;
    case ast::Mode::Mut: return ParamMode::Mut;
    case ast::Mode::Own: return ParamMode::Own;
  }
  SKEIN_UNREACHABLE("an unknown mode");
}

static TypeId param_type(Context& ctx, const ast::Param& param) {
  if (!param.is_self) return param.type ? resolve_type(ctx, param.type) : ctx.types.error();
  TypeId self = self_type(ctx);
  if (self.valid()) return self;
  ctx.report(param.span, D::SelfOutside, {"self"})
      .help("methods stand in an `impl Type { … }` block");
  return ctx.types.error();
}

// A plain parameter of fn type stands for any closure: the function is compiled again for each.
static TypeId add_closure_param(Context& ctx, TypeId type, Span span, types::FnDecl& fn) {
  types::TypeParamDecl param;
  param.span = span;
  param.fn_bound = type;
  param.is_implicit = true;
  fn.type_params.push_back(std::move(param));
  return ctx.types.param(static_cast<uint32_t>(fn.type_params.size() - 1));
}

static void resolve_param(Context& ctx, const ast::Param& param, types::FnDecl& fn) {
  for (const types::ParamDecl& other : fn.params) {
    if (other.name != param.name.name || ctx.text(param.name.name) == "_") continue;
    ctx.report(param.name.span, D::DuplicateName, {ctx.text(param.name.name)})
        .mark("declared again here")
        .label(other.span, "first declared here");
  }
  types::ParamDecl decl;
  decl.name = param.name.name;
  decl.mode = param_mode(param.mode);
  ctx.allows_scope = decl.mode == ParamMode::Borrow;
  decl.type = param_type(ctx, param);
  ctx.allows_scope = false;
  decl.is_using = param.is_using;
  bool is_odd = param.is_using && ctx.types.kind(decl.type) != TypeKind::Scope &&
                ctx.types.kind(decl.type) != TypeKind::Error;
  if (is_odd) {
    ctx.report(param.span, D::SpawnInNoScope, {ctx.show(decl.type)})
        .help("only a scope is passed by itself: `using s: Scope`");
  }
  // What is kept, as by a generator, is a value of fn type.
  bool is_closure = ctx.types.kind(decl.type) == TypeKind::Fn && decl.mode == ParamMode::Borrow &&
                    !param.fallback && !fn.item->as<ast::FnItem>()->is_gen &&
                    !ctx.types.is_once(decl.type);
  if (is_closure) decl.type = add_closure_param(ctx, decl.type, param.name.span, fn);
  decl.default_value = param.fallback;
  decl.span = param.name.span;
  types::VarDecl var;
  var.name = decl.name;
  var.type = decl.type;
  var.is_mutable = decl.mode == ParamMode::Mut;
  var.is_param = true;
  var.mode = decl.mode;
  var.span = param.name.span;
  decl.var = new_var(ctx, std::move(var), {.origin = Origin::Param, .is_used = true});
  fn.params.push_back(std::move(decl));
  if (param.is_self) fn.has_self = true;
}

static void resolve_fn_attributes(Context& ctx, const ast::FnItem& item, types::FnDecl& fn) {
  for (const ast::Attribute& attribute : item.attributes) {
    if (ctx.text(attribute.name.name) == "builtin" && is_std(ctx)) {
      resolve_builtin(ctx, attribute, fn);
    } else if (resolve_foreign_attribute(ctx, attribute, fn)) {
      continue;
    } else if (is_plain_attribute(ctx, attribute)) {
      fn.is_plain = true;
    } else {
      refuse_attribute(ctx, attribute);
    }
  }
}

// `-> mut T`: what is given is inside what a `mut` parameter was lent (language rule 4).
static void resolve_place_result(Context& ctx, const ast::FnItem& item, types::FnDecl& fn) {
  bool is_lent = std::any_of(fn.params.begin(), fn.params.end(), [](const types::ParamDecl& param) {
    return param.mode == ParamMode::Mut;
  });
  TypeKind kind = ctx.types.kind(fn.result);
  if (is_lent && kind != TypeKind::Unit && kind != TypeKind::Never) {
    fn.gives_place = true;
    return;
  }
  Report report = ctx.report(item.ret->span, D::ResultNotLent, {fn.display_name});
  if (is_lent) {
    report.help("`()` is no place: leave the result away");
  } else {
    report.mark("a place inside of nothing: no parameter is `mut`")
        .help(fn.has_self ? "write `mut self`" : "lend it what the place is a part of: `mut` before "
                                                 "that parameter");
  }
}

void resolve_fn(Context& ctx, FnId id, NameTable& outer) {
  types::FnDecl& fn = ctx.program.fns[id];
  const ast::FnItem& item = *fn.item->as<ast::FnItem>();
  {
    InTable in(ctx, outer);
    resolve_generics(ctx, item.generics, fn.type_params);
    refuse_fallbacks(ctx, item.generics, "a function");
    resolve_fn_attributes(ctx, item, fn);
  }
  NameTable& table = table_with(ctx, outer, fn.type_params);
  bool is_method = fn.impl.valid() || fn.trait.valid();
  if (!is_method) table.self_type = TypeId();
  table.hides_params = !is_method;
  ctx.fn_tables[id.index] = &table;
  InTable in(ctx, table);
  resolve_bounds(ctx, item.generics, fn.type_params.size() - item.generics.params.size(),
                 fn.type_params);
  for (const ast::Param& param : item.params) resolve_param(ctx, param, fn);
  fn.result = item.ret ? resolve_type(ctx, item.ret) : ctx.types.unit();
  if (item.is_gen) resolve_generator(ctx, item, fn);
  if (item.ret_mut) resolve_place_result(ctx, item, fn);
  if (!is_std(ctx) || ctx.input.whole_library) use_fn(ctx, id);
}

// ---- impls ---------------------------------------------------------------------------------

static void resolve_drop(Context& ctx, FnId id, TypeId self) {
  const types::FnDecl& fn = ctx.program.fns[id];
  bool has_shape = fn.has_self && fn.params.size() == 1 && fn.params[0].mode == ParamMode::Mut &&
                   ctx.types.kind(fn.result) == TypeKind::Unit;
  if (!has_shape) {
    ctx.report(fn.span, D::BadDrop).help("write it `fn drop(mut self) { … }`");
    return;
  }
  Type type = ctx.types.get(self);
  for (uint32_t i = 0; i < type.args.size(); ++i) {
    if (type.args[i] == ctx.types.param(i)) continue;
    ctx.report(fn.span, D::BadDrop)
        .help("it is for every `" + type_head_name(ctx, self) + "`, with the type parameters in "
              "the order of the declaration");
    return;
  }
  FnId* place = nullptr;
  if (type.kind == TypeKind::Struct) place = &ctx.program.structs[StructId(type.decl)].drop_fn;
  if (type.kind == TypeKind::Enum) place = &ctx.program.enums[EnumId(type.decl)].drop_fn;
  if (!place) return;
  if (place->valid()) {
    ctx.report(fn.span, D::DuplicateName, {"drop"})
        .mark("declared again here")
        .label(ctx.program.fns[*place].span, "first declared here");
    return;
  }
  *place = id;
  // Called wherever a value dies, without being named: so a library's is needed as soon as its module is.
  use_fn(ctx, id);
}

static bool is_own_package(Context& ctx, ModuleId module) {
  return ctx.program.modules[module].package == ctx.program.modules[ctx.table->module].package;
}

// Methods of a type stand in the package that declares it.
static bool is_own_type(Context& ctx, TypeId type) {
  if (is_std(ctx)) return true;
  Type head = ctx.types.get(type);
  ModuleId module;
  if (head.kind == TypeKind::Struct) module = ctx.program.structs[StructId(head.decl)].module;
  if (head.kind == TypeKind::Enum) module = ctx.program.enums[EnumId(head.decl)].module;
  if (head.kind == TypeKind::Dyn) module = ctx.program.traits[TraitId(head.decl)].module;
  return module.valid() && is_own_package(ctx, module);
}

static void add_methods(Context& ctx, ImplId impl_id, NameTable& table, const ast::ImplItem& item) {
  for (const ast::Item* member : item.items) {
    const ast::FnItem* method = member->try_as<ast::FnItem>();
    types::ImplDecl& impl = ctx.program.impls[impl_id];
    if (!method) {
      bool is_type = impl.trait && member->is<ast::TypeAliasItem>();
      if (!is_type) {
        ctx.report(member->name.span, D::ImplType)
            .help("write `type` outside of it; those inside belong to a trait");
      }
      continue;
    }
    types::FnDecl fn;
    fn.name = method->name.name;
    fn.module = table.module;
    fn.display_name = type_head_name(ctx, impl.self_type) + "." +
                      std::string(ctx.text(method->name.name));
    fn.type_params = impl.type_params;
    fn.is_pub = method->is_pub;
    fn.is_const = method->is_const;
    fn.impl = impl_id;
    fn.item = method;
    fn.span = method->name.span;
    fn.result = ctx.types.error();
    ctx.fn_tables.push_back(nullptr);
    FnId id = ctx.program.fns.add(std::move(fn));
    resolve_fn(ctx, id, table);
    if (!impl.trait) enter_method(ctx, id, impl.self_type);
    if (impl.trait && is_iteration(ctx, *impl.trait)) enter_iter_method(ctx, id);
    impl.methods.push_back(id);
    // `assert` and `${x:?}` show any value, also one deep inside another, without asking for the trait.
    if (impl.trait && *impl.trait == ctx.program.core.show) use_fn(ctx, id);
    bool can_be_drop = !impl.trait || *impl.trait == ctx.program.core.drop;
    if (can_be_drop && method->name.name == ctx.known.drop) resolve_drop(ctx, id, impl.self_type);
  }
}

static void resolve_impl_head(Context& ctx, const ast::ImplItem& item, NameTable& outer) {
  ImplId id = ctx.program.impls.add({});
  note_decl(ctx, item, id.index);
  ctx.impl_tables.resize(ctx.program.impls.size());
  types::ImplDecl& impl = ctx.program.impls[id];
  impl.module = outer.module;
  impl.span = item.self_type->span;
  impl.is_derived = item.is_derived;
  // Nothing can be derived without std.json, which was said.
  impl.self_type = ctx.types.error();
  if (item.is_derived && !ctx.program.core.json.valid()) return;
  resolve_generics(ctx, item.generics, impl.type_params);
  refuse_fallbacks(ctx, item.generics, "an `impl`");
  NameTable& table = table_with(ctx, outer, impl.type_params);
  table.hides_params = true;
  InTable in(ctx, table);
  resolve_bounds(ctx, item.generics, 0, impl.type_params);
  impl.self_type = resolve_type(ctx, item.self_type);
  table.self_type = impl.self_type;
  if (item.trait) {
    std::optional<TraitRef> ref = resolve_impl_trait(ctx, item.trait, impl.self_type);
    if (!ref) return;
    impl.trait = ref->trait;
    impl.trait_args = std::move(ref->args);
  }
  if (ctx.types.has_error(impl.self_type)) return;
  // An impl stands in the package of its trait or of one of its types: `impl Mul<Vec> for int`.
  bool is_own = (impl.trait && is_own_package(ctx, ctx.program.traits[*impl.trait].module)) ||
                is_own_type(ctx, impl.self_type) ||
                std::any_of(impl.trait_args.begin(), impl.trait_args.end(),
                            [&](TypeId arg) { return is_own_type(ctx, arg); });
  if (!is_own) {
    ctx.report(item.self_type->span, D::ForeignImpl, {ctx.show(impl.self_type)})
        .help("write a function that takes it, or wrap it in a struct of your own");
    if (impl.trait) {
      impl.self_type = ctx.types.error();
      return;
    }
    // Its methods are there all the same, or each use of one would be a report.
  }
  ctx.impl_tables[id.index] = &table;
  if (impl.trait) enter_trait_impl(ctx, id, item);
}

void resolve_impl_heads(Context& ctx, NameTable& table, std::span<ast::Item* const> items) {
  for (const ast::Item* item : items) {
    if (const ast::ImplItem* impl = item->try_as<ast::ImplItem>()) {
      resolve_impl_head(ctx, *impl, table);
    }
  }
}

void resolve_impl_types(Context& ctx, NameTable&, std::span<ast::Item* const> items) {
  for (const ast::Item* item : items) {
    const ast::ImplItem* impl = item->try_as<ast::ImplItem>();
    if (!impl || !impl->trait) continue;
    ImplId id(ctx.decl_of_item[item->id.index]);
    if (!ctx.impl_tables[id.index]) continue;
    InTable in(ctx, *ctx.impl_tables[id.index]);
    resolve_impl_types(ctx, id, *impl);
  }
}

static void resolve_impl_methods(Context& ctx, const ast::ImplItem& item) {
  ImplId id(ctx.decl_of_item[item.id.index]);
  NameTable* table = ctx.impl_tables[id.index];
  if (!table) return;
  InTable in(ctx, *table);
  add_methods(ctx, id, *table, item);
}

// Without a type it has that of its value, which is found before any body is looked at; in a block
// that would be too late.
static void resolve_const(Context& ctx, const ast::ConstItem& item, NameTable& table) {
  InTable in(ctx, table);
  types::ConstDecl& decl = ctx.program.consts[ConstId(ctx.decl_of_item[item.id.index])];
  if (item.type) {
    decl.type = resolve_type(ctx, item.type);
  } else if (ctx.body) {
    ctx.report(item.name.span, D::ConstWithoutType, {ctx.text(item.name.name)});
  }
}

// `word` declares it: `static`, `task_local` or `thread_local`.
template <class Item>
static void resolve_static(Context& ctx, std::string_view word, const Item& item,
                           NameTable& table) {
  InTable in(ctx, table);
  types::StaticDecl& decl = ctx.program.statics[StaticId(ctx.decl_of_item[item.id.index])];
  if (item.type) {
    decl.type = resolve_type(ctx, item.type);
    return;
  }
  std::string name(ctx.text(item.name.name));
  ctx.report(item.name.span, D::StaticWithoutType, {word, name})
      .help("write it: `" + std::string(word) + " " + name + ": … = …`");
}

void resolve_signatures(Context& ctx, NameTable& table, std::span<ast::Item* const> items) {
  for (const ast::Item* item : items) {
    switch (item->kind) {
      case ast::ItemKind::Fn:
        resolve_fn(ctx, FnId(ctx.decl_of_item[item->id.index]), table);
        break;
      case ast::ItemKind::Test:
        if (!has_tests(ctx, table.module)) break;
        resolve_fn(ctx, FnId(ctx.decl_of_item[item->as<ast::TestItem>()->fn->id.index]), table);
        break;
      case ast::ItemKind::Impl:
        resolve_impl_methods(ctx, *item->as<ast::ImplItem>());
        break;
      case ast::ItemKind::Const:
        resolve_const(ctx, *item->as<ast::ConstItem>(), table);
        break;
      case ast::ItemKind::Static:
        resolve_static(ctx, "static", *item->as<ast::StaticItem>(), table);
        break;
      case ast::ItemKind::TaskLocal:
        resolve_static(ctx, "task_local", *item->as<ast::TaskLocalItem>(), table);
        break;
      case ast::ItemKind::ThreadLocal:
        resolve_static(ctx, "thread_local", *item->as<ast::ThreadLocalItem>(), table);
        break;
      case ast::ItemKind::Extern:
        resolve_foreign(ctx, *item->as<ast::ExternItem>(), table);
        break;
      case ast::ItemKind::TypeAlias: {
        // Looked at even if nothing uses it.
        InTable in(ctx, table);
        const Entity* entity = table.find(item->name.name);
        if (entity && entity->kind == Entity::Kind::Alias) {
          (void)entity_type(ctx, *entity, item->name, {}, MissingArgs::Infer);
        }
        break;
      }
      case ast::ItemKind::Struct:
      case ast::ItemKind::Enum:
      case ast::ItemKind::Trait:   // before, since impls ask what they have to do
      case ast::ItemKind::Use:
        break;
    }
  }
}

void resolve_trait_bounds(Context& ctx, NameTable&, std::span<ast::Item* const> items) {
  for (const ast::Item* item : items) {
    const ast::TraitItem* trait = item->try_as<ast::TraitItem>();
    if (trait) resolve_trait_bounds(ctx, *trait);
  }
}

void resolve_trait_methods(Context& ctx, NameTable&, std::span<ast::Item* const> items) {
  for (const ast::Item* item : items) {
    const ast::TraitItem* trait = item->try_as<ast::TraitItem>();
    if (trait) resolve_trait_methods(ctx, *trait);
  }
}

void declare_block_items(Context& ctx, NameTable& table, std::span<ast::Item* const> items) {
  uint32_t first_struct = static_cast<uint32_t>(ctx.program.structs.size());
  uint32_t first_enum = static_cast<uint32_t>(ctx.program.enums.size());
  uint32_t first_impl = static_cast<uint32_t>(ctx.program.impls.size());
  enter_items(ctx, table, items);
  resolve_type_params(ctx, table, items);
  resolve_param_defaults(ctx, table, items);
  resolve_trait_bounds(ctx, table, items);
  resolve_param_bounds(ctx, table, items);
  resolve_fields(ctx, table, items);
  box_recursive_fields(ctx, first_struct, first_enum);
  resolve_impl_heads(ctx, table, items);
  resolve_impl_types(ctx, table, items);
  resolve_trait_methods(ctx, table, items);
  resolve_signatures(ctx, table, items);
  check_trait_impls(ctx, first_impl);
  check_dyn_types(ctx);
  ask_written_types(ctx);
  check_derives(ctx, first_struct, first_enum);
  check_derived_impls(ctx, first_impl);
}

}  // namespace skein::check
