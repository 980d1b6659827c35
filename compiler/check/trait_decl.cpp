// Traits as they are declared: parameters, associated types, supertraits, methods.
#include <algorithm>

#include "compiler/check/bounds.h"
#include "compiler/check/declare.h"
#include "compiler/check/resolve_decl.h"
#include "compiler/check/resolve_type.h"
#include "compiler/check/trait_impl.h"

namespace skein::check {

using types::AssocId;

// ---- heads ---------------------------------------------------------------------------------

static void add_assoc(Context& ctx, TraitId trait, const ast::TypeAliasItem& item) {
  types::TraitDecl& decl = ctx.program.traits[trait];
  for (AssocId other : decl.assocs) {
    const types::AssocDecl& first = ctx.program.assocs[other];
    if (first.name != item.name.name) continue;
    ctx.report(item.name.span, D::DuplicateName, {ctx.text(item.name.name)})
        .mark("declared again here")
        .label(first.span, "first declared here");
    return;
  }
  types::AssocDecl assoc;
  assoc.name = item.name.name;
  assoc.trait = trait;
  assoc.span = item.name.span;
  decl.assocs.push_back(ctx.program.assocs.add(std::move(assoc)));
}

void resolve_trait_head(Context& ctx, const ast::TraitItem& item, NameTable& outer) {
  TraitId id(ctx.decl_of_item[item.id.index]);
  types::TraitDecl& decl = ctx.program.traits[id];
  types::TypeParamDecl self = {ctx.known.self_type, {}, decl.span};
  decl.type_params.push_back(std::move(self));
  resolve_generics(ctx, item.generics, decl.type_params);
  TraitRef ref{id};
  for (uint32_t i = 1; i < decl.type_params.size(); ++i) ref.args.push_back(ctx.types.param(i));
  decl.type_params[0].bounds.push_back(std::move(ref));
  NameTable& table = table_with(ctx, outer, decl.type_params);
  table.self_type = ctx.types.param(0);
  table.hides_params = true;
  if (ctx.trait_tables.size() <= id.index) ctx.trait_tables.resize(id.index + 1);
  ctx.trait_tables[id.index] = &table;
  for (const ast::Item* member : item.items) {
    if (const ast::TypeAliasItem* type = member->try_as<ast::TypeAliasItem>()) {
      add_assoc(ctx, id, *type);
    }
  }
}

// ---- what they ask for ---------------------------------------------------------------------

static void resolve_assoc(Context& ctx, types::TraitDecl& trait, const ast::TypeAliasItem& item) {
  if (!item.generics.params.empty()) {
    ctx.report(item.generics.params[0].name.span, D::AssocParams)
        .help("give the trait the parameter: `trait Container<T> { type Item }`");
  }
  std::vector<TypeId> self;
  for (uint32_t i = 0; i < trait.type_params.size(); ++i) self.push_back(ctx.types.param(i));
  for (AssocId id : trait.assocs) {
    types::AssocDecl& assoc = ctx.program.assocs[id];
    if (assoc.span != item.name.span) continue;
    if (item.type) assoc.fallback = resolve_type(ctx, item.type);
    TypeId itself = ctx.types.assoc(id, self);
    for (const ast::TypeExpr* bound : item.bounds) {
      std::optional<TraitRef> ref = resolve_bound(ctx, bound, itself);
      if (ref) assoc.bounds.push_back(std::move(*ref));
    }
  }
}

// Whether `trait` is among those that `from` asks for.
static bool asks_for(const Context& ctx, TraitId from, TraitId trait) {
  std::vector<TraitId> seen = {from};
  for (size_t i = 0; i < seen.size(); ++i) {
    for (const TraitRef& super : ctx.program.traits[seen[i]].supertraits) {
      if (super.trait == trait) return true;
      if (std::find(seen.begin(), seen.end(), super.trait) == seen.end()) {
        seen.push_back(super.trait);
      }
    }
  }
  return false;
}

void resolve_trait_bounds(Context& ctx, const ast::TraitItem& item) {
  TraitId id(ctx.decl_of_item[item.id.index]);
  types::TraitDecl& decl = ctx.program.traits[id];
  InTable in(ctx, *ctx.trait_tables[id.index]);
  resolve_trait_attributes(ctx, item, decl);
  for (size_t i = 0; i < item.generics.params.size(); ++i) {
    const ast::TypeExpr* fallback = item.generics.params[i].fallback;
    if (fallback) decl.type_params[i + 1].fallback = resolve_type(ctx, fallback);
  }
  // Iter and Iterable of the library are marks that check/iterate knows.
  resolve_bounds(ctx, item.generics, 1, decl.type_params);
  for (const ast::TypeExpr* type : item.supertraits) {
    std::optional<TraitRef> super = resolve_bound(ctx, type, ctx.types.param(0));
    if (!super) continue;
    if (super->trait == id || asks_for(ctx, super->trait, id)) {
      ctx.report(type->span, D::SupertraitCycle, {ctx.text(decl.name)});
      continue;
    }
    decl.supertraits.push_back(std::move(*super));
  }
  for (const ast::Item* member : item.items) {
    const ast::TypeAliasItem* type = member->try_as<ast::TypeAliasItem>();
    if (type) resolve_assoc(ctx, decl, *type);
  }
}

// ---- methods -------------------------------------------------------------------------------

static void add_trait_method(Context& ctx, TraitId trait, const ast::FnItem& item,
                             NameTable& table) {
  types::TraitDecl& decl = ctx.program.traits[trait];
  for (FnId other : decl.methods) {
    if (ctx.program.fns[other].name != item.name.name) continue;
    ctx.report(item.name.span, D::DuplicateName, {ctx.text(item.name.name)})
        .mark("declared again here")
        .label(ctx.program.fns[other].span, "first declared here");
    return;
  }
  types::FnDecl fn;
  fn.name = item.name.name;
  fn.module = table.module;
  fn.display_name = std::string(ctx.text(decl.name)) + "." + std::string(ctx.text(item.name.name));
  fn.type_params = decl.type_params;
  fn.is_pub = true;
  fn.is_const = item.is_const;
  fn.trait = trait;
  fn.item = &item;
  fn.span = item.name.span;
  fn.result = ctx.types.error();
  ctx.fn_tables.push_back(nullptr);
  FnId id = ctx.program.fns.add(std::move(fn));
  decl.methods.push_back(id);
  ctx.trait_methods[item.name.name].push_back(id);
  resolve_fn(ctx, id, table);
}

void resolve_trait_methods(Context& ctx, const ast::TraitItem& item) {
  TraitId id(ctx.decl_of_item[item.id.index]);
  NameTable& table = *ctx.trait_tables[id.index];
  InTable in(ctx, table);
  for (const ast::Item* member : item.items) {
    const ast::FnItem* method = member->try_as<ast::FnItem>();
    if (method) add_trait_method(ctx, id, *method, table);
  }
}

}  // namespace skein::check
