// Gives impls their meaning: for which type, of which trait, and what their methods look like.
#include <algorithm>

#include "compiler/check/bounds.h"
#include "compiler/check/declare.h"
#include "compiler/check/iterate.h"
#include "compiler/check/method.h"
#include "compiler/check/resolve_decl.h"
#include "compiler/check/resolve_type.h"
#include "compiler/check/trait_impl.h"

namespace skein::check {

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

// `impl Stack<T>` for `impl<T> Stack<T>`: where no parameters are declared, a name that is no type's is taken for one,
// so that the methods are there all the same.
static void add_forgotten_params(Context& ctx, const ast::ImplItem& item, NameTable& outer,
                                 std::vector<types::TypeParamDecl>& params) {
  const ast::NamedType* type = item.self_type->try_as<ast::NamedType>();
  if (!type || !item.generics.params.empty()) return;
  InTable in(ctx, outer);
  for (const ast::TypeExpr* arg : type->path.back().args) {
    const ast::NamedType* name = arg->try_as<ast::NamedType>();
    if (!name || name->path.size() > 1 || !name->path[0].args.empty()) continue;
    ast::Ident ident = name->path[0].name;
    if (ctx.text(ident.name).size() > 1 || find_entity(ctx, ident)) continue;
    types::TypeParamDecl param;
    param.name = ident.name;
    param.span = ident.span;
    params.push_back(std::move(param));
  }
  if (params.empty()) return;
  std::string list = params_text(ctx, params);
  Report report = ctx.report(params[0].span, D::UnknownType, {ctx.text(params[0].name)});
  report.help("type parameters are declared first: `impl" + list + " …`");
  Span keyword = {item.span.begin, item.span.begin + 4};
  if (ctx.program.sources.text(keyword) == "impl") {
    report.fix({keyword.end, keyword.end}, list);
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
  add_forgotten_params(ctx, item, outer, impl.type_params);
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

void resolve_impl_methods(Context& ctx, const ast::ImplItem& item) {
  ImplId id(ctx.decl_of_item[item.id.index]);
  NameTable* table = ctx.impl_tables[id.index];
  if (!table) return;
  InTable in(ctx, *table);
  add_methods(ctx, id, *table, item);
}

}  // namespace skein::check
