// The arguments of a call against the parameters of what is called.
#include <algorithm>

#include "compiler/check/assoc.h"
#include "compiler/check/bounds.h"
#include "compiler/check/captures.h"
#include "compiler/check/check_closure.h"
#include "compiler/check/copies.h"
#include "compiler/check/foreign.h"
#include "compiler/check/check_expr.h"
#include "compiler/check/iterate.h"
#include "compiler/check/resolve_type.h"
#include "compiler/check/suggest.h"
#include "compiler/check/traits.h"

namespace skein::check {

// ---- which argument is whose ---------------------------------------------------------------

static bool is_ours(const Context& ctx, const types::FnDecl& fn) {
  return !ctx.program.modules[fn.module].is_std;
}

static size_t find_param(const types::FnDecl& fn, Symbol name) {
  for (size_t i = 0; i < fn.params.size(); ++i) {
    if (fn.params[i].name == name) return i;
  }
  return fn.params.size();
}

static void report_unknown_param(Context& ctx, const types::FnDecl& fn, const ast::Arg& arg) {
  Report report = ctx.report(arg.name.span, D::UnknownParam,
                             {fn.display_name, ctx.text(arg.name.name)});
  std::vector<std::string_view> names;
  for (const types::ParamDecl& param : fn.params) names.push_back(ctx.text(param.name));
  std::string all;
  for (std::string_view name : names) all += (all.empty() ? "" : ", ") + quoted(name);
  bool is_near = suggest(report, arg.name.span, ctx.text(arg.name.name), std::move(names));
  if (is_near || all.empty()) return;
  report.help((fn.params.size() == 1 ? "its parameter is " : "its parameters are ") + all +
              "; a name may be left away: `f(1)`");
}

static void report_count(Context& ctx, const CallSite& site, const types::FnDecl& fn,
                         size_t first, D kind, Span span) {
  size_t wanted = fn.params.size() - first;
  Report report = ctx.report(span, kind,
                             {fn.display_name, counted(wanted, "argument"),
                              std::to_string(site.args.size())});
  if (is_ours(ctx, fn)) report.label(fn.span, "declared here");
  const ast::StrLit* text = site.args.empty() ? nullptr : site.args[0].value->try_as<ast::StrLit>();
  bool has_holes = text && ctx.text(text->value).find('{') != std::string_view::npos;
  std::string_view name = fn.display_name;
  bool is_print = name.starts_with("print") || name.starts_with("eprint") || name == "panic";
  if (!is_ours(ctx, fn) && (has_holes || is_print)) {
    report.help("values stand in the text itself: `\"x is ${x}\"`");
  } else if (kind == D::TooManyArgs && name == "[T].sort") {
    report.help("an order of its own is given to `sort_by`, a key to `sort_by_key`");
  } else if (kind == D::TooManyArgs && name == "Map.get") {
    report.help("what stands for a missing entry is given to `get_or`, or behind `??`");
  } else if (kind == D::TooManyArgs) {
    report.help("leave it away, or let the function take it");
  }
}

// A method called through its type lacks the value to call it on: `P.plus(2)`.
static bool lacks_self(const CallSite& site, const types::FnDecl& fn) {
  if (site.receiver || !fn.has_self) return false;
  size_t needed = static_cast<size_t>(
      std::count_if(fn.params.begin(), fn.params.end(), [](const types::ParamDecl& param) {
        return !param.default_value && !param.is_using;
      }));
  return site.args.empty() || site.args.size() + 1 == needed;
}

static void report_missing(Context& ctx, const CallSite& site, const types::FnDecl& fn,
                           size_t first, const std::vector<const ast::Arg*>& given) {
  std::string missing;
  for (size_t i = first; i < fn.params.size(); ++i) {
    if (given[i] || fn.params[i].default_value || fn.params[i].is_using) continue;
    if (!missing.empty()) missing += ", ";
    missing += "`" + std::string(ctx.text(fn.params[i].name)) + ": " +
               ctx.program.type_name(fn.params[i].type, fn.type_params) + "`";
  }
  if (missing.empty()) return;
  Report report = ctx.report(site.name.span, D::TooFewArgs,
                             {fn.display_name, counted(fn.params.size() - first, "argument"),
                              std::to_string(site.args.size())});
  if (is_ours(ctx, fn)) report.label(fn.span, "declared here");
  if (lacks_self(site, fn)) {
    report.help("it is a method: call it on a value, `x." + std::string(ctx.text(fn.name)) + "(…)`");
    return;
  }
  report.help("missing: " + missing);
}

// Which argument each parameter gets; null: its default. What is left may be for C's `...`.
static std::vector<const ast::Arg*> match_args(Context& ctx, const CallSite& site,
                                               const types::FnDecl& fn,
                                               std::vector<const ast::Expr*>& extra) {
  size_t first = site.receiver ? 1 : 0;
  std::vector<const ast::Arg*> given(fn.params.size(), nullptr);
  size_t next = first;
  bool has_extra = false;
  bool is_complete = true;   // nothing was meant for a parameter that got nothing
  bool leaves_out = site.args.size() + first < fn.params.size();
  for (const ast::Arg& arg : site.args) {
    // Where something is left out, it is what is passed by itself.
    while (leaves_out && next < fn.params.size() && fn.params[next].is_using) ++next;
    size_t index = arg.name.valid() ? find_param(fn, arg.name.name) : next++;
    if (arg.name.valid() && index == fn.params.size()) {
      report_unknown_param(ctx, fn, arg);
      is_complete = false;
      check_expr(ctx, arg.value);
      continue;
    }
    if (index >= fn.params.size() && fn.is_variadic) {
      check_extra_arg(ctx, arg);
      extra.push_back(arg.value);
      continue;
    }
    if (index >= fn.params.size()) {
      if (!has_extra) report_count(ctx, site, fn, first, D::TooManyArgs, arg.value->span);
      has_extra = true;
      check_expr(ctx, arg.value);
      continue;
    }
    if (given[index] || (site.receiver && index == 0)) {
      Report report =
          ctx.report(arg.value->span, D::DuplicateArg, {ctx.text(fn.params[index].name)});
      if (given[index]) report.label(given[index]->value->span, "first given here");
      is_complete = false;
      check_expr(ctx, arg.value);
      continue;
    }
    given[index] = &arg;
  }
  if (has_extra || !is_complete) return given;
  report_missing(ctx, site, fn, first, given);
  if (!lacks_self(site, fn)) return given;
  // Which parameter each argument was meant for is not known then.
  for (const ast::Arg*& arg : given) {
    if (arg) check_expr(ctx, arg->value);
    arg = nullptr;
  }
  return given;
}

// ---- one argument --------------------------------------------------------------------------

static void check_mode(Context& ctx, const types::FnDecl& fn, const types::ParamDecl& param,
                       const ast::Arg& arg) {
  bool wants_mut = param.mode == ParamMode::Mut;
  bool has_mut = arg.mode == ast::Mode::Mut;
  if (wants_mut == has_mut) return;
  std::string name(ctx.text(param.name));
  if (wants_mut) {
    Report report = ctx.report(arg.value->span, D::MissingMut, {fn.display_name, name});
    if (is_ours(ctx, fn)) report.label(param.span, "declared `mut` here");
    report.help("write `mut` before it, so that the reader sees it change")
        .fix({arg.value->span.begin, arg.value->span.begin}, "mut ");
    return;
  }
  Report report = ctx.report(arg.value->span, D::UnwantedMut, {fn.display_name, name});
  if (is_ours(ctx, fn)) report.label(param.span, "declared without `mut` here");
  report.help("leave `mut` away");
  Span mark = {arg.value->span.begin - 4, arg.value->span.begin};
  if (ctx.program.sources.text(mark) == "mut ") report.fix(mark, "");
}

static bool keeps_length(const types::FnDecl& fn) {
  return !fn.builtin || *fn.builtin == types::Builtin::ArraySwap ||
         *fn.builtin == types::Builtin::ArraySplitMut ||
         *fn.builtin == types::Builtin::ArrayChunksMut;
}

// A fixed array is lent to a method of arrays as a window, unless that changes its length.
static void check_lent_fixed(Context& ctx, const types::FnDecl& fn, const types::ParamDecl& param,
                             const ast::Expr* place) {
  TypeId type = ctx.infer.shallow(ctx.fact(place).type);
  if (ctx.types.kind(type) != TypeKind::FixedArray) return;
  if (ctx.types.kind(param.type) != TypeKind::Array || keeps_length(fn)) return;
  ctx.report(place->span, D::FixedLength,
             {ctx.show(type), counted(ctx.types.get(type).length, "element")})
      .mark("`" + fn.display_name + "` would change that")
      .help("an array that grows and shrinks is a `[" + ctx.show(ctx.types.arg(type)) + "]`");
}

// The place that a parameter with `mut` is lent. A part of an array can be lent to what does not
// change its length.
static void check_lent(Context& ctx, const types::FnDecl& fn, const types::ParamDecl& param,
                       const ast::Expr* place) {
  const ast::Slice* slice = place->try_as<ast::Slice>();
  if (!slice) {
    // A guard is lent to what gives its lock back and takes it again.
    bool is_guard = fn.builtin == types::Builtin::CondvarWait &&
                    types::is_guard(ctx.program, ctx.infer.shallow(ctx.fact(place).type));
    if (!is_guard) require_mutable(ctx, place);
    // `take`, `replace` and `swap` give the place another value.
    bool replaces = !fn.has_self && ctx.program.modules[fn.module].is_std;
    if (!replaces) warn_of_changed_loop(ctx, place);
    if (fn.builtin == types::Builtin::CondvarWait) check_condvar_wait(ctx, place);
    return check_lent_fixed(ctx, fn, param, place);
  }
  require_mutable(ctx, slice->receiver);
  TypeKind type = ctx.kind(ctx.fact(place).type);
  if (type == TypeKind::Error) return;
  bool takes_windows = ctx.types.kind(param.type) == TypeKind::Array && type == TypeKind::Array;
  if (takes_windows && keeps_length(fn)) return;
  Report report = ctx.report(place->span, D::WindowChanged,
                             {ctx.program.sources.text(place->span), "resized or replaced"});
  report.help("`" + fn.display_name + "` wants a place that may get another value");
}

bool calls_builtin(Context& ctx, const ast::Expr* expr, types::Builtin builtin) {
  const types::CallFact* call = ctx.program.call_of(expr);
  return call && call->callee.valid() && ctx.program.fns[call->callee].builtin == builtin;
}

// What `split_mut` and `chunks_mut` give are places, which only a pattern can take.
static void check_projection(Context& ctx, const CallSite& site, const types::FnDecl& fn) {
  bool is_split = fn.builtin == types::Builtin::ArraySplitMut;
  if (!is_split && fn.builtin != types::Builtin::ArrayChunksMut) return;
  if (ctx.projecting_call == site.node) return;
  ctx.report(site.name.span, D::ProjectionKept, {fn.display_name})
      .help(is_split ? "bind both parts: `let (mut left, mut right) = xs.split_mut(i)`"
                     : "run over the parts: `for mut part in xs.chunks_mut(n)`");
}

static void check_arg(Context& ctx, const types::FnDecl& fn, const types::ParamDecl& param,
                      TypeId type, const ast::Arg& arg) {
  Span because = is_ours(ctx, fn) ? param.span : Span();
  Want want = Want::must(type, because, "the parameter is declared here");
  check_mode(ctx, fn, param, arg);
  if (param.mode != ParamMode::Mut) {
    if (ctx.types.kind(param.type) == TypeKind::Scope) ctx.scope_use = arg.value;
    check_value(ctx, arg.value, want);
    return;
  }
  // The callee writes to the place itself, so its type has to be the same.
  TypeId found = check_expr(ctx, arg.value);
  if (!ctx.infer.unify(found, type)) {
    report_mismatch(ctx, arg.value, found, want);
    return;
  }
  if (arg.mode == ast::Mode::Mut) check_lent(ctx, fn, param, arg.value);
}

static void check_receiver(Context& ctx, const CallSite& site, const types::FnDecl& fn) {
  if (fn.params[0].mode != ParamMode::Mut) return;
  // What a call gives may be changed for the sake of what that gives in turn: `xs.iter().next()`.
  bool is_nameless = site.receiver->is<ast::MethodCall>() || site.receiver->is<ast::Call>();
  bool gives_value = ctx.types.kind(fn.result) != TypeKind::Unit && !fn.gives_place;
  bool is_lent_to_task = ctx.spawned_call == site.node;
  if (is_nameless && gives_value && !is_lent_to_task && !lent_for_place(ctx, site.receiver)) return;
  check_lent(ctx, fn, fn.params[0], site.receiver);
}

// ---- the call ------------------------------------------------------------------------------

// Type arguments of the function's own parameters: written, or variables.
static void add_own_type_args(Context& ctx, const CallSite& site, const types::FnDecl& fn,
                              std::vector<TypeId>& type_args) {
  size_t own = fn.type_params.size() - type_args.size();
  size_t nameable = own - static_cast<size_t>(std::count_if(
                              fn.type_params.begin(), fn.type_params.end(),
                              [](const types::TypeParamDecl& param) { return param.is_implicit; }));
  if (!site.type_args.empty() && site.type_args.size() != nameable) {
    ctx.report(site.name.span, D::TypeArgCount,
               {fn.display_name, counted(nameable, "type argument"),
                std::to_string(site.type_args.size())});
  }
  for (size_t i = 0; i < own; ++i) {
    bool is_written = i < std::min(nameable, site.type_args.size());
    type_args.push_back(is_written ? resolve_type(ctx, site.type_args[i])
                                   : ctx.infer.fresh(site.name.span));
  }
}

// Whether the bounds on other types hold; where they do not, those are not known.
static bool ask_call_bounds(Context& ctx, const CallSite& site, const types::FnDecl& fn,
                            const std::vector<TypeId>& type_args) {
  bool holds = true;
  Span span = site.args.size() == 1 ? site.args[0].value->span : site.name.span;
  for (size_t i = 0; i < fn.type_params.size(); ++i) {
    const types::TypeParamDecl& param = fn.type_params[i];
    if (!unify_bounds(ctx, param, type_args[i], type_args, span)) {
      std::string_view bound = param.iter_item.valid()  ? "Iter"
                               : param.iterator.valid() ? "Iterable"
                                                        : "fn";
      ctx.report(span, D::BoundUnmet, {ctx.show(type_args[i]), bound});
      holds = false;
    }
  }
  ask_bounds(ctx, fn.type_params, type_args, {span, fn.display_name, is_ours(ctx, fn)});
  settle_assocs(ctx);
  return holds;
}

// Rule 82: `using s: Scope` gets the innermost scope with a name.
static void pass_scopes(Context& ctx, const CallSite& site, const types::FnDecl& fn,
                        const std::vector<const ast::Expr*>& args, types::CallFact& call) {
  for (size_t i = 0; i < args.size(); ++i) {
    if (args[i] || !fn.params[i].is_using) continue;
    VarId scope = innermost_scope(ctx);
    if (!scope.valid()) {
      ctx.report(site.name.span, D::NoScopeInView, {fn.display_name, ctx.text(fn.params[i].name)})
          .help("give the block a scope with a name, `async |s| { … }`, or pass one on: "
                "`using s: Scope`");
      return;
    }
    note_use(ctx, site.node, scope, true);
    call.scope = scope;
  }
}

TypeId call_fn(Context& ctx, const CallSite& site, FnId id, std::vector<TypeId> type_args,
               const Want& want) {
  use_fn(ctx, id);
  require_ffi_for(ctx, site.name.span, id);
  if (ctx.program.fns[id].builtin == types::Builtin::TaskJoin) {
    use_fn(ctx, ctx.program.core.task_outcome);
  }
  const types::FnDecl& fn = ctx.program.fns[id];
  add_own_type_args(ctx, site, fn, type_args);
  TypeId result = instantiate(ctx, fn.result, type_args, site.name.span);
  // What is wanted tells the arguments more, unless it might be about the value inside a `T?`.
  // One that gives nothing back says nothing of what is wanted.
  bool is_open = ctx.types.kind(fn.result) == TypeKind::Param ||
                 ctx.types.kind(fn.result) == TypeKind::Never;
  if (want.type.valid() && !is_open) ctx.infer.unify(result, want.type);

  std::vector<const ast::Expr*> extra;
  std::vector<const ast::Arg*> given = match_args(ctx, site, fn, extra);
  std::vector<const ast::Expr*> args(fn.params.size(), nullptr);
  if (site.receiver && !args.empty()) {
    args[0] = site.receiver;
    check_receiver(ctx, site, fn);
  }
  // In the order they were written, so that earlier ones give types to later ones; closures last,
  // since what they are given says what they work on.
  std::vector<size_t> order;
  for (size_t i = 0; i < given.size(); ++i) {
    if (given[i]) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    bool a_is_closure = given[a]->value->kind == ast::ExprKind::Closure;
    bool b_is_closure = given[b]->value->kind == ast::ExprKind::Closure;
    if (a_is_closure != b_is_closure) return b_is_closure;
    return given[a] < given[b];
  });
  for (size_t i : order) {
    if (takes_closure(ctx, fn, i)) {
      check_fn_arg(ctx, site, fn, i, type_args, *given[i]);
      check_callback(ctx, fn, given[i]->value);
    } else {
      TypeId type = instantiate(ctx, fn.params[i].type, type_args, given[i]->value->span);
      check_arg(ctx, fn, fn.params[i], type, *given[i]);
    }
    args[i] = given[i]->value;
  }
  types::CallFact& call = ctx.add_call(site.node);
  pass_scopes(ctx, site, fn, args, call);
  check_closure_overlaps(ctx, fn, args);
  check_lent_twice(ctx, fn, args);
  if (!ask_call_bounds(ctx, site, fn, type_args)) result = ctx.types.error();
  check_projection(ctx, site, fn);
  call.callee = id;
  call.type_args = std::move(type_args);
  call.args = std::move(args);
  call.extra = std::move(extra);
  return result;
}

