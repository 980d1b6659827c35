// Associated types: `I.Item`.
//
// Of a type that is known it is what the impl says. Of a type parameter it is a type of its own,
// unless a bound says what it is: `I: Source<Item = int>`.
#include "compiler/check/assoc.h"

#include <algorithm>

#include "compiler/check/bounds.h"
#include "compiler/check/suggest.h"
#include "compiler/check/trait_impl.h"
#include "compiler/types/impls.h"

namespace skein::check {

using types::AssocId;

// ---- what it is ----------------------------------------------------------------------------

// What the bounds around this place say it is.
static TypeId said_by_bounds(Context& ctx, const Type& type) {
  TraitId trait = ctx.program.assocs[AssocId(type.decl)].trait;
  for (const TraitRef& bound : bounds_of(ctx, type.args[0])) {
    bool is_same = bound.trait == trait &&
                   std::equal(bound.args.begin(), bound.args.end(), type.args.begin() + 1,
                              type.args.end());
    if (!is_same) continue;
    for (const TraitRef::Equal& equal : bound.equal) {
      if (equal.assoc.index == type.decl) return equal.type;
    }
  }
  return TypeId();
}

static TypeId said_by_impl(Context& ctx, TypeId id, const Type& type) {
  const types::AssocDecl& assoc = ctx.program.assocs[AssocId(type.decl)];
  TraitRef wanted;
  wanted.trait = assoc.trait;
  wanted.args.assign(type.args.begin() + 1, type.args.end());
  std::optional<ImplMatch> match = find_trait_impl(ctx, type.args[0], wanted, assoc.span);
  if (!match) return TypeId();
  for (TypeId& arg : match->args) arg = ctx.infer.resolve(arg);
  return types::assoc_in(ctx.program, {match->impl, std::move(match->args)}, id);
}

TypeId find_assoc(Context& ctx, TypeId id) {
  // What a bound says may be in terms of itself.
  std::vector<TypeId>& under_way = ctx.assocs_under_way;
  if (std::find(under_way.begin(), under_way.end(), id) != under_way.end()) return id;
  Type type = ctx.types.get(id);
  for (TypeId& arg : type.args) arg = ctx.infer.resolve(arg);
  if (ctx.types.has_error(type.args[0])) return ctx.types.error();
  TypeId known = ctx.types.assoc(AssocId(type.decl), type.args);
  if (ctx.types.kind(type.args[0]) == TypeKind::Var) return known;
  under_way.push_back(id);
  TypeId found = said_by_bounds(ctx, type);
  if (!found.valid()) found = said_by_impl(ctx, known, type);
  under_way.pop_back();
  return found.valid() ? found : known;
}

// ---- variables for what is not known yet ---------------------------------------------------

static TypeId replace_open(Context& ctx, TypeId id, Span span) {
  if (!ctx.types.has_assoc(id) || !ctx.types.has_var(id)) return id;
  Type type = ctx.types.get(id);
  for (TypeId& arg : type.args) arg = replace_open(ctx, arg, span);
  bool is_open = type.kind == TypeKind::Assoc;
  TypeId made = ctx.types.intern(std::move(type));
  if (!is_open || !ctx.types.has_var(made)) return made;
  TypeId var = ctx.infer.fresh(span);
  ctx.open_assocs.push_back({var, made, span});
  return var;
}

TypeId instantiate(Context& ctx, TypeId type, std::span<const TypeId> args, Span span) {
  return replace_open(ctx, ctx.types.substitute(type, args), span);
}

void settle_assocs(Context& ctx) {
  bool is_changed = true;
  while (is_changed) {
    is_changed = false;
    for (size_t i = 0; i < ctx.open_assocs.size(); ++i) {
      OpenAssoc open = ctx.open_assocs[i];
      TypeId found = find_assoc(ctx, open.assoc);
      bool is_open = ctx.types.kind(found) == TypeKind::Assoc && ctx.types.has_var(found);
      if (is_open) continue;
      ctx.open_assocs.erase(ctx.open_assocs.begin() + static_cast<ptrdiff_t>(i));
      is_changed = true;
      if (!ctx.infer.unify(open.var, found)) {
        ctx.report(open.span, D::TypeMismatch, {ctx.show(found), ctx.show(open.var)});
      }
      break;
    }
  }
}

bool equal_types_fit(Context& ctx, TypeId self, const TraitRef& bound) {
  for (const TraitRef::Equal& equal : bound.equal) {
    std::vector<TypeId> args = {self};
    args.insert(args.end(), bound.args.begin(), bound.args.end());
    TypeId found = find_assoc(ctx, ctx.types.assoc(equal.assoc, std::move(args)));
    if (ctx.types.kind(found) == TypeKind::Assoc && ctx.types.has_var(found)) continue;
    if (!ctx.infer.unify(found, equal.type)) return false;
  }
  return true;
}

// ---- `T.Item` as it is written -------------------------------------------------------------

static AssocId find_in_trait(const Context& ctx, TraitId trait, Symbol name) {
  for (AssocId assoc : ctx.program.traits[trait].assocs) {
    if (ctx.program.assocs[assoc].name == name) return assoc;
  }
  return AssocId();
}

static TypeId of_bound(Context& ctx, TypeId base, const TraitRef& bound, AssocId assoc) {
  std::vector<TypeId> args = {base};
  args.insert(args.end(), bound.args.begin(), bound.args.end());
  return find_assoc(ctx, ctx.types.assoc(assoc, std::move(args)));
}

static void report_unknown(Context& ctx, TypeId base, ast::Ident name,
                           const std::vector<TraitRef>& bounds) {
  std::string_view text = ctx.text(name.name);
  Report report = ctx.report(name.span, D::UnknownAssoc, {ctx.show(base), text});
  std::vector<std::string_view> names;
  for (const TraitRef& bound : bounds) {
    for (AssocId assoc : ctx.program.traits[bound.trait].assocs) {
      names.push_back(ctx.text(ctx.program.assocs[assoc].name));
    }
  }
  if (suggest(report, name.span, text, std::move(names))) return;
  for (const types::AssocDecl& assoc : ctx.program.assocs) {
    if (assoc.name != name.name) continue;
    std::string trait(ctx.text(ctx.program.traits[assoc.trait].name));
    bool is_open = ctx.types.has_param(base);
    report.help(is_open ? "trait `" + trait + "` has one: ask for it with `" + ctx.show(base) +
                              ": " + trait + "`"
                        : "trait `" + trait + "` has one, but `" + ctx.show(base) + "` is not `" +
                              trait + "`");
    return;
  }
}

TypeId assoc_type(Context& ctx, TypeId base, ast::Ident name) {
  if (ctx.types.has_error(base)) return ctx.types.error();
  std::vector<TraitRef> bounds = bounds_of(ctx, base);
  std::optional<TraitRef> found;
  AssocId assoc;
  for (const TraitRef& bound : bounds) {
    AssocId other = find_in_trait(ctx, bound.trait, name.name);
    if (!other.valid()) continue;
    if (found) {
      ctx.report(name.span, D::AmbiguousAssoc, {ctx.show(base), ctx.text(name.name)})
          .help("it is one of `" + show(ctx, *found) + "` and one of `" + show(ctx, bound) +
                "`: give the trait whose type is meant a bound of its own, `" +
                show(ctx, bound) + "` with `" + std::string(ctx.text(name.name)) + " = U`");
      return ctx.types.error();
    }
    found = bound;
    assoc = other;
  }
  if (found) return of_bound(ctx, base, *found, assoc);
  for (AssocId other : ctx.program.assocs.ids()) {
    const types::AssocDecl& decl = ctx.program.assocs[other];
    bool is_plain = ctx.program.traits[decl.trait].type_params.size() == 1;
    if (decl.name != name.name || !is_plain) continue;
    TypeId type = of_bound(ctx, base, {decl.trait}, other);
    if (type != ctx.types.assoc(other, {base})) return type;
  }
  report_unknown(ctx, base, name, bounds);
  return ctx.types.error();
}

}  // namespace skein::check
