// What loops run over.
//
// Any type with a method `next(mut self) -> T?` of its own or by `impl Iter<T>` is an iterator, and
// any with `iter(own self)`, whose result is one, can be looped over. Generic code says `I: Iter<T>`
// and `S: Iterable<I>`; which method it reaches is known when it is specialised.
#include "compiler/check/iterate.h"

#include "compiler/check/check_closure.h"
#include "compiler/check/method.h"

namespace skein::check {

// The method `name` if it takes nothing but itself, in this mode.
static std::optional<MethodMatch> lone_method(Context& ctx, TypeId type, std::string_view name,
                                              ParamMode mode, Span span) {
  std::optional<MethodMatch> match = try_own_method(ctx, type, ctx.names.intern(name), span);
  if (!match) return std::nullopt;
  const types::FnDecl& fn = ctx.program.fns[match->fn];
  // A method of another trait only happens to have that name.
  const types::ImplDecl* impl = fn.impl.valid() ? &ctx.program.impls[fn.impl] : nullptr;
  if (fn.trait.valid() || (impl && impl->trait && !is_iteration(ctx, *impl->trait))) {
    return std::nullopt;
  }
  bool fits = fn.has_self && fn.params.size() == 1 && fn.params[0].mode == mode &&
              fn.type_params.size() == match->type_args.size();
  if (!fits) return std::nullopt;
  use_fn(ctx, match->fn);
  return match;
}

TypeId item_of(Context& ctx, TypeId type, Span span) {
  type = ctx.infer.shallow(type);
  const Type known = ctx.types.get(type);
  if (known.kind == TypeKind::Param) {
    const types::TypeParamDecl* param = type_param(ctx, known);
    return param ? param->iter_item : TypeId();
  }
  if (known.kind == TypeKind::Error) return type;
  bool has_methods = known.kind == TypeKind::Struct || known.kind == TypeKind::Enum ||
                     known.kind == TypeKind::Gen;
  if (!has_methods) return TypeId();
  std::optional<MethodMatch> match = lone_method(ctx, type, "next", ParamMode::Mut, span);
  if (!match) return TypeId();
  const types::FnDecl& fn = ctx.program.fns[match->fn];
  if (ctx.types.kind(fn.result) != TypeKind::Option) return TypeId();
  return ctx.types.substitute(ctx.types.arg(fn.result), match->type_args);
}

TypeId iterator_of(Context& ctx, TypeId type, Span span) {
  type = ctx.infer.shallow(type);
  const Type known = ctx.types.get(type);
  if (known.kind == TypeKind::Param) {
    const types::TypeParamDecl* param = type_param(ctx, known);
    if (!param) return TypeId();
    if (param->iterator.valid()) return param->iterator;
    return param->iter_item.valid() ? type : TypeId();
  }
  if (known.kind == TypeKind::Error) return type;
  if (known.kind == TypeKind::Var) return TypeId();
  std::optional<MethodMatch> match = lone_method(ctx, type, "iter", ParamMode::Own, span);
  if (match) {
    return ctx.types.substitute(ctx.program.fns[match->fn].result, match->type_args);
  }
  return item_of(ctx, type, span).valid() ? type : TypeId();
}

bool is_lazy(Context& ctx, TypeId id, Span span) {
  const Type type = ctx.types.get(ctx.infer.shallow(id));
  if (type.kind != TypeKind::Struct) return false;
  ModuleId module = ctx.program.structs[StructId(type.decl)].module;
  return ctx.program.modules[module].is_std && item_of(ctx, id, span).valid();
}

bool unify_bounds(Context& ctx, const types::TypeParamDecl& param, TypeId arg,
                  std::span<const TypeId> args, Span span) {
  bool has_bound = param.iter_item.valid() || param.iterator.valid() || param.fn_bound.valid();
  if (!has_bound || ctx.infer.is_unknown(arg) || ctx.is_error(arg)) return true;
  auto same = [&](TypeId found, TypeId bound) {
    return found.valid() && ctx.infer.unify(found, ctx.types.substitute(bound, args));
  };
  if (param.iter_item.valid() && !same(item_of(ctx, arg, span), param.iter_item)) return false;
  if (param.iterator.valid() && !same(iterator_of(ctx, arg, span), param.iterator)) return false;
  return !param.fn_bound.valid() || same(callable_type(ctx, arg), param.fn_bound);
}

bool is_iteration(const Context& ctx, TraitId trait) {
  return trait == ctx.program.core.iter || trait == ctx.program.core.iterable;
}

void enter_iter_method(Context& ctx, FnId id) {
  const types::FnDecl& fn = ctx.program.fns[id];
  std::string_view name = ctx.text(fn.name);
  if (!fn.has_self || fn.params.size() != 1) return;
  if (name == "next") ctx.program.next_methods.push_back(id);
  if (name == "iter") ctx.program.iter_methods.push_back(id);
}

}  // namespace skein::check
