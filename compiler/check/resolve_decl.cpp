// Gives declarations their meaning: attributes, fields, signatures.
#include <algorithm>

#include "compiler/check/bounds.h"
#include "compiler/check/check_dyn.h"
#include "compiler/check/check_generator.h"
#include "compiler/check/declare.h"
#include "compiler/check/foreign.h"
#include "compiler/check/foreign_trait.h"
#include "compiler/check/resolve_decl.h"
#include "compiler/check/resolve_type.h"
#include "compiler/check/suggest.h"
#include "compiler/check/trait_impl.h"
#include "compiler/check/traits.h"

namespace skein::check {

// ---- attributes ----------------------------------------------------------------------------

bool is_std(const Context& ctx) { return ctx.program.modules[ctx.table->module].is_std; }

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

void resolve_derives(Context& ctx, const ast::Item& item, std::vector<TraitId>& derives,
                     types::StructDecl* decl) {
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
      .help("write `" + ours + "`: in a pattern a name in small letters is a new variable")
      .fix(name.span, ours);
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

// ---- signatures -----------------------------------------------------------------------------

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
