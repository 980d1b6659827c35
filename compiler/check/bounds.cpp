// Traits as they are asked for: what a bound says, and what is known of types that stand for any.
#include "compiler/check/bounds.h"

#include <algorithm>

#include "compiler/check/assoc.h"
#include "compiler/check/resolve_type.h"
#include "compiler/check/suggest.h"
#include "compiler/check/traits.h"
#include "compiler/types/dyn.h"

namespace skein::check {

// ---- what is written -----------------------------------------------------------------------

static std::vector<TypeId> all_args(TypeId self, const TraitRef& ref) {
  std::vector<TypeId> args = {self};
  args.insert(args.end(), ref.args.begin(), ref.args.end());
  return args;
}

// The arguments of the trait's own parameters: those written, then what the trait says of the rest.
static bool resolve_args(Context& ctx, const ast::PathSegment& segment, TypeId self,
                         TraitRef& ref) {
  const types::TraitDecl& trait = ctx.program.traits[ref.trait];
  for (const ast::TypeExpr* arg : segment.args) ref.args.push_back(resolve_type(ctx, arg));
  size_t wanted = trait.type_params.size() - 1;
  while (ref.args.size() < wanted) {
    TypeId fallback = trait.type_params[ref.args.size() + 1].fallback;
    if (!fallback.valid()) break;
    ref.args.push_back(ctx.types.substitute(fallback, all_args(self, ref)));
  }
  if (ref.args.size() == wanted) return true;
  ctx.report(segment.name.span, D::TypeArgCount,
             {ctx.text(trait.name), counted(wanted, "type argument"),
              std::to_string(segment.args.size())});
  return false;
}

static void resolve_equal(Context& ctx, const ast::TypeBinding& binding, TraitRef& ref) {
  const types::TraitDecl& trait = ctx.program.traits[ref.trait];
  TypeId type = resolve_type(ctx, binding.type);
  std::vector<std::string_view> names;
  for (types::AssocId assoc : trait.assocs) {
    names.push_back(ctx.text(ctx.program.assocs[assoc].name));
    if (ctx.program.assocs[assoc].name != binding.name.name) continue;
    ref.equal.push_back({assoc, type});
    return;
  }
  std::string_view name = ctx.text(binding.name.name);
  Report report =
      ctx.report(binding.name.span, D::UnknownAssocOfTrait, {ctx.text(trait.name), name});
  suggest(report, binding.name.span, name, std::move(names));
}

static std::optional<TraitRef> resolve_ref(Context& ctx, const ast::TypeExpr* type, TypeId self,
                                           bool takes_types) {
  TraitRef ref;
  ref.trait = resolve_trait(ctx, type);
  if (!ref.trait.valid()) return std::nullopt;
  const ast::PathSegment& segment = type->as<ast::NamedType>()->path.back();
  if (!resolve_args(ctx, segment, self, ref)) return std::nullopt;
  if (!takes_types) {
    for (const ast::TypeBinding& binding : segment.bindings) {
      ctx.report(binding.name.span, D::AssocInHead, {ctx.text(binding.name.name)})
          .help("write `type " + std::string(ctx.text(binding.name.name)) +
                " = …` inside the `impl`");
    }
    return ref;
  }
  for (const ast::TypeBinding& binding : segment.bindings) resolve_equal(ctx, binding, ref);
  // `Output = Self` unless said (language rule 86).
  std::vector<TypeId> args = all_args(self, ref);
  for (types::AssocId assoc : ctx.program.traits[ref.trait].assocs) {
    TypeId fallback = ctx.program.assocs[assoc].fallback;
    bool is_said = std::any_of(ref.equal.begin(), ref.equal.end(),
                               [&](const TraitRef::Equal& e) { return e.assoc == assoc; });
    if (fallback.valid() && !is_said) {
      ref.equal.push_back({assoc, ctx.types.substitute(fallback, args)});
    }
  }
  return ref;
}

std::optional<TraitRef> resolve_bound(Context& ctx, const ast::TypeExpr* type, TypeId self) {
  return resolve_ref(ctx, type, self, true);
}

std::optional<TraitRef> resolve_impl_trait(Context& ctx, const ast::TypeExpr* type, TypeId self) {
  return resolve_ref(ctx, type, self, false);
}

// ---- what is known -------------------------------------------------------------------------

TraitRef substitute(Context& ctx, const TraitRef& ref, std::span<const TypeId> args) {
  TraitRef out = ref;
  for (TypeId& arg : out.args) arg = ctx.types.substitute(arg, args);
  for (TraitRef::Equal& equal : out.equal) equal.type = ctx.types.substitute(equal.type, args);
  return out;
}

static void add_with_supertraits(Context& ctx, TypeId self, TraitRef ref,
                                 std::vector<TraitRef>& out) {
  for (TraitRef& known : out) {
    if (known.trait != ref.trait || known.args != ref.args) continue;
    known.equal.insert(known.equal.end(), ref.equal.begin(), ref.equal.end());
    return;
  }
  std::vector<TypeId> args = all_args(self, ref);
  TraitId trait = ref.trait;
  out.push_back(std::move(ref));
  for (const TraitRef& super : ctx.program.traits[trait].supertraits) {
    add_with_supertraits(ctx, self, substitute(ctx, super, args), out);
  }
}

std::vector<TraitRef> bounds_of(Context& ctx, TypeId type) {
  std::vector<TraitRef> out;
  const std::vector<types::TypeParamDecl>* params = ctx.table ? ctx.table->params : nullptr;
  if (ctx.types.kind(type) == TypeKind::Dyn) {
    out = types::dyn_traits(ctx.program, ctx.infer.resolve(type));
  }
  if (!ctx.types.has_param(type) || !params) return out;
  const Type known = ctx.types.get(type);
  if (known.kind == TypeKind::Param && known.decl < params->size()) {
    for (const TraitRef& bound : (*params)[known.decl].bounds) {
      add_with_supertraits(ctx, type, bound, out);
    }
  }
  if (known.kind == TypeKind::Assoc) {
    for (const TraitRef& bound : ctx.program.assocs[types::AssocId(known.decl)].bounds) {
      add_with_supertraits(ctx, type, substitute(ctx, bound, known.args), out);
    }
  }
  for (const types::TypeParamDecl& param : *params) {
    for (const types::Predicate& predicate : param.where) {
      if (predicate.subject == type) add_with_supertraits(ctx, type, predicate.bound, out);
    }
  }
  return out;
}

// ---- asking --------------------------------------------------------------------------------

void ask_bounds(Context& ctx, const std::vector<types::TypeParamDecl>& params,
                std::span<const TypeId> args, const BoundSite& site) {
  for (size_t i = 0; i < params.size(); ++i) {
    Span declared = site.shows_declaration ? params[i].span : Span();
    for (const TraitRef& bound : params[i].bounds) {
      require_trait(ctx,
                    {args[i], substitute(ctx, bound, args), site.span, site.wanted_by, declared});
    }
    for (const types::Predicate& predicate : params[i].where) {
      TypeId subject = instantiate(ctx, predicate.subject, args, site.span);
      require_trait(ctx, {subject, substitute(ctx, predicate.bound, args), site.span,
                          site.wanted_by, declared});
    }
  }
}

void ask_written_types(Context& ctx) {
  NameTable* outside = ctx.table;
  for (size_t i = 0; i < ctx.written_types.size(); ++i) {
    WrittenType written = ctx.written_types[i];
    const Type type = ctx.types.get(ctx.infer.resolve(written.type));
    bool is_struct = type.kind == TypeKind::Struct;
    const std::vector<types::TypeParamDecl>& params =
        is_struct ? ctx.program.structs[StructId(type.decl)].type_params
                  : ctx.program.enums[EnumId(type.decl)].type_params;
    Symbol name = is_struct ? ctx.program.structs[StructId(type.decl)].name
                            : ctx.program.enums[EnumId(type.decl)].name;
    ctx.table = written.table;
    ask_bounds(ctx, params, type.args, {written.span, quoted(ctx.text(name)), true});
  }
  ctx.written_types.clear();
  ctx.table = outside;
}

bool may_hold(Context& ctx, const std::vector<types::TypeParamDecl>& params,
              std::span<const TypeId> args) {
  for (size_t i = 0; i < params.size(); ++i) {
    for (const TraitRef& bound : params[i].bounds) {
      TraitRef wanted = substitute(ctx, bound, args);
      if (has_trait(ctx, args[i], wanted) == Answer::No) return false;
      if (!equal_types_fit(ctx, args[i], wanted)) return false;
    }
    for (const types::Predicate& predicate : params[i].where) {
      TypeId subject = ctx.infer.resolve(ctx.types.substitute(predicate.subject, args));
      TraitRef wanted = substitute(ctx, predicate.bound, args);
      if (has_trait(ctx, subject, wanted) == Answer::No) return false;
    }
  }
  return true;
}

std::string show(Context& ctx, const TraitRef& ref) {
  std::string out(ctx.text(ctx.program.traits[ref.trait].name));
  for (size_t i = 0; i < ref.args.size(); ++i) {
    out += (i == 0 ? "<" : ", ") + ctx.show(ref.args[i]);
  }
  if (!ref.args.empty()) out += ">";
  return out;
}

}  // namespace skein::check
