// `par for`: a loop whose rounds run side by side, in parts that tasks share out among them.
//
// Its body is a function for `return` and `?` and reads what is around it (language rules 9, 75).
// What it changes are the elements it is given, each in one round only, and its partials: one of
// each reduction for each part of the loop, put together afterwards in the order of the parts.
#include "compiler/check/captures.h"
#include "compiler/check/check_closure.h"
#include "compiler/check/check_expr.h"
#include "compiler/check/check_pattern.h"
#include "compiler/check/check_walk.h"
#include "compiler/check/modules.h"
#include "compiler/check/suggest.h"

namespace skein::check {

using Kind = types::WalkPart::Kind;

void find_core_parallel(Context& ctx) {
  ModuleId module = library_module(ctx, "std.core.parallel");
  if (!module.valid()) return;
  const NameTable& table = *ctx.module_tables[module.index];
  auto found = table.names.find(ctx.names.intern("run_parts"));
  if (found != table.names.end()) ctx.program.core.run_parts = FnId(found->second.index);
}

// ---- what the parts share --------------------------------------------------------------------

static VarId hidden_var(Context& ctx, TypeId type, Span span) {
  types::VarDecl decl;
  decl.name = ctx.names.intern("_shared");
  decl.type = type;
  decl.span = span;
  LocalInfo info;
  info.is_used = true;
  VarId var = new_var(ctx, std::move(decl), info);
  ctx.body_vars.push_back(var);
  return var;
}

// Adds the variables by which the parts reach what the loop goes over.
static void share_sources(Context& ctx, std::vector<WalkStep>& steps) {
  for (WalkStep& step : steps) {
    Span span = step.part.pattern->span;
    switch (step.part.kind) {
      case Kind::Counter:
        break;
      case Kind::Range:
        step.part.base = hidden_var(ctx, ctx.types.int_(), span);
        break;
      case Kind::Chunks:
        step.part.size = hidden_var(ctx, ctx.types.int_(), span);
        step.part.base = hidden_var(
            ctx, ctx.types.make(TypeKind::Window, {ctx.types.arg(step.element)}), span);
        break;
      case Kind::Elements:
      case Kind::Places:
        step.part.base =
            hidden_var(ctx, ctx.types.make(TypeKind::Window, {step.element}), span);
        break;
    }
  }
}

static bool is_changed(Kind kind) { return kind == Kind::Places || kind == Kind::Chunks; }

// The array that a step changes.
static const ast::Expr* changed_array(const WalkStep& step) {
  if (step.part.kind != Kind::Chunks) return step.part.source;
  return step.part.source->as<ast::MethodCall>()->receiver;
}

// ---- reductions --------------------------------------------------------------------------------

static bool has_identity(Context& ctx, const ast::Reduce& reduce, TypeId type) {
  TypeKind kind = ctx.kind(type);
  bool is_number = types::is_integer(kind) || types::is_float(kind);
  switch (reduce.kind) {
    case ast::Reduce::Kind::Logical:
      return kind == TypeKind::Bool;
    case ast::Reduce::Kind::Min:
    case ast::Reduce::Kind::Max:
      return is_number;
    case ast::Reduce::Kind::Function:
      return true;
    case ast::Reduce::Kind::Binary:
      return reduce.binary == ast::BinaryOp::Add || reduce.binary == ast::BinaryOp::Mul
                 ? is_number
                 : types::is_integer(kind);
  }
  SKEIN_UNREACHABLE("an unknown reduction");
}

// What puts two together: `fn(T, T) -> T`, or `fn(own T, T) -> T`, which is given the first for good. A function
// or a closure takes what it is offered; a value is one or the other.
static void check_reduce_function(Context& ctx, const ast::Reduce& reduce, TypeId type) {
  TypeId lent = ctx.types.fn({type, type}, {ParamMode::Borrow, ParamMode::Borrow}, type);
  TypeId given = ctx.types.fn({type, type}, {ParamMode::Own, ParamMode::Borrow}, type);
  bool is_number = types::is_integer(ctx.kind(type)) || types::is_float(ctx.kind(type));
  TypeId found = check_expr(ctx, reduce.function, Want::hint(is_number ? lent : given));
  const types::Type& function = ctx.types.get(ctx.infer.resolve(found));
  bool takes = !function.modes.empty() && function.modes[0] == ParamMode::Own;
  fit(ctx, reduce.function, found,
      Want::must(takes ? given : lent, reduce.name.span, "it has this type"));
  check_value(ctx, reduce.start, Want::must(type, reduce.name.span, "it has this type"));
}

// The variable outside; invalid, and reported, if nothing can be put there.
static VarId check_total(Context& ctx, const ast::Reduce& reduce) {
  VarId var = ctx.locals.find(reduce.name.name);
  std::string name(ctx.text(reduce.name.name));
  if (!var.valid()) {
    ctx.report(reduce.name.span, D::UnknownName, {name})
        .help("declare it before the loop: `var " + name + " = …`");
    return VarId();
  }
  const types::VarDecl& decl = ctx.program.vars[var];
  bool is_own = ctx.locals_info[var.index].body == ctx.body->depth;
  ctx.locals_info[var.index].is_used = true;
  if (decl.is_mutable && is_own) return var;
  Report report = ctx.report(reduce.name.span, D::ReduceTarget, {name});
  report.label(decl.span, is_own ? "it never changes" : "it belongs to the function around");
  report.help("the result is added to a variable of this function: `var " + name + " = …`");
  return VarId();
}

static void check_reductions(Context& ctx, const ast::ParFor* node, types::ParForFact& fact) {
  for (const ast::Reduce& reduce : node->reductions) {
    VarId var = check_total(ctx, reduce);
    fact.totals.push_back(var);
    TypeId type = var.valid() ? ctx.program.vars[var].type : ctx.types.error();
    bool has_start = reduce.kind == ast::Reduce::Kind::Function;
    if (has_start) check_reduce_function(ctx, reduce, type);
    fact.starts.push_back(has_start ? hidden_var(ctx, type, reduce.span) : VarId());
    if (ctx.infer.var_kind(type) == VarKind::Integer) ctx.infer.unify(type, ctx.types.int_());
    if (ctx.infer.var_kind(type) == VarKind::Float) {
      ctx.infer.unify(type, ctx.types.plain(TypeKind::Float));
    }
    if (ctx.is_error(type) || has_identity(ctx, reduce, type)) continue;
    std::string words(ctx.program.sources.text(
        {reduce.span.begin, reduce.name.span.begin}));
    words.erase(words.find_last_not_of(" \n") + 1);
    ctx.report(reduce.span, D::ReduceType, {words, ctx.show(type)})
        .help("say how two are put together and what to start from: `reduce(|a, b| …, start)`");
  }
}

// In the body each name stands for a partial.
static void declare_partials(Context& ctx, const ast::ParFor* node, types::ParForFact& fact) {
  for (size_t i = 0; i < node->reductions.size(); ++i) {
    bool is_known = fact.totals[i].valid();
    PatternMode mode;
    mode.is_var = true;
    mode.origin = Origin::Var;
    VarId var = declare_var(
        ctx, node->reductions[i].name,
        is_known ? ctx.program.vars[fact.totals[i]].type : ctx.types.error(), mode);
    ctx.locals_info[var.index].is_used = true;
    fact.partial_vars.push_back(var);
  }
}

static TypeId partials_type(Context& ctx, const types::ParForFact& fact) {
  std::vector<TypeId> parts;
  for (VarId var : fact.totals) {
    parts.push_back(var.valid() ? ctx.program.vars[var].type : ctx.types.error());
  }
  if (parts.empty()) return ctx.types.unit();
  return parts.size() == 1 ? parts[0] : ctx.types.make(TypeKind::Tuple, std::move(parts));
}

// ---- the loop ----------------------------------------------------------------------------------

// The function of one part: it stands for the variables around it, like a closure that is lent.
static types::ClosureDecl part_function(Context& ctx, const Body& body,
                                        const std::vector<WalkStep>& steps,
                                        const types::ParForFact& fact) {
  types::ClosureDecl closure;
  TypeId number = ctx.types.int_();
  closure.signature = ctx.types.fn({number, number}, {ParamMode::Own, ParamMode::Own}, body.result);
  closure.is_borrowed = true;
  for (const WalkStep& step : steps) {
    for (VarId var : {step.part.base, step.part.size}) {
      if (!var.valid()) continue;
      closure.captures.push_back(var);
      closure.is_changed.push_back(var == step.part.base && is_changed(step.part.kind));
    }
  }
  std::vector<VarId> read = fact.starts;
  read.insert(read.end(), body.captures.begin(), body.captures.end());
  for (VarId var : read) {
    if (!var.valid()) continue;
    closure.captures.push_back(var);
    closure.is_changed.push_back(false);
  }
  closure.uses = body.uses;
  return closure;
}

TypeId check_par_for(Context& ctx, const ast::ParFor* node) {
  types::ParForFact fact;
  std::vector<WalkStep> steps = check_walk_sources(ctx, node->iterable, node->pattern);
  share_sources(ctx, steps);
  check_reductions(ctx, node, fact);
  TypeId error = ctx.infer.fresh(node->span);

  Body body;
  body.outer = ctx.body;
  body.depth = ctx.body->depth + 1;
  body.par_for = node;
  body.result = ctx.types.make(TypeKind::Result, {partials_type(ctx, fact), error});
  body.scope_vars = ctx.body->scope_vars;
  ctx.body = &body;
  ctx.locals.enter();
  declare_partials(ctx, node, fact);
  bind_walk(ctx, steps);
  check_loop_body(ctx, node, {}, *node->body, nullptr);
  ctx.locals.leave();
  ctx.body = body.outer;

  fact.may_fail = !ctx.infer.is_unknown(error);
  if (!fact.may_fail) ctx.infer.unify(error, ctx.types.unit());
  types::ClosureDecl closure = part_function(ctx, body, steps, fact);
  closure.node = node;
  closure.span = node->span;
  for (const WalkStep& step : steps) {
    if (is_changed(step.part.kind)) {
      check_overlap(ctx, closure, changed_array(step), ParamMode::Mut);
    }
  }
  fact.part = add_closure(ctx, node, std::move(closure));
  use_fn(ctx, ctx.program.core.run_parts);
  TypeId type = fact.may_fail
                    ? ctx.types.make(TypeKind::Result, {ctx.types.unit(), error})
                    : ctx.types.unit();
  for (const WalkStep& step : steps) ctx.program.walks[node->id.index].push_back(step.part);
  ctx.program.par_fors[node->id.index] = std::move(fact);
  return type;
}

}  // namespace skein::check
