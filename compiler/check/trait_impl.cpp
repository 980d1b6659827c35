// Traits of the program and their impls.
//
// A call on a value whose type is known reaches the method of the impl directly. On a type
// parameter it names the trait's method with the parameter as `Self`; passes/specialize puts the
// impl's in its place once the type is known.
#include "compiler/check/trait_impl.h"

#include <algorithm>

#include "compiler/check/bounds.h"
#include "compiler/check/iterate.h"
#include "compiler/check/resolve_type.h"
#include "compiler/check/suggest.h"
#include "compiler/check/traits.h"

namespace skein::check {

// ---- impls ---------------------------------------------------------------------------------

static std::vector<TypeId> fresh_args(Context& ctx, const types::ImplDecl& impl, Span span) {
  std::vector<TypeId> args;
  for (size_t i = 0; i < impl.type_params.size(); ++i) args.push_back(ctx.infer.fresh(span));
  return args;
}

bool overlaps(Context& ctx, const types::ImplDecl& a, const types::ImplDecl& b) {
  size_t mark = ctx.infer.mark();
  std::vector<TypeId> left = fresh_args(ctx, a, a.span);
  std::vector<TypeId> right = fresh_args(ctx, b, b.span);
  auto unify = [&](TypeId x, TypeId y) {
    return ctx.infer.unify(ctx.types.substitute(x, left), ctx.types.substitute(y, right));
  };
  bool same = unify(a.self_type, b.self_type);
  for (size_t i = 0; same && i < a.trait_args.size(); ++i) {
    same = unify(a.trait_args[i], b.trait_args[i]);
  }
  ctx.infer.roll_back(mark);
  return same;
}

// The type parameters that occur in a type.
static void mark_params(const Context& ctx, TypeId id, std::vector<bool>& seen) {
  const Type& type = ctx.types.get(id);
  // Whose associated type it is cannot be found from what it is.
  if (type.kind == TypeKind::Assoc) return;
  if (type.kind == TypeKind::Param) seen[type.decl] = true;
  for (TypeId arg : type.args) mark_params(ctx, arg, seen);
}

// A call says the type and the trait: what else an impl has parameters for, nobody would know.
static void check_params_are_bound(Context& ctx, const types::ImplDecl& impl) {
  std::vector<bool> seen(impl.type_params.size());
  mark_params(ctx, impl.self_type, seen);
  for (TypeId arg : impl.trait_args) mark_params(ctx, arg, seen);
  for (const types::TypeParamDecl& param : impl.type_params) {
    for (const TraitRef& bound : param.bounds) {
      for (const TraitRef::Equal& equal : bound.equal) mark_params(ctx, equal.type, seen);
    }
  }
  for (size_t i = 0; i < seen.size(); ++i) {
    if (seen[i]) continue;
    ctx.report(impl.type_params[i].span, D::UnboundParam, {ctx.text(impl.type_params[i].name)})
        .help("leave it away, or let it occur in the type or the trait of the `impl`");
  }
}

void enter_trait_impl(Context& ctx, ImplId id, const ast::ImplItem& item) {
  const types::ImplDecl& impl = ctx.program.impls[id];
  types::TraitDecl& trait = ctx.program.traits[*impl.trait];
  bool is_std = ctx.program.modules[impl.module].is_std;
  if (!is_std && is_mark(ctx, *impl.trait)) {
    ctx.report(item.trait->span, D::SealedTrait, {ctx.text(trait.name)});
    return;
  }
  if (std::optional<Span> derived = find_derive(ctx, impl.self_type, *impl.trait)) {
    ctx.report(impl.span, D::OverlappingImpls, {ctx.show(impl.self_type), ctx.text(trait.name)})
        .label(*derived, "derived here");
    return;
  }
  for (const TraitRef& own : bounds_of(ctx, impl.self_type)) {
    bool has_it = ctx.types.kind(impl.self_type) == TypeKind::Dyn && own.trait == *impl.trait &&
                  own.args == impl.trait_args;
    if (!has_it) continue;
    ctx.report(impl.span, D::OverlappingImpls, {ctx.show(impl.self_type), show(ctx, own)})
        .label(trait.span, "every `" + ctx.show(impl.self_type) + "` has it already");
    return;
  }
  for (ImplId other : trait.impls) {
    const types::ImplDecl& first = ctx.program.impls[other];
    if (!overlaps(ctx, impl, first)) continue;
    TraitRef ref{*impl.trait, impl.trait_args};
    Report report =
        ctx.report(impl.span, D::OverlappingImpls, {ctx.show(impl.self_type), show(ctx, ref)});
    report.label(first.span, "the first `impl`");
    if (ctx.types.kind(first.self_type) == TypeKind::Param) {
      report.help("that `impl` is for every type it fits, and none takes its place for one type");
    }
    return;
  }
  check_params_are_bound(ctx, impl);
  trait.impls.push_back(id);
  use_bridge(ctx, *impl.trait);
}

void resolve_impl_types(Context& ctx, ImplId id, const ast::ImplItem& item) {
  types::ImplDecl& impl = ctx.program.impls[id];
  const types::TraitDecl& trait = ctx.program.traits[*impl.trait];
  impl.assocs.resize(trait.assocs.size());
  for (const ast::Item* member : item.items) {
    const ast::TypeAliasItem* type = member->try_as<ast::TypeAliasItem>();
    if (!type || !type->type) continue;
    std::vector<std::string_view> names;
    bool is_known = false;
    for (size_t i = 0; i < trait.assocs.size(); ++i) {
      const types::AssocDecl& assoc = ctx.program.assocs[trait.assocs[i]];
      names.push_back(ctx.text(assoc.name));
      if (assoc.name != type->name.name) continue;
      is_known = true;
      if (impl.assocs[i].valid()) {
        ctx.report(type->name.span, D::DuplicateName, {ctx.text(type->name.name)});
      }
      impl.assocs[i] = resolve_type(ctx, type->type);
    }
    if (is_known) continue;
    std::string_view name = ctx.text(type->name.name);
    Report report =
        ctx.report(type->name.span, D::UnknownAssocOfTrait, {ctx.text(trait.name), name});
    suggest(report, type->name.span, name, std::move(names));
  }
  std::vector<TypeId> args = {impl.self_type};
  args.insert(args.end(), impl.trait_args.begin(), impl.trait_args.end());
  for (size_t i = 0; i < trait.assocs.size(); ++i) {
    const types::AssocDecl& assoc = ctx.program.assocs[trait.assocs[i]];
    if (impl.assocs[i].valid()) continue;
    if (assoc.fallback.valid()) {
      impl.assocs[i] = ctx.types.substitute(assoc.fallback, args);
      continue;
    }
    std::string name(ctx.text(assoc.name));
    ctx.report(impl.span, D::MissingAssoc, {ctx.show(impl.self_type), name, ctx.text(trait.name)})
        .label(assoc.span, "declared here")
        .help("add `type " + name + " = …`");
    impl.assocs[i] = ctx.types.error();
  }
}

// ---- which one -----------------------------------------------------------------------------

static std::optional<ImplMatch> try_impl(Context& ctx, ImplId id, TypeId type,
                                         const TraitRef& trait, Span span) {
  const types::ImplDecl& impl = ctx.program.impls[id];
  std::vector<TypeId> args = fresh_args(ctx, impl, span);
  if (!ctx.infer.unify(ctx.types.substitute(impl.self_type, args), type)) return std::nullopt;
  for (size_t i = 0; i < trait.args.size(); ++i) {
    TypeId given = ctx.types.substitute(impl.trait_args[i], args);
    if (!ctx.infer.unify(given, trait.args[i])) return std::nullopt;
  }
  for (size_t i = 0; i < args.size(); ++i) {
    if (!unify_bounds(ctx, impl.type_params[i], args[i], args, span)) return std::nullopt;
  }
  if (!may_hold(ctx, impl.type_params, args)) return std::nullopt;
  return ImplMatch{id, std::move(args)};
}

std::optional<ImplMatch> find_trait_impl(Context& ctx, TypeId type, const TraitRef& trait,
                                         Span span, bool* is_ambiguous) {
  // `impl<T: Tr> Tr for T` would ask for itself without end.
  static constexpr uint32_t kMaxDepth = 32;
  if (ctx.impl_depth >= kMaxDepth) return std::nullopt;
  ++ctx.impl_depth;
  std::vector<ImplId> fitting;
  for (ImplId id : ctx.program.traits[trait.trait].impls) {
    size_t mark = ctx.infer.mark();
    if (try_impl(ctx, id, type, trait, span)) fitting.push_back(id);
    ctx.infer.roll_back(mark);
  }
  std::optional<ImplMatch> match;
  if (fitting.size() == 1) match = try_impl(ctx, fitting[0], type, trait, span);
  if (is_ambiguous) *is_ambiguous = fitting.size() > 1;
  // Who has the trait by it may call all of it.
  for (FnId method : match ? ctx.program.impls[match->impl].methods : std::vector<FnId>()) {
    use_fn(ctx, method);
  }
  --ctx.impl_depth;
  return match;
}

// ---- methods -------------------------------------------------------------------------------

static FnId find_in_impl(const Context& ctx, ImplId impl, Symbol name) {
  for (FnId id : ctx.program.impls[impl].methods) {
    if (ctx.program.fns[id].name == name) return id;
  }
  return FnId();
}

// What a literal is looked up as.
static TypeId lookup_type(Context& ctx, TypeId type) {
  std::optional<VarKind> number = ctx.infer.var_kind(type);
  if (number == VarKind::Integer) return ctx.types.int_();
  if (number == VarKind::Float) return ctx.types.plain(TypeKind::Float);
  return ctx.infer.shallow(type);
}

// The method of one trait, if the type has that trait.
static std::optional<MethodMatch> method_of_trait(Context& ctx, TypeId type, FnId method,
                                                  Span span) {
  TypeId self = lookup_type(ctx, type);
  TraitRef wanted;
  wanted.trait = ctx.program.fns[method].trait;
  const types::TraitDecl& trait = ctx.program.traits[wanted.trait];
  for (const TraitRef& bound : bounds_of(ctx, self)) {
    if (bound.trait != wanted.trait) continue;
    std::vector<TypeId> args = {self};
    args.insert(args.end(), bound.args.begin(), bound.args.end());
    return MethodMatch{method, std::move(args)};
  }
  size_t mark = ctx.infer.mark();
  for (size_t i = 1; i < trait.type_params.size(); ++i) {
    wanted.args.push_back(ctx.infer.fresh(span));
  }
  bool is_ambiguous = false;
  std::optional<ImplMatch> match = find_trait_impl(ctx, self, wanted, span, &is_ambiguous);
  if (match) {
    ctx.infer.unify(type, self);
    FnId own = find_in_impl(ctx, match->impl, ctx.program.fns[method].name);
    if (own.valid()) return MethodMatch{own, std::move(match->args)};
  }
  if (match || is_ambiguous || has_trait(ctx, type, wanted) == Answer::Yes) {
    std::vector<TypeId> args = {ctx.infer.shallow(type)};
    args.insert(args.end(), wanted.args.begin(), wanted.args.end());
    return MethodMatch{method, std::move(args)};
  }
  ctx.infer.roll_back(mark);
  return std::nullopt;
}

static void report_ambiguous(Context& ctx, TypeId self, FnId first, FnId second, Span span) {
  const types::FnDecl& a = ctx.program.fns[first];
  const types::FnDecl& b = ctx.program.fns[second];
  auto trait_of = [&](const types::FnDecl& fn) {
    TraitId trait = fn.impl.valid() ? *ctx.program.impls[fn.impl].trait : fn.trait;
    return std::string(ctx.text(ctx.program.traits[trait].name));
  };
  Report report = ctx.report(span, D::AmbiguousMethod, {ctx.show(self), ctx.text(a.name)});
  report.label(a.span, "one is of trait `" + trait_of(a) + "`");
  report.label(b.span, "one is of trait `" + trait_of(b) + "`");
  report.help("call it where one of them is known: `fn f<T: " + trait_of(a) + ">(x: T) { x." +
              std::string(ctx.text(a.name)) + "() }`");
}

std::optional<MethodMatch> try_trait_method(Context& ctx, TypeId type, Symbol name, Span span) {
  auto found = ctx.trait_methods.find(name);
  if (found == ctx.trait_methods.end() || ctx.infer.is_unknown(type)) return std::nullopt;
  std::optional<MethodMatch> first;
  for (FnId method : found->second) {
    std::optional<MethodMatch> match = method_of_trait(ctx, type, method, span);
    if (!match) continue;
    if (first) {
      report_ambiguous(ctx, type, first->fn, match->fn, span);
      break;
    }
    first = std::move(match);
  }
  return first;
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

// The arguments that make a signature of the trait one of the impl: the type as `Self`, and the
// method's own parameters, which stand behind those of the impl.
static std::vector<TypeId> trait_args(Context& ctx, const types::ImplDecl& impl,
                                      const types::FnDecl& method) {
  std::vector<TypeId> args = {impl.self_type};
  args.insert(args.end(), impl.trait_args.begin(), impl.trait_args.end());
  size_t position = impl.type_params.size();
  while (args.size() < method.type_params.size()) {
    args.push_back(ctx.types.param(static_cast<uint32_t>(position++)));
  }
  return args;
}

std::string params_text(Context& ctx, std::span<const types::TypeParamDecl> params) {
  std::string names;
  for (const types::TypeParamDecl& param : params) {
    if (param.is_implicit) continue;
    names += (names.empty() ? "" : ", ") + std::string(ctx.text(param.name));
  }
  return names.empty() ? "" : "<" + names + ">";
}

// A method of the trait as the impl has to write it.
static std::string signature_text(Context& ctx, const types::ImplDecl& impl,
                                  const types::FnDecl& method) {
  std::vector<TypeId> args = trait_args(ctx, impl, method);
  std::span<const types::TypeParamDecl> own(method.type_params);
  own = own.subspan(1 + impl.trait_args.size());
  std::vector<types::TypeParamDecl> params = impl.type_params;
  params.insert(params.end(), own.begin(), own.end());
  auto shown = [&](TypeId type) {
    return ctx.program.type_name(ctx.types.substitute(type, args), params);
  };
  if (method.is_const) {
    return "const " + std::string(ctx.text(method.name)) + ": " + shown(method.result);
  }
  std::string out = "fn " + std::string(ctx.text(method.name)) + params_text(ctx, own) + "(";
  for (size_t i = 0; i < method.params.size(); ++i) {
    const types::ParamDecl& param = method.params[i];
    if (i > 0) out += ", ";
    out += std::string(mode_text(param.mode)) + std::string(ctx.text(param.name));
    bool is_self = i == 0 && method.has_self;
    if (!is_self) out += ": " + shown(param.type);
  }
  out += ")";
  if (ctx.types.kind(method.result) != TypeKind::Unit) {
    out += (method.gives_place ? " -> mut " : " -> ") + shown(method.result);
  }
  return out;
}

static bool same_type(Context& ctx, TypeId a, TypeId b) {
  return a == b || ctx.types.has_error(a) || ctx.types.has_error(b);
}

// Whether the impl asks no more of the method's own parameters than the trait does.
static bool same_bounds(Context& ctx, const types::ImplDecl& impl, const types::FnDecl& wanted,
                        const types::FnDecl& given) {
  size_t of_trait = 1 + impl.trait_args.size();
  size_t own = wanted.type_params.size() - of_trait;
  if (given.type_params.size() != impl.type_params.size() + own) return false;
  std::vector<TypeId> args = trait_args(ctx, impl, wanted);
  for (size_t i = 0; i < own; ++i) {
    std::vector<TraitRef> allowed;
    for (const TraitRef& bound : wanted.type_params[of_trait + i].bounds) {
      allowed.push_back(substitute(ctx, bound, args));
    }
    for (const TraitRef& bound : given.type_params[impl.type_params.size() + i].bounds) {
      bool is_asked = std::any_of(allowed.begin(), allowed.end(), [&](const TraitRef& other) {
        return other.trait == bound.trait && other.args == bound.args;
      });
      if (!is_asked) return false;
    }
  }
  return true;
}

static bool same_signature(Context& ctx, const types::ImplDecl& impl, const types::FnDecl& wanted,
                           const types::FnDecl& given) {
  if (wanted.has_self != given.has_self || wanted.is_const != given.is_const ||
      wanted.params.size() != given.params.size() || wanted.gives_place != given.gives_place ||
      !same_bounds(ctx, impl, wanted, given)) {
    return false;
  }
  std::vector<TypeId> args = trait_args(ctx, impl, wanted);
  for (size_t i = 0; i < wanted.params.size(); ++i) {
    TypeId type = ctx.types.substitute(wanted.params[i].type, args);
    // Rule 60: an impl may look at `self` where the trait lets it be changed. Loops and the ends of
    // values call theirs without the trait.
    bool is_called_by_name = *impl.trait == ctx.program.core.drop || is_iteration(ctx, *impl.trait);
    bool asks_less = i == 0 && !is_called_by_name && wanted.has_self && wanted.params[i].mode == ParamMode::Mut &&
                     given.params[i].mode == ParamMode::Borrow;
    if (wanted.params[i].mode != given.params[i].mode && !asks_less) return false;
    if (!same_type(ctx, type, given.params[i].type)) return false;
  }
  return same_type(ctx, ctx.types.substitute(wanted.result, args), given.result);
}

// A type of it, or of the trait, was refused.
static bool has_error(Context& ctx, const types::ImplDecl& impl, const types::FnDecl& given) {
  auto is_error = [&](TypeId type) { return ctx.is_error(type); };
  return is_error(given.result) || std::any_of(impl.trait_args.begin(), impl.trait_args.end(), is_error) ||
         std::any_of(given.params.begin(), given.params.end(),
                     [&](const types::ParamDecl& param) { return is_error(param.type); });
}

static void check_given(Context& ctx, const types::ImplDecl& impl, types::FnDecl& given,
                        const types::FnDecl& wanted) {
  if (same_signature(ctx, impl, wanted, given) || has_error(ctx, impl, given)) return;
  std::string_view trait = ctx.text(ctx.program.traits[*impl.trait].name);
  bool is_ours = !ctx.program.modules[wanted.module].is_std;
  Report report = ctx.report(given.span, D::ImplMismatch, {ctx.text(given.name), trait});
  if (is_ours) report.label(wanted.span, "declared here");
  report.help("write it `" + signature_text(ctx, impl, wanted) + "`");
  // The body may give what the trait wants, or what stands here: it is no second mistake.
  given.result = ctx.types.error();
}

// The methods that the trait asks for and the impl does not have.
static std::vector<FnId> missing_methods(Context& ctx, const types::ImplDecl& impl,
                                         const types::TraitDecl& trait) {
  std::vector<FnId> missing;
  for (FnId id : trait.methods) {
    const types::FnDecl& wanted = ctx.program.fns[id];
    bool is_given = std::any_of(impl.methods.begin(), impl.methods.end(), [&](FnId given) {
      return ctx.program.fns[given].name == wanted.name;
    });
    bool has_body = wanted.item->as<ast::FnItem>()->body && !can_derive(ctx, *impl.trait);
    if (!is_given && !has_body) missing.push_back(id);
  }
  return missing;
}

// The missing method that `stray` is meant to be: one with nearly its name, or the only one there is.
static FnId meant_method(Context& ctx, const types::FnDecl& stray, bool is_only_stray,
                         const std::vector<FnId>& missing) {
  std::vector<std::string_view> names;
  for (FnId id : missing) names.push_back(ctx.text(ctx.program.fns[id].name));
  std::string_view near = nearest_name(ctx.text(stray.name), names);
  auto found = std::find(names.begin(), names.end(), near);
  if (found != names.end()) return missing[static_cast<size_t>(found - names.begin())];
  return is_only_stray && missing.size() == 1 ? missing[0] : FnId();
}

// A method that the trait does not have. What it is meant to be is missing no more.
static void report_stray(Context& ctx, const types::ImplDecl& impl, const types::TraitDecl& trait,
                         const types::FnDecl& stray, bool is_only, std::vector<FnId>& missing) {
  Report report =
      ctx.report(stray.span, D::NotInTrait, {ctx.text(trait.name), ctx.text(stray.name)});
  std::vector<std::string_view> names;
  for (FnId id : trait.methods) names.push_back(ctx.text(ctx.program.fns[id].name));
  bool is_near = suggest(report, stray.span, ctx.text(stray.name), std::move(names));
  if (FnId meant = meant_method(ctx, stray, is_only, missing); meant.valid()) {
    std::erase(missing, meant);
    const types::FnDecl& wanted = ctx.program.fns[meant];
    std::string signature = signature_text(ctx, impl, wanted);
    report.help("the method that is missing is `" + signature + "`");
  } else if (!is_near) {
    report.help("other methods stand in an `impl` of the type alone");
  }
}

static void check_methods(Context& ctx, const types::ImplDecl& impl) {
  const types::TraitDecl& trait = ctx.program.traits[*impl.trait];
  std::vector<FnId> missing = missing_methods(ctx, impl, trait);
  std::vector<FnId> strays;
  for (FnId id : impl.methods) {
    types::FnDecl& given = ctx.program.fns[id];
    auto wanted = std::find_if(trait.methods.begin(), trait.methods.end(), [&](FnId method) {
      return ctx.program.fns[method].name == given.name;
    });
    if (wanted == trait.methods.end()) {
      strays.push_back(id);
    } else {
      check_given(ctx, impl, given, ctx.program.fns[*wanted]);
    }
  }
  for (FnId id : strays) {
    report_stray(ctx, impl, trait, ctx.program.fns[id], strays.size() == 1, missing);
  }
  if (missing.empty()) return;
  std::string names;
  for (FnId id : missing) {
    names += (names.empty() ? "" : ", ") + quoted(ctx.text(ctx.program.fns[id].name));
  }
  const types::FnDecl& first = ctx.program.fns[missing[0]];
  std::string signature = signature_text(ctx, impl, first);
  ctx.report(impl.span, D::MissingMethods,
             {ctx.show(impl.self_type), names, ctx.text(trait.name)})
      .help("add `" + signature + " { … }`");
}

static void check_impl(Context& ctx, const types::ImplDecl& impl) {
  check_methods(ctx, impl);
  const types::TraitDecl& trait = ctx.program.traits[*impl.trait];
  std::string type = ctx.show(impl.self_type);
  std::vector<TypeId> args = {impl.self_type};
  args.insert(args.end(), impl.trait_args.begin(), impl.trait_args.end());
  for (const TraitRef& super : trait.supertraits) {
    TraitRef wanted = substitute(ctx, super, args);
    if (has_trait(ctx, impl.self_type, wanted) != Answer::No) continue;
    Report report = ctx.report(impl.span, D::MissingSupertrait,
                               {type, show(ctx, wanted), ctx.text(trait.name)});
    std::string name = show(ctx, wanted);
    report.help(can_derive(ctx, super.trait)
                    ? "put `@derive(" + name + ")` before the type, or write an `impl " + name +
                          " for " + type + "`"
                    : "write an `impl " + name + " for " + type + "` as well");
  }
  for (size_t i = 0; i < trait.assocs.size() && i < impl.assocs.size(); ++i) {
    const types::AssocDecl& assoc = ctx.program.assocs[trait.assocs[i]];
    for (const TraitRef& bound : assoc.bounds) {
      TraitRef wanted = substitute(ctx, bound, args);
      if (has_trait(ctx, impl.assocs[i], wanted) != Answer::No) continue;
      ctx.report(impl.span, D::AssocBound, {ctx.text(assoc.name), ctx.text(trait.name),
                                            show(ctx, wanted), ctx.show(impl.assocs[i])})
          .label(assoc.span, "declared here");
    }
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
