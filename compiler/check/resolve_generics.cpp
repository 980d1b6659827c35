// Gives type parameters their meaning: bounds, `where`, defaults.
#include <algorithm>

#include "compiler/check/bounds.h"
#include "compiler/check/declare.h"
#include "compiler/check/resolve_decl.h"
#include "compiler/check/resolve_type.h"
#include "compiler/check/trait_impl.h"

namespace skein::check {

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

void refuse_fallbacks(Context& ctx, const ast::Generics& generics, std::string_view owner) {
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

}  // namespace skein::check
