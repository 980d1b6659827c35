// Operators, indexing and conversions that stand for a method of a trait.
//
// Which impl is meant follows from the types of all operands: a type may have `Mul<int>` and
// `Mul<Vec>`. A literal takes the type that the only fitting impl wants; where several fit it is
// what it would be without a context.
#include "compiler/check/trait_operator.h"

#include "compiler/check/assoc.h"
#include "compiler/check/bounds.h"
#include "compiler/check/method.h"
#include "compiler/check/trait_impl.h"
#include "compiler/check/traits.h"

namespace skein::check {

using ast::BinaryOp;

// A trait of the core library.
static TraitId core_trait(Context& ctx, std::string_view name) {
  const Entity* entity = ctx.prelude->find(ctx.names.intern(name));
  bool is_trait = entity && entity->kind == Entity::Kind::Trait;
  return is_trait ? TraitId(entity->index) : TraitId();
}

TraitId trait_of(Context& ctx, BinaryOp op) {
  switch (op) {
    case BinaryOp::Add: return core_trait(ctx, "Add");
    case BinaryOp::Sub: return core_trait(ctx, "Sub");
    case BinaryOp::Mul: return core_trait(ctx, "Mul");
    case BinaryOp::Div: return core_trait(ctx, "Div");
    case BinaryOp::Rem: return core_trait(ctx, "Rem");
    case BinaryOp::BitAnd: return core_trait(ctx, "BitAnd");
    case BinaryOp::BitOr: return core_trait(ctx, "BitOr");
    case BinaryOp::BitXor: return core_trait(ctx, "BitXor");
    case BinaryOp::Shl: return core_trait(ctx, "Shl");
    case BinaryOp::Shr: return core_trait(ctx, "Shr");
    case BinaryOp::AddWrap:
    case BinaryOp::SubWrap:
    case BinaryOp::MulWrap:
      return TraitId();
  }
  SKEIN_UNREACHABLE("an unknown operator");
}

TraitId trait_of(Context& ctx, ast::UnaryOp op) {
  return core_trait(ctx, op == ast::UnaryOp::Neg ? "Neg" : "Not");
}

TraitId index_trait(Context& ctx) { return core_trait(ctx, "Index"); }

TypeId dyn_error(Context& ctx) {
  Type type;
  type.kind = TypeKind::Dyn;
  type.decl = core_trait(ctx, "Error").index;
  return ctx.types.intern(std::move(type));
}

// ---- finding -------------------------------------------------------------------------------

static std::optional<MethodMatch> method_by_bound(Context& ctx, TypeId self,
                                                  const TraitRef& wanted, FnId method) {
  for (const TraitRef& bound : bounds_of(ctx, self)) {
    if (bound.trait != wanted.trait || bound.args.size() != wanted.args.size()) continue;
    bool fits = true;
    for (size_t i = 0; fits && i < bound.args.size(); ++i) {
      fits = ctx.infer.unify(bound.args[i], wanted.args[i]);
    }
    if (!fits) continue;
    std::vector<TypeId> args = {self};
    args.insert(args.end(), bound.args.begin(), bound.args.end());
    return MethodMatch{method, std::move(args)};
  }
  return std::nullopt;
}

static FnId method_of_impl(const Context& ctx, ImplId impl, Symbol name) {
  for (FnId id : ctx.program.impls[impl].methods) {
    if (ctx.program.fns[id].name == name) return id;
  }
  return FnId();
}

// Makes literals what they are without a context; false if there is none among them.
static bool set_literals(Context& ctx, TypeId self, const TraitRef& wanted) {
  bool is_changed = false;
  auto set = [&](TypeId type) {
    std::optional<VarKind> number = ctx.infer.var_kind(type);
    if (!number || *number == VarKind::Any) return;
    TypeKind kind = *number == VarKind::Integer ? TypeKind::Int : TypeKind::Float;
    is_changed |= ctx.infer.unify(type, ctx.types.plain(kind));
  };
  set(self);
  for (TypeId arg : wanted.args) set(arg);
  return is_changed;
}

static std::optional<MethodMatch> find_trait_method(Context& ctx, TypeId self,
                                                    const TraitRef& wanted, Span span) {
  if (!wanted.trait.valid()) return std::nullopt;
  FnId method = ctx.program.traits[wanted.trait].methods.front();
  std::optional<MethodMatch> bound = method_by_bound(ctx, self, wanted, method);
  if (bound) return bound;
  bool is_ambiguous = false;
  std::optional<ImplMatch> match = find_trait_impl(ctx, self, wanted, span, &is_ambiguous);
  if (!match && is_ambiguous && set_literals(ctx, self, wanted)) {
    match = find_trait_impl(ctx, self, wanted, span);
  }
  if (!match) return std::nullopt;
  FnId own = method_of_impl(ctx, match->impl, ctx.program.fns[method].name);
  if (!own.valid()) return std::nullopt;
  return MethodMatch{own, std::move(match->args)};
}

std::optional<TypeId> apply_trait(Context& ctx, const ast::Expr* node, TraitId trait, TypeId self,
                                  std::vector<const ast::Expr*> operands) {
  TraitRef wanted;
  wanted.trait = trait;
  for (size_t i = 1; i < operands.size(); ++i) {
    wanted.args.push_back(ctx.program.type_of(operands[i]));
  }
  std::optional<MethodMatch> match =
      find_trait_method(ctx, ctx.infer.shallow(self), wanted, node->span);
  if (!match) return std::nullopt;
  use_fn(ctx, match->fn);
  TypeId result =
      instantiate(ctx, ctx.program.fns[match->fn].result, match->type_args, node->span);
  types::CallFact& call = ctx.add_call(node);
  call.callee = match->fn;
  call.type_args = std::move(match->type_args);
  call.args = std::move(operands);
  return result;
}

std::optional<Conversion> find_conversion(Context& ctx, TypeId from, TypeId to, Span span) {
  TraitRef wanted;
  wanted.trait = core_trait(ctx, "From");
  wanted.args = {from};
  std::optional<MethodMatch> match =
      find_trait_method(ctx, ctx.infer.shallow(to), wanted, span);
  if (match) {
    use_fn(ctx, match->fn);
    return Conversion{match->fn, std::move(match->type_args)};
  }
  TraitId error = core_trait(ctx, "Error");
  bool is_error = ctx.infer.shallow(to) == dyn_error(ctx) &&
                  has_trait(ctx, from, TraitRef{error}) == Answer::Yes;
  const Entity* maker = ctx.prelude->find(ctx.names.intern("to_error"));
  if (!is_error || !maker) return std::nullopt;
  FnId fn(maker->index);
  use_fn(ctx, fn);
  return Conversion{fn, {from}};
}

// ---- what does not work --------------------------------------------------------------------

void help_with_trait(Context& ctx, Report& report, TraitId trait, TypeId self, TypeId other) {
  if (!trait.valid()) return;
  TypeKind kind = ctx.kind(self);
  std::string name(ctx.text(ctx.program.traits[trait].name));
  if (other.valid() && other != self) name += "<" + ctx.show(other) + ">";
  if (kind == TypeKind::Param) {
    report.help("ask for it where the parameter is declared: `" + ctx.show(self) + ": " + name +
                "`");
  } else if (kind == TypeKind::Struct || kind == TypeKind::Enum) {
    report.help("give it the operator: `impl " + name + " for " + ctx.show(self) + " { … }`");
  }
}

}  // namespace skein::check
