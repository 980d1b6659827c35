// Closures, functions used as values, and calls of both.
//
// A closure literal is of some `fn` type, and its environment is of a type of its own. Where it is
// given to a parameter that stands for any closure (a plain one of fn type, or one whose type is
// bound by `F: fn(T) -> U`), the parameter becomes that type, so that the callee is compiled again
// for it; everywhere else it is wrapped into a value of the fn type.
//
// Given to a plain parameter, a closure stands for the variables around it and may change them. Any
// other has copies, because nobody knows how long it lives (language rules 8 and 9).
#include "compiler/check/check_closure.h"

#include <algorithm>

#include "compiler/check/assoc.h"
#include "compiler/check/bounds.h"
#include "compiler/check/captures.h"
#include "compiler/check/chain.h"
#include "compiler/check/check_pattern.h"
#include "compiler/check/foreign.h"
#include "compiler/check/resolve_type.h"
#include "compiler/check/traits.h"

namespace skein::check {

// ---- types that can be called --------------------------------------------------------------

const types::TypeParamDecl* type_param(const Context& ctx, const Type& type) {
  const std::vector<types::TypeParamDecl>* params = ctx.table ? ctx.table->params : nullptr;
  bool is_known = type.kind == TypeKind::Param && params && type.decl < params->size();
  return is_known ? &(*params)[type.decl] : nullptr;
}

TypeId callable_type(Context& ctx, TypeId type) {
  type = ctx.infer.shallow(type);
  const Type& known = ctx.types.get(type);
  if (known.kind == TypeKind::Fn) return type;
  if (known.kind == TypeKind::Closure) {
    TypeId signature = ctx.program.closures[types::ClosureId(known.decl)].signature;
    return known.args.empty() ? signature : ctx.types.substitute(signature, Type(known).args);
  }
  const types::TypeParamDecl* param = type_param(ctx, known);
  return param ? param->fn_bound : TypeId();
}

// What the context says about a closure: a fn type, if it wants one.
static std::optional<Type> wanted_fn(Context& ctx, const Want& want) {
  if (!want.type.valid()) return std::nullopt;
  TypeId type = ctx.infer.shallow(want.type);
  while (ctx.types.kind(type) == TypeKind::Option) type = ctx.infer.shallow(ctx.types.arg(type));
  TypeId fn = callable_type(ctx, type);
  if (!fn.valid()) return std::nullopt;
  return ctx.types.get(fn);
}

// The type of the closure's environment.
static TypeId closure_type(Context& ctx, types::ClosureId id) {
  std::vector<TypeId> args;
  for (uint32_t i = 0; i < ctx.program.closures[id].type_param_count; ++i) {
    args.push_back(ctx.types.param(i));
  }
  return ctx.types.closure(id, std::move(args));
}

types::ClosureId add_closure(Context& ctx, const ast::Expr* node, types::ClosureDecl closure) {
  closure.node = node;
  closure.span = node->span;
  bool is_generic = ctx.table && ctx.table->params;
  closure.type_param_count =
      is_generic ? static_cast<uint32_t>(ctx.table->params->size()) : 0;
  types::ClosureId id = ctx.program.closures.add(std::move(closure));
  ctx.program.closure_of[node->id.index] = id;
  ctx.open_closures.push_back(id);
  return id;
}

// ---- literals ------------------------------------------------------------------------------

static ParamMode written_mode(const ast::ClosureParam& param) {
  if (param.mode == ast::Mode::Own) return ParamMode::Own;
  return param.mode == ast::Mode::Mut ? ParamMode::Mut : ParamMode::Borrow;
}

// A closure may ask less than it is offered, not more (language rule 60).
static ParamMode param_mode(Context& ctx, const ast::ClosureParam& param, const Type* wanted,
                            size_t i) {
  ParamMode written = written_mode(param);
  if (!wanted || i >= wanted->modes.size()) return written;
  ParamMode offered = wanted->modes[i];
  if (written != ParamMode::Borrow && written != offered) {
    std::string_view word = written == ParamMode::Mut ? "mut" : "own";
    ctx.report(param.span, D::ClosureMode, {word}).help("leave `" + std::string(word) + "` away");
  }
  return offered;
}

static void declare_param(Context& ctx, const ast::ClosureParam& param, TypeId type,
                          ParamMode mode) {
  const ast::BindingPattern* binding = param.pattern->try_as<ast::BindingPattern>();
  if (!binding) {
    PatternMode of_param;
    of_param.origin = Origin::Param;
    check_pattern(ctx, param.pattern, type, of_param);
    ctx.matches.push_back({param.span, type, nullptr, param.pattern});
    return;
  }
  types::VarDecl var;
  var.name = binding->name.name;
  var.type = type;
  var.is_mutable = written_mode(param) == ParamMode::Mut;
  var.is_param = true;
  var.mode = mode;
  var.span = binding->name.span;
  // What is done to a place counts for whoever lent it.
  bool is_lent = var.is_mutable;
  VarId id = new_var(ctx, std::move(var), {.origin = Origin::Param, .is_used = is_lent});
  ctx.body_vars.push_back(id);
  ctx.locals.declare(binding->name.name, id);
  types::PatternFact& fact = ctx.fact(param.pattern);
  fact.type = type;
  fact.var = id;
  ctx.open_patterns.push_back(param.pattern);
}

static void report_param_count(Context& ctx, const ast::Closure* node, const Type& wanted,
                               const Want& want) {
  size_t count = wanted.modes.size();
  std::string words = counted(count, "argument");
  Report report =
      ctx.report(node->span, D::ClosureParams, {words, std::to_string(node->params.size())});
  if (want.because.valid()) report.label(want.because, std::string(want.why));
}

// The parameters, brought into scope. Those that nothing says the type of are `unsaid`, or found out.
static void check_params(Context& ctx, const ast::Closure* node, const Type* wanted, TypeId unsaid,
                         std::vector<TypeId>& params, std::vector<ParamMode>& modes) {
  for (size_t i = 0; i < node->params.size(); ++i) {
    const ast::ClosureParam& param = node->params[i];
    bool is_offered = wanted && i + 1 < wanted->args.size();
    TypeId type = is_offered ? wanted->args[i] : TypeId();
    if (param.type) {
      TypeId written = resolve_type(ctx, param.type);
      if (is_offered && !ctx.infer.unify(written, type)) {
        ctx.report(param.type->span, D::TypeMismatch, {ctx.show(type), ctx.show(written)});
        written = ctx.types.error();
      }
      type = written;
    }
    if (!type.valid()) type = unsaid.valid() ? unsaid : ctx.infer.fresh(param.span);
    modes.push_back(param_mode(ctx, param, wanted, i));
    params.push_back(type);
    declare_param(ctx, param, type, modes.back());
  }
}

static void check_result(Context& ctx, const ast::Closure* node, const Want& want) {
  TypeId result = ctx.body->result;
  if (ctx.kind(result) == TypeKind::Unit) {
    check_dropped(ctx, node->body);
    return;
  }
  Span because = node->ret ? node->ret->span : want.because;
  std::string_view why = node->ret ? "the closure gives this" : want.why;
  TypeId found = check_expr(ctx, node->body, Want::must(result, because, why));
  if (ctx.kind(found) == TypeKind::Never && ctx.infer.is_unknown(result)) {
    ctx.infer.unify(result, ctx.types.unit());
  }
  if (ctx.is_error(found)) ctx.infer.unify(result, found);
  fit(ctx, node->body, found, Want::must(result, because, why));
}

// Whether what the closure has cannot be copied, as far as types are known by now. Tasks are not
// taken: who drops the closure could not wait for them.
static bool captures_move_only(Context& ctx, const std::vector<VarId>& captures) {
  bool is_move_only = false;
  for (VarId var : captures) {
    TypeId type = ctx.infer.resolve(ctx.program.vars[var].type);
    if (ctx.types.has_var(type) || ctx.types.has_error(type)) continue;
    types::TypeTraits traits = types::traits_of(ctx.program, type);
    if (traits.has_task) return false;
    is_move_only |= traits.is_move_only;
  }
  return is_move_only;
}

TypeId check_closure(Context& ctx, const ast::Closure* node, const Want& want, bool is_borrowed) {
  std::optional<Type> wanted = wanted_fn(ctx, want);
  bool fits = wanted && wanted->modes.size() == node->params.size();
  if (wanted && !fits) report_param_count(ctx, node, *wanted, want);
  Body body;
  body.outer = ctx.body;
  body.depth = ctx.body->depth + 1;
  body.closure = node;
  body.is_borrowed = is_borrowed;
  if (node->ret) {
    body.result = resolve_type(ctx, node->ret);
    body.result_span = node->ret->span;
  } else {
    body.result = fits ? wanted->args.back() : ctx.infer.fresh(node->span);
  }
  ctx.body = &body;
  ctx.locals.enter();
  std::vector<TypeId> params;
  std::vector<ParamMode> modes;
  // After the report of their number, or about the call, no other about them.
  bool is_reported = (wanted && !fits) || (want.type.valid() && ctx.is_error(want.type));
  TypeId unsaid = is_reported ? ctx.types.error() : TypeId();
  check_params(ctx, node, fits ? &*wanted : nullptr, unsaid, params, modes);
  check_result(ctx, node, want);
  ctx.locals.leave();
  ctx.body = body.outer;
  types::ClosureDecl closure;
  closure.signature = ctx.types.fn(std::move(params), std::move(modes), body.result);
  closure.is_borrowed = is_borrowed;
  for (VarId var : body.captures) closure.is_changed.push_back(body.is_changed.contains(var.index));
  closure.uses = std::move(body.uses);
  closure.captures = std::move(body.captures);
  bool wants_once = wanted && wanted->decl == types::kOnce;
  closure.is_once = !is_borrowed && (wants_once || captures_move_only(ctx, closure.captures));
  if (closure.is_once) closure.signature = ctx.types.once(closure.signature);
  TypeId signature = closure.signature;
  add_closure(ctx, node, std::move(closure));
  return wanted && !fits ? ctx.types.error() : signature;
}

// ---- functions -----------------------------------------------------------------------------

// Where the context offers more than the function asks, the value takes what is offered; one that
// takes its argument for good, and is only offered a look at it, gets a copy.
static void take_offered_modes(const Type& wanted, std::vector<ParamMode>& modes) {
  if (wanted.modes.size() != modes.size()) return;
  for (size_t i = 0; i < modes.size(); ++i) {
    bool takes_copy = modes[i] == ParamMode::Own && wanted.modes[i] == ParamMode::Borrow;
    if (modes[i] == ParamMode::Borrow || takes_copy) modes[i] = wanted.modes[i];
  }
}

// Functions that are a part of the language: a call of one is no call.
static bool is_written_out(types::Builtin builtin) {
  return builtin == types::Builtin::Panic || builtin == types::Builtin::Assert ||
         builtin == types::Builtin::Unreachable || builtin == types::Builtin::Todo ||
         builtin == types::Builtin::TaskDetach;
}

// A closure that does the same.
static std::string_view closure_around(types::Builtin builtin) {
  switch (builtin) {
    case types::Builtin::Panic: return "|why| panic(why)";
    case types::Builtin::Assert: return "|holds| assert(holds)";
    case types::Builtin::Todo: return "|| todo()";
    case types::Builtin::Unreachable: return "|| unreachable()";
    default: return "|own task| task.detach()";
  }
}

// Notes that `node` is a value of that fn type, which calls what the fact says.
static TypeId add_fn_value(Context& ctx, const ast::Expr* node, std::vector<TypeId> params,
                           std::vector<ParamMode> modes, TypeId result, const Want& want,
                           types::CallFact called) {
  if (std::optional<Type> wanted = wanted_fn(ctx, want)) take_offered_modes(*wanted, modes);
  types::ClosureDecl closure;
  closure.signature = ctx.types.fn(std::move(params), std::move(modes), result);
  TypeId signature = closure.signature;
  ctx.add_call(node) = std::move(called);
  add_closure(ctx, node, std::move(closure));
  return signature;
}

TypeId check_fn_value(Context& ctx, const ast::Expr* node, FnId id, std::vector<TypeId> type_args,
                      const Want& want) {
  use_fn(ctx, id);
  require_ffi_for(ctx, node->span, id);
  const types::FnDecl& fn = ctx.program.fns[id];
  if (fn.is_variadic) {
    ctx.report(node->span, D::ForeignForm, {"with `...` is no value"})
        .help("write a closure that calls it: `|x| " + std::string(ctx.text(fn.name)) + "(x)`");
    return ctx.types.error();
  }
  if (fn.builtin && is_written_out(*fn.builtin)) {
    std::string_view closure = closure_around(*fn.builtin);
    ctx.report(node->span, D::NoFnValue, {fn.display_name})
        .help("write a closure that calls it: `" + std::string(closure) + "`")
        .fix(node->span, std::string(closure));
    return ctx.types.error();
  }
  if (fn.gives_place) {
    ctx.report(node->span, D::ProjectionKept, {fn.display_name})
        .mark("no value of `fn` type gives a place")
        .help("write a closure that does with the place what is to be done");
    return ctx.types.error();
  }
  for (size_t i = type_args.size(); i < fn.type_params.size(); ++i) {
    const types::TypeParamDecl& param = fn.type_params[i];
    type_args.push_back(param.is_implicit ? ctx.types.substitute(param.fn_bound, type_args)
                                          : ctx.infer.fresh(node->span));
  }
  ask_bounds(ctx, fn.type_params, type_args, {node->span, fn.display_name});
  std::vector<TypeId> params;
  std::vector<ParamMode> modes;
  for (const types::ParamDecl& param : fn.params) {
    params.push_back(instantiate(ctx, param.type, type_args, node->span));
    modes.push_back(param.mode);
  }
  TypeId result = instantiate(ctx, fn.result, type_args, node->span);
  types::CallFact call;
  call.callee = id;
  call.type_args = std::move(type_args);
  return add_fn_value(ctx, node, std::move(params), std::move(modes), result, want,
                      std::move(call));
}

TypeId check_variant_value(Context& ctx, const ast::Expr* node, VariantRef variant,
                           const Want& want) {
  std::vector<TypeId> params = ctx.program.variant_fields(variant.type, variant.variant);
  std::vector<ParamMode> modes(params.size(), ParamMode::Own);
  types::CallFact call;
  call.variant = variant;
  return add_fn_value(ctx, node, std::move(params), std::move(modes), variant.type, want,
                      std::move(call));
}

bool wants_fn(Context& ctx, const Want& want) {
  return !want.type.valid() || ctx.infer.is_unknown(want.type) || wanted_fn(ctx, want).has_value();
}

// ---- calls of values -----------------------------------------------------------------------

static void check_value_arg(Context& ctx, const ast::Arg& arg, TypeId type, ParamMode mode) {
  if (arg.name.valid()) {
    ctx.report(arg.name.span, D::UnknownParam, {"a `fn` value", ctx.text(arg.name.name)})
        .help("the arguments of a `fn` value are given by their places");
  }
  bool has_mut = arg.mode == ast::Mode::Mut;
  if (mode == ParamMode::Mut && !has_mut) {
    ctx.report(arg.value->span, D::ValueMissingMut)
        .help("write `mut` before it, so that the reader sees it change")
        .fix({arg.value->span.begin, arg.value->span.begin}, "mut ");
  }
  if (mode != ParamMode::Mut) {
    if (has_mut) ctx.report(arg.value->span, D::ValueUnwantedMut).help("leave `mut` away");
    check_value(ctx, arg.value, Want::must(type));
    return;
  }
  TypeId found = check_expr(ctx, arg.value);
  if (!ctx.infer.unify(found, type)) {
    report_mismatch(ctx, arg.value, found, Want::must(type));
  } else if (has_mut) {
    require_mutable(ctx, arg.value);
  }
}

TypeId call_value(Context& ctx, const CallSite& site, const ast::Expr* callee, TypeId fn_type) {
  const Type fn = ctx.types.get(fn_type);
  size_t wanted = fn.modes.size();
  std::vector<const ast::Expr*> args;
  for (size_t i = 0; i < site.args.size(); ++i) {
    args.push_back(site.args[i].value);
    if (i < wanted) {
      check_value_arg(ctx, site.args[i], fn.args[i], fn.modes[i]);
    } else {
      check_expr(ctx, site.args[i].value);
    }
  }
  if (site.args.size() != wanted) {
    std::string words = counted(wanted, "argument");
    ctx.report(site.name.span, D::ValueArgCount,
               {ctx.show(fn_type), words, std::to_string(site.args.size())});
    return fn.args.back();
  }
  types::CallFact& call = ctx.add_call(site.node);
  call.fn_type = fn_type;
  call.value = callee;
  call.args = std::move(args);
  return fn.args.back();
}

// ---- closures as arguments -----------------------------------------------------------------

static const types::TypeParamDecl* closure_param(const Context& ctx, const types::FnDecl& fn,
                                                 size_t i) {
  const Type& type = ctx.types.get(fn.params[i].type);
  if (type.kind != TypeKind::Param) return nullptr;
  const types::TypeParamDecl& param = fn.type_params[type.decl];
  return param.fn_bound.valid() ? &param : nullptr;
}

bool takes_closure(const Context& ctx, const types::FnDecl& fn, size_t i) {
  return closure_param(ctx, fn, i) != nullptr;
}

void check_fn_arg(Context& ctx, const CallSite& site, const types::FnDecl& fn, size_t i,
                  std::span<const TypeId> type_args, const ast::Arg& arg) {
  const types::TypeParamDecl& param = *closure_param(ctx, fn, i);
  bool is_ours = !ctx.program.modules[fn.module].is_std;
  settle_assocs(ctx);
  Want want = Want::must(instantiate(ctx, param.fn_bound, type_args, arg.value->span),
                         is_ours ? fn.params[i].span : Span(), "the parameter is declared here");
  // A task may outlive what its closure would stand for.
  bool is_chained = site.is_chained && role_of(ctx, fn) == IterRole::Adaptor;
  bool is_borrowed = (param.is_implicit && ctx.spawned_call != site.node) || is_chained;
  if (arg.mode == ast::Mode::Mut) {
    ctx.report(arg.value->span, D::UnwantedMut,
               {fn.display_name, ctx.text(fn.params[i].name)}).help("leave `mut` away");
  }
  TypeId found;
  if (const ast::Closure* literal = arg.value->try_as<ast::Closure>()) {
    found = ctx.set_type(literal, check_closure(ctx, literal, want, is_borrowed));
    if (is_chained) ctx.chain_closures.push_back(ctx.program.closure_of.at(literal->id.index));
  } else {
    if (is_borrowed) ctx.fn_use = arg.value;
    found = check_expr(ctx, arg.value, want);
  }
  TypeId position = type_args[ctx.types.get(fn.params[i].type).decl];
  if (ctx.is_error(found)) {
    ctx.infer.unify(position, found);
    return;
  }
  TypeId callable = callable_type(ctx, found);
  if (!callable.valid() || !ctx.infer.unify(callable, want.type)) {
    report_mismatch(ctx, arg.value, found, want);
    ctx.infer.unify(position, ctx.types.error());
    return;
  }
  auto closure = ctx.program.closure_of.find(arg.value->id.index);
  if (closure != ctx.program.closure_of.end()) {
    found = ctx.set_type(arg.value, closure_type(ctx, closure->second));
  }
  if (!ctx.infer.unify(position, found)) report_mismatch(ctx, arg.value, found, Want::must(position));
}

// ---- the end of a body ---------------------------------------------------------------------

void settle_closures(Context& ctx) {
  for (types::ClosureId id : ctx.open_closures) {
    types::ClosureDecl& closure = ctx.program.closures[id];
    closure.signature = ctx.infer.resolve(closure.signature);
    if (closure.is_borrowed || closure.is_once) continue;
    for (VarId var : closure.captures) {
      const types::VarDecl& decl = ctx.program.vars[var];
      if (ctx.types.has_var(decl.type) || ctx.types.has_error(decl.type)) continue;
      if (!types::traits_of(ctx.program, decl.type).is_move_only) continue;
      ctx.report(closure.span, D::CapturedMoveOnly, {ctx.text(decl.name), ctx.show(decl.type)})
          .mark("captures `" + std::string(ctx.text(decl.name)) + "`")
          .label(decl.span, "`" + ctx.show(decl.type) + "` cannot be copied")
          .help("pass it as an argument instead");
    }
  }
  ctx.open_closures.clear();
}

}  // namespace skein::check