TypeId call_variant(Context& ctx, const CallSite& site, VariantRef variant, const Want& want) {
  if (want.type.valid()) {
    TypeId wanted = ctx.infer.shallow(want.type);
    bool is_option = ctx.types.kind(wanted) == TypeKind::Option;
    ctx.infer.unify(variant.type, is_option ? ctx.types.arg(wanted) : wanted);
  }
  std::vector<TypeId> fields = ctx.program.variant_fields(variant.type, variant.variant);
  if (has_named_fields(ctx, variant)) {
    std::string name(ctx.text(site.name.name));
    ctx.report(site.name.span, D::VariantForm, {name})
        .help("its payload has names: write `" + name + " { … }`");
    for (const ast::Arg& arg : site.args) check_expr(ctx, arg.value);
    return variant.type;
  }
  if (site.args.size() != fields.size()) {
    ctx.report(site.name.span, D::VariantArgs,
               {ctx.text(site.name.name), counted(fields.size(), "value"),
                std::to_string(site.args.size())});
  }
  types::CallFact fact;
  fact.variant = variant;
  for (size_t i = 0; i < site.args.size(); ++i) {
    const ast::Arg& arg = site.args[i];
    if (arg.mode == ast::Mode::Mut || arg.name.valid()) {
      ctx.report(arg.value->span, D::VariantForm, {ctx.text(site.name.name)})
          .help("a payload is given plainly, by its place");
    }
    check_value(ctx, arg.value, i < fields.size() ? Want::must(fields[i]) : Want());
    fact.args.push_back(arg.value);
  }
  ctx.add_call(site.node) = std::move(fact);
  return variant.type;
}

}  // namespace skein::check
