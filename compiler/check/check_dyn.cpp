// Trait objects: which traits can be types, and what fits them.
//
// A call on a value of type `dyn Tr` goes through a table that the type of the value has made for
// the trait, so each method must be one function for that type, and all must be callable on it.
#include "compiler/check/check_dyn.h"

#include <algorithm>

#include "compiler/check/assoc.h"
#include "compiler/check/bounds.h"
#include "compiler/check/resolve_type.h"
#include "compiler/check/trait_impl.h"
#include "compiler/check/traits.h"
#include "compiler/types/dyn.h"

namespace skein::check {

// ---- the type ------------------------------------------------------------------------------

// What it says of the trait's associated types, in their order.
static bool take_assocs(Context& ctx, const ast::TypeExpr* bound, const TraitRef& ref,
                        std::vector<TypeId>& args) {
  const types::TraitDecl& trait = ctx.program.traits[ref.trait];
  std::string missing;
  for (types::AssocId assoc : trait.assocs) {
    auto said = std::find_if(ref.equal.begin(), ref.equal.end(),
                             [&](const TraitRef::Equal& e) { return e.assoc == assoc; });
    if (said != ref.equal.end()) {
      args.push_back(said->type);
      continue;
    }
    if (!missing.empty()) missing += ", ";
    missing += std::string(ctx.text(ctx.program.assocs[assoc].name)) + " = …";
  }
  if (missing.empty()) return true;
  std::string name(ctx.text(trait.name));
  ctx.report(bound->span, D::DynAssoc, {name})
      .help("its values have to agree on that: `dyn " + name + "<" + missing + ">`");
  return false;
}

TypeId resolve_dyn(Context& ctx, const ast::DynType* type) {
  if (type->bounds.empty()) return ctx.types.error();
  if (type->bounds.size() > 1) {
    std::string all;
    for (const ast::TypeExpr* bound : type->bounds) {
      if (!all.empty()) all += " + ";
      all += ctx.program.sources.text(bound->span);
    }
    ctx.report(type->span, D::DynOfMany)
        .help("declare one that asks for them: `trait Both: " + all +
              " {}` with `impl<T: " + all + "> Both for T {}`, and write `dyn Both`");
    return ctx.types.error();
  }
  const ast::TypeExpr* bound = type->bounds[0];
  // What stands for `Self` in defaults is the type under way, which no default can be about.
  std::optional<TraitRef> ref = resolve_bound(ctx, bound, ctx.types.error());
  if (!ref) return ctx.types.error();
  Type made;
  made.kind = TypeKind::Dyn;
  made.decl = ref->trait.index;
  made.args = ref->args;
  if (!take_assocs(ctx, bound, *ref, made.args)) return ctx.types.error();
  for (TypeId arg : made.args) {
    if (!ctx.types.has_error(arg)) continue;
    ctx.report(bound->span, D::DynAssoc, {ctx.text(ctx.program.traits[ref->trait].name)})
        .help("what the trait says where nothing is written is about `Self`: write it here");
    return ctx.types.error();
  }
  ctx.written_dyns.push_back({bound->span, ref->trait});
  return ctx.types.intern(std::move(made));
}

// ---- whether the trait can be one ----------------------------------------------------------

static bool mentions_self(const Context& ctx, TypeId id) {
  const Type& type = ctx.types.get(id);
  // What an associated type is, the `dyn` type says.
  if (type.kind == TypeKind::Assoc) return false;
  if (type.kind == TypeKind::Param && type.decl == 0) return true;
  return std::any_of(type.args.begin(), type.args.end(),
                     [&](TypeId arg) { return mentions_self(ctx, arg); });
}

namespace {

// Why a method cannot be called through a table, and what to do.
struct Obstacle {
  std::string why;
  std::string help;
};

}  // namespace

static std::optional<Obstacle> obstacle_of(Context& ctx, const types::FnDecl& fn,
                                           const types::TraitDecl& trait) {
  std::string name = quoted(ctx.text(fn.name));
  std::string move = "move it to a trait of its own";
  if (!fn.has_self) {
    return Obstacle{name + " has no `self`, so no value says which one is meant", move};
  }
  for (size_t i = trait.type_params.size(); i < fn.type_params.size(); ++i) {
    if (fn.type_params[i].is_implicit) {
      return Obstacle{name + " is compiled again for each closure it is given",
                      "let it keep the closure: `own` before the parameter makes it a value"};
    }
    return Obstacle{name + " has type parameters, and is compiled again for each use", move};
  }
  if (fn.gives_place) {
    return Obstacle{name + " gives a place, whose type each impl knows and no table", move};
  }
  bool takes_self = false;
  for (size_t i = 1; i < fn.params.size(); ++i) {
    takes_self |= mentions_self(ctx, fn.params[i].type);
  }
  if (takes_self) {
    return Obstacle{name + " takes another `Self`, which may be a value of another type",
                    "let it take a `dyn` value, or " + move};
  }
  if (mentions_self(ctx, fn.result)) {
    return Obstacle{name + " gives `Self`, whose type nobody would know", move};
  }
  if (trait.is_unique && fn.params[0].mode == ParamMode::Own) {
    return Obstacle{name + " takes `own self`, and a value of a `unique trait` stays where it is",
                    "write `mut self`"};
  }
  return std::nullopt;
}

// Reports the first method that stands in the way.
static void check_trait(Context& ctx, Span span, TraitId id) {
  std::vector<TraitId> traits = {id};
  for (size_t i = 0; i < traits.size(); ++i) {
    const types::TraitDecl& trait = ctx.program.traits[traits[i]];
    for (FnId method : trait.methods) {
      const types::FnDecl& fn = ctx.program.fns[method];
      std::optional<Obstacle> obstacle = obstacle_of(ctx, fn, trait);
      if (!obstacle) continue;
      Report report = ctx.report(span, D::NotDyn, {ctx.text(ctx.program.traits[id].name)});
      report.mark(obstacle->why);
      if (!ctx.program.modules[fn.module].is_std) report.label(fn.span, "declared here");
      report.help(obstacle->help);
      return;
    }
    for (const TraitRef& super : trait.supertraits) {
      bool is_new = std::find(traits.begin(), traits.end(), super.trait) == traits.end();
      if (is_new) traits.push_back(super.trait);
      for (types::AssocId assoc : ctx.program.traits[super.trait].assocs) {
        bool is_said = std::any_of(super.equal.begin(), super.equal.end(),
                                   [&](const TraitRef::Equal& e) { return e.assoc == assoc; });
        if (is_said) continue;
        std::string name(ctx.text(ctx.program.assocs[assoc].name));
        std::string of(ctx.text(ctx.program.traits[super.trait].name));
        ctx.report(span, D::NotDyn, {ctx.text(ctx.program.traits[id].name)})
            .mark("nothing says what `" + name + "` of its supertrait `" + of + "` is")
            .help("say it where the supertrait is named: `" + of + "<" + name + " = …>`");
        return;
      }
    }
  }
}

void check_dyn_types(Context& ctx) {
  for (size_t i = 0; i < ctx.written_dyns.size(); ++i) {
    check_trait(ctx, ctx.written_dyns[i].span, ctx.written_dyns[i].trait);
  }
  ctx.written_dyns.clear();
}

// ---- what fits -----------------------------------------------------------------------------

bool fits_dyn(Context& ctx, TypeId found, TypeId wanted) {
  if (ctx.infer.is_unknown(found)) return false;
  TypeId self = found;
  if (std::optional<VarKind> number = ctx.infer.var_kind(found)) {
    self = ctx.types.plain(*number == VarKind::Integer ? TypeKind::Int : TypeKind::Float);
  }
  wanted = ctx.infer.resolve(wanted);
  TraitRef ref = types::dyn_traits(ctx.program, wanted).front();
  if (has_trait(ctx, self, ref) != Answer::Yes) return false;
  if (!equal_types_fit(ctx, self, ref)) return false;
  ctx.infer.unify(found, self);
  // Its table has all of them, called or not.
  for (const types::DynMethod& method : types::dyn_methods(ctx.program, wanted)) {
    use_fn(ctx, method.fn);
  }
  for (const TraitRef& trait : types::dyn_traits(ctx.program, wanted)) {
    use_bridge(ctx, trait.trait);
    // The table names the methods of the type, which nobody else may call.
    std::optional<ImplMatch> match = find_trait_impl(ctx, found, trait, Span());
    if (!match) continue;
    for (FnId method : ctx.program.impls[match->impl].methods) use_fn(ctx, method);
  }
  return true;
}

bool help_to_fit_dyn(Context& ctx, Report& report, TypeId found, TypeId wanted) {
  if (ctx.types.kind(wanted) != TypeKind::Dyn) return false;
  TraitRef ref = types::dyn_traits(ctx.program, wanted).front();
  std::string trait = show(ctx, ref);
  std::string type = ctx.show(found);
  if (ctx.types.kind(found) == TypeKind::Param) {
    report.help("ask for it where the parameter is declared: `" + type + ": " + trait + "`");
  } else if (has_trait(ctx, found, ref) == Answer::Yes) {
    report.help("`" + type + "` is `" + trait + "`, but with other associated types");
  } else {
    report.help("`" + type + "` is not `" + trait + "`: it would be by `impl " + trait + " for " +
                type + " { … }`");
  }
  return true;
}

}  // namespace skein::check
