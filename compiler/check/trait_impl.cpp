// Traits of the program and their impls.
//
// A call on a value whose type is known reaches the method of the impl directly. On a type
// parameter it names the trait's method with the parameter as `Self`; passes/specialize puts the
// impl's in its place once the type is known.
#include "compiler/check/trait_impl.h"

#include <algorithm>

#include "compiler/check/declare.h"
#include "compiler/check/resolve_decl.h"
#include "compiler/check/resolve_type.h"
#include "compiler/check/suggest.h"
#include "compiler/check/traits.h"

namespace skein::check {

// ---- declarations --------------------------------------------------------------------------

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
  fn.type_params.push_back({ctx.known.self_type, {trait}, decl.span});
  fn.is_pub = true;
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

void resolve_trait_decl(Context& ctx, const ast::TraitItem& item, NameTable& outer) {
  TraitId id(ctx.decl_of_item[item.id.index]);
  NameTable& table = new_table(ctx, outer);
  table.self_type = ctx.types.param(0);
  table.params = nullptr;
  table.hides_params = true;
  InTable in(ctx, table);
  // Iter and Iterable of the library are marks that check/iterate knows.
  bool is_std = ctx.program.modules[table.module].is_std;
  if (!item.generics.params.empty() && !is_std) {
    ctx.not_yet(item.generics.params[0].name.span, "a trait with type parameters");
  }
  if (item.is_unique) ctx.not_yet(item.name.span, "`unique trait`");
  for (const ast::TypeExpr* type : item.supertraits) {
    TraitId super = resolve_trait(ctx, type);
    if (super.valid()) ctx.program.traits[id].supertraits.push_back(super);
  }
  for (const ast::Item* member : item.items) {
    if (const ast::FnItem* method = member->try_as<ast::FnItem>()) {
      add_trait_method(ctx, id, *method, table);
    } else {
      ctx.not_yet(member->name.span, "a type or constant in a trait");
    }
  }
}

bool implies_trait(const Context& ctx, TraitId bound, TraitId wanted) {
  std::vector<TraitId> seen = {bound};
  for (size_t i = 0; i < seen.size(); ++i) {
    if (seen[i] == wanted) return true;
    for (TraitId super : ctx.program.traits[seen[i]].supertraits) {
      if (std::find(seen.begin(), seen.end(), super) == seen.end()) seen.push_back(super);
    }
  }
  return false;
}

// ---- impls ---------------------------------------------------------------------------------

static std::vector<TypeId> fresh_args(Context& ctx, const types::ImplDecl& impl, Span span) {
  std::vector<TypeId> args;
  for (size_t i = 0; i < impl.type_params.size(); ++i) args.push_back(ctx.infer.fresh(span));
  return args;
}

static bool overlaps(Context& ctx, const types::ImplDecl& a, const types::ImplDecl& b) {
  size_t mark = ctx.infer.mark();
  bool same = ctx.infer.unify(ctx.types.substitute(a.self_type, fresh_args(ctx, a, a.span)),
                              ctx.types.substitute(b.self_type, fresh_args(ctx, b, b.span)));
  ctx.infer.roll_back(mark);
  return same;
}

void enter_trait_impl(Context& ctx, ImplId id, const ast::ImplItem& item) {
  const types::ImplDecl& impl = ctx.program.impls[id];
  types::TraitDecl& trait = ctx.program.traits[*impl.trait];
  bool is_std = ctx.program.modules[impl.module].is_std;
  if (ctx.types.kind(impl.self_type) == TypeKind::Param) {
    ctx.not_yet(item.self_type->span, "an `impl` for every type");
    return;
  }
  if (!is_std && is_mark(ctx, *impl.trait)) {
    ctx.report(item.trait->span, D::SealedTrait, {ctx.text(trait.name)});
    return;
  }
  if (!is_std && ctx.program.modules[trait.module].is_std && trait.methods.empty()) {
    ctx.not_yet(item.trait->span, "`impl " + std::string(ctx.text(trait.name)) + "`");
    return;
  }
  if (std::optional<Span> derived = find_derive(ctx, impl.self_type, *impl.trait)) {
    ctx.report(impl.span, D::OverlappingImpls, {ctx.show(impl.self_type), ctx.text(trait.name)})
        .label(*derived, "derived here");
    return;
  }
  for (ImplId other : trait.impls) {
    if (!overlaps(ctx, impl, ctx.program.impls[other])) continue;
    ctx.report(impl.span, D::OverlappingImpls, {ctx.show(impl.self_type), ctx.text(trait.name)})
        .label(ctx.program.impls[other].span, "the first `impl`");
    return;
  }
  trait.impls.push_back(id);
  use_bridge(ctx, *impl.trait);
}

std::optional<ImplMatch> find_trait_impl(Context& ctx, TypeId type, TraitId trait, Span span) {
  for (ImplId id : ctx.program.traits[trait].impls) {
    const types::ImplDecl& impl = ctx.program.impls[id];
    size_t mark = ctx.infer.mark();
    std::vector<TypeId> args = fresh_args(ctx, impl, span);
    bool fits = ctx.infer.unify(ctx.types.substitute(impl.self_type, args), type);
    for (size_t i = 0; fits && i < args.size(); ++i) {
      for (TraitId bound : impl.type_params[i].bounds) {
        if (has_trait(ctx, args[i], bound) == Answer::No) fits = false;
      }
    }
    if (fits) return ImplMatch{id, std::move(args)};
    ctx.infer.roll_back(mark);
  }
  return std::nullopt;
}

// ---- methods -------------------------------------------------------------------------------

static FnId find_in_impl(const Context& ctx, ImplId impl, Symbol name) {
  for (FnId id : ctx.program.impls[impl].methods) {
    if (ctx.program.fns[id].name == name) return id;
  }
  return FnId();
}

static bool param_has_bound(const Context& ctx, uint32_t position, TraitId trait) {
  const std::vector<types::TypeParamDecl>* params = ctx.table->params;
  if (!params || position >= params->size()) return false;
  const std::vector<TraitId>& bounds = (*params)[position].bounds;
  return std::any_of(bounds.begin(), bounds.end(),
                     [&](TraitId bound) { return implies_trait(ctx, bound, trait); });
}

// What a literal is looked up as.
static TypeId lookup_type(Context& ctx, TypeId type) {
  std::optional<VarKind> number = ctx.infer.var_kind(type);
  if (number == VarKind::Integer) return ctx.types.int_();
  if (number == VarKind::Float) return ctx.types.plain(TypeKind::Float);
  return ctx.infer.shallow(type);
}

std::optional<MethodMatch> try_trait_method(Context& ctx, TypeId type, Symbol name, Span span) {
  auto found = ctx.trait_methods.find(name);
  if (found == ctx.trait_methods.end() || ctx.infer.is_unknown(type)) return std::nullopt;
  TypeId self = lookup_type(ctx, type);
  for (FnId method : found->second) {
    TraitId trait = ctx.program.fns[method].trait;
    const Type& head = ctx.types.get(self);
    if (head.kind == TypeKind::Param) {
      if (param_has_bound(ctx, head.decl, trait)) return MethodMatch{method, {self}};
      continue;
    }
    std::optional<ImplMatch> match = find_trait_impl(ctx, self, trait, span);
    if (match) {
      ctx.infer.unify(type, self);
      FnId own = find_in_impl(ctx, match->impl, name);
      if (own.valid()) return MethodMatch{own, std::move(match->args)};
      return MethodMatch{method, {self}};
    }
    if (has_trait(ctx, type, trait) == Answer::Yes) {
      return MethodMatch{method, {ctx.infer.shallow(type)}};
    }
  }
  return std::nullopt;
}

// ---- what an impl has to do ----------------------------------------------------------------

static std::string_view mode_text(ParamMode mode) {
  switch (mode) {
    case ParamMode::Borrow: return "";
    case ParamMode::Mut: return "mut ";
    case ParamMode::Own: return "own ";
  }
  SKEIN_UNREACHABLE("an unknown mode");
}

// A method of the trait as the impl has to write it.
static std::string signature_text(Context& ctx, const types::FnDecl& method,
                                  const std::vector<TypeId>& args) {
  std::string out = "fn " + std::string(ctx.text(method.name)) + "(";
  for (size_t i = 0; i < method.params.size(); ++i) {
    const types::ParamDecl& param = method.params[i];
    if (i > 0) out += ", ";
    out += std::string(mode_text(param.mode)) + std::string(ctx.text(param.name));
    bool is_self = i == 0 && method.has_self;
    if (!is_self) out += ": " + ctx.show(ctx.types.substitute(param.type, args));
  }
  out += ")";
  TypeId result = ctx.types.substitute(method.result, args);
  if (ctx.types.kind(result) != TypeKind::Unit) out += " -> " + ctx.show(result);
  return out;
}

// The arguments that make a signature of the trait one of the impl: the type as `Self`, and the
// method's own parameters, which stand behind those of the impl.
static std::vector<TypeId> trait_args(Context& ctx, const types::ImplDecl& impl,
                                      const types::FnDecl& method) {
  std::vector<TypeId> args = {impl.self_type};
  for (size_t i = 1; i < method.type_params.size(); ++i) {
    args.push_back(ctx.types.param(static_cast<uint32_t>(impl.type_params.size() + i - 1)));
  }
  return args;
}

static bool same_type(Context& ctx, TypeId a, TypeId b) {
  return a == b || ctx.types.has_error(a) || ctx.types.has_error(b);
}

// Whether the impl asks no more of the method's own parameters than the trait does.
static bool same_bounds(const types::ImplDecl& impl, const types::FnDecl& wanted,
                        const types::FnDecl& given) {
  size_t own = wanted.type_params.size() - 1;
  if (given.type_params.size() != impl.type_params.size() + own) return false;
  for (size_t i = 0; i < own; ++i) {
    const std::vector<TraitId>& allowed = wanted.type_params[1 + i].bounds;
    for (TraitId bound : given.type_params[impl.type_params.size() + i].bounds) {
      if (std::find(allowed.begin(), allowed.end(), bound) == allowed.end()) return false;
    }
  }
  return true;
}

static bool same_signature(Context& ctx, const types::ImplDecl& impl, const types::FnDecl& wanted,
                           const types::FnDecl& given) {
  if (wanted.has_self != given.has_self || wanted.params.size() != given.params.size() ||
      !same_bounds(impl, wanted, given)) {
    return false;
  }
  std::vector<TypeId> args = trait_args(ctx, impl, wanted);
  for (size_t i = 0; i < wanted.params.size(); ++i) {
    TypeId type = ctx.types.substitute(wanted.params[i].type, args);
    if (wanted.params[i].mode != given.params[i].mode) return false;
    if (!same_type(ctx, type, given.params[i].type)) return false;
  }
  return same_type(ctx, ctx.types.substitute(wanted.result, args), given.result);
}

static void check_given(Context& ctx, const types::ImplDecl& impl, const types::TraitDecl& trait,
                        FnId id) {
  const types::FnDecl& given = ctx.program.fns[id];
  std::vector<std::string_view> names;
  for (FnId method : trait.methods) {
    const types::FnDecl& wanted = ctx.program.fns[method];
    names.push_back(ctx.text(wanted.name));
    if (wanted.name != given.name) continue;
    if (same_signature(ctx, impl, wanted, given)) return;
    bool is_ours = !ctx.program.modules[trait.module].is_std;
    Report report = ctx.report(given.span, D::ImplMismatch,
                               {ctx.text(given.name), ctx.text(trait.name)});
    if (is_ours) report.label(wanted.span, "declared here");
    report.help("write it `" + signature_text(ctx, wanted, trait_args(ctx, impl, wanted)) + "`");
    return;
  }
  Report report =
      ctx.report(given.span, D::NotInTrait, {ctx.text(trait.name), ctx.text(given.name)});
  bool suggested = suggest(report, given.span, ctx.text(given.name), std::move(names));
  if (!suggested) report.help("other methods stand in an `impl` of the type alone");
}

static void check_impl(Context& ctx, const types::ImplDecl& impl) {
  const types::TraitDecl& trait = ctx.program.traits[*impl.trait];
  for (FnId method : impl.methods) check_given(ctx, impl, trait, method);
  std::string missing;
  std::string first;
  for (FnId id : trait.methods) {
    const types::FnDecl& wanted = ctx.program.fns[id];
    bool is_given = std::any_of(impl.methods.begin(), impl.methods.end(), [&](FnId given) {
      return ctx.program.fns[given].name == wanted.name;
    });
    bool has_body = wanted.item->as<ast::FnItem>()->body && !can_derive(ctx, *impl.trait);
    if (is_given || has_body) continue;
    if (first.empty()) first = signature_text(ctx, wanted, trait_args(ctx, impl, wanted));
    missing += (missing.empty() ? "" : ", ") + quoted(ctx.text(wanted.name));
  }
  std::string type = ctx.show(impl.self_type);
  if (!missing.empty()) {
    ctx.report(impl.span, D::MissingMethods, {type, missing, ctx.text(trait.name)})
        .help("add `" + first + " { … }`");
  }
  for (TraitId super : trait.supertraits) {
    if (has_trait(ctx, impl.self_type, super) != Answer::No) continue;
    ctx.report(impl.span, D::MissingSupertrait,
               {type, ctx.text(ctx.program.traits[super].name), ctx.text(trait.name)});
  }
}

void check_trait_impls(Context& ctx, uint32_t first) {
  NameTable* outside = ctx.table;
  for (uint32_t i = first; i < ctx.program.impls.size(); ++i) {
    const types::ImplDecl& impl = ctx.program.impls[ImplId(i)];
    if (!impl.trait || ctx.types.has_error(impl.self_type)) continue;
    NameTable table;
    table.module = impl.module;
    table.params = &impl.type_params;
    ctx.table = &table;
    check_impl(ctx, impl);
  }
  ctx.table = outside;
}

}  // namespace skein::check
