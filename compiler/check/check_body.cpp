// Bodies: a function, a constant, a default value. Types that are open when a body ends are
// settled here, and what waited for them is asked.
#include <algorithm>

#include "compiler/check/assoc.h"
#include "compiler/check/bounds.h"
#include "compiler/check/check_closure.h"
#include "compiler/check/check_dyn.h"
#include "compiler/check/check_expr.h"
#include "compiler/check/check_pattern.h"
#include "compiler/check/fold.h"
#include "compiler/check/traits.h"

namespace skein::check {

static void begin_body(Context& ctx, Body& body, NameTable& table) {
  static const std::vector<types::TypeParamDecl> kNone;
  ctx.table = &table;
  ctx.body = &body;
  ctx.has_error_type = false;
  ctx.unmet_bounds.clear();
  ctx.infer.begin_body(number_params(ctx, table.params ? *table.params : kNone));
  ctx.locals.enter();
}

// ---- settling ------------------------------------------------------------------------------

static void report_open_types(Context& ctx, size_t errors_before) {
  for (const auto& [var, origin] : ctx.infer.set_defaults()) {
    // After another error an open type is its echo.
    if (ctx.sink.error_count() > errors_before || ctx.has_error_type) continue;
    ctx.report(origin, D::NeedsType).help("write its type where it is declared");
  }
}

static void settle_exprs(Context& ctx) {
  for (const ast::Expr* expr : ctx.open_exprs) {
    ExprFact& fact = ctx.fact(expr);
    fact.type = ctx.infer.resolve(fact.type);
    if (fact.adjusted_type.valid()) fact.adjusted_type = ctx.infer.resolve(fact.adjusted_type);
    if (VariantRef* variant = std::get_if<VariantRef>(&fact.name)) {
      variant->type = ctx.infer.resolve(variant->type);
    }
  }
  for (const ast::Pattern* pattern : ctx.open_patterns) {
    types::PatternFact& fact = ctx.fact(pattern);
    fact.type = ctx.infer.resolve(fact.type);
    if (fact.variant) fact.variant->type = ctx.infer.resolve(fact.variant->type);
    for (TypeId& arg : fact.type_args) arg = ctx.infer.resolve(arg);
  }
  for (uint32_t index : ctx.open_calls) {
    types::CallFact& call = ctx.program.calls[index];
    for (TypeId& arg : call.type_args) arg = ctx.infer.resolve(arg);
    if (call.variant) call.variant->type = ctx.infer.resolve(call.variant->type);
    if (call.fn_type.valid()) call.fn_type = ctx.infer.resolve(call.fn_type);
    if (call.conversion) call.conversion = ctx.infer.resolve(*call.conversion);
  }
  for (VarId var : ctx.body_vars) {
    types::VarDecl& decl = ctx.program.vars[var];
    decl.type = ctx.infer.resolve(decl.type);
  }
}

// How far behind an unused variable a text is looked for that may mean it, in bytes: a function can have
// any number of them.
constexpr size_t kNear = 2000;

// Text that says `{x}` as other languages do: it shows itself, not the variable.
static void help_with_hole(Context& ctx, Report& report, Span variable, std::string_view name) {
  const SourceMap& sources = ctx.program.sources;
  const SourceFile& file = sources.file(sources.file_of(variable.begin));
  std::string_view behind = std::string_view(file.text).substr(variable.end - file.base, kNear);
  std::string hole = "{" + std::string(name) + "}";
  size_t at = behind.find(hole);
  if (at == std::string_view::npos || at == 0 || behind[at - 1] == '$') return;
  report.help("in a text its value is `${" + std::string(name) + "}`, with a `$`");
}

static void warn_unused(Context& ctx) {
  for (VarId var : ctx.body_vars) {
    const types::VarDecl& decl = ctx.program.vars[var];
    std::string_view name = ctx.text(decl.name);
    if (ctx.locals_info[var.index].is_used || name.starts_with("_")) continue;
    // A task that nothing consumes is an error of its own (passes/check_ownership).
    if (ctx.program.types.kind(decl.type) == types::TypeKind::Task) continue;
    // To set a place inside something else is a use.
    if (decl.is_place) continue;
    Report report = ctx.report(decl.span, D::UnusedVariable, {name});
    report.help("use it, remove it, or call it `_" + std::string(name) + "`");
    help_with_hole(ctx, report, decl.span, name);
  }
}

static void end_body(Context& ctx, size_t errors_before) {
  settle_assocs(ctx);
  check_dyn_types(ctx);
  ask_written_types(ctx);
  report_open_types(ctx, errors_before);
  check_pending_bounds(ctx);
  check_pending_literals(ctx);
  check_pending_conversions(ctx);
  check_pending_matches(ctx);
  settle_exprs(ctx);
  settle_closures(ctx);
  bool is_std = ctx.program.modules[ctx.table->module].is_std;
  if (!is_std && ctx.sink.error_count() == errors_before) warn_unused(ctx);
  ctx.locals.leave();
  ctx.open_exprs.clear();
  ctx.open_patterns.clear();
  ctx.open_calls.clear();
  ctx.open_assocs.clear();
  ctx.body_vars.clear();
  ctx.copied_fields.clear();
  ctx.body = nullptr;
  ctx.table = nullptr;
}

// ---- functions -----------------------------------------------------------------------------

static void check_param_defaults(Context& ctx, const types::FnDecl& fn) {
  for (const types::ParamDecl& param : fn.params) {
    if (!param.default_value) continue;
    check_value(ctx, param.default_value,
                Want::must(param.type, param.span, "the parameter is declared here"));
    if (param.mode == ParamMode::Mut) {
      ctx.report(param.default_value->span, D::MutDefault, {ctx.text(param.name)});
    }
  }
}

void check_fn(Context& ctx, FnId id) {
  const types::FnDecl& fn = ctx.program.fns[id];
  const ast::FnItem& item = *fn.item->as<ast::FnItem>();
  Doing doing("checking", fn.display_name);
  size_t errors_before = ctx.sink.error_count();
  Body body;
  body.result = fn.result;
  body.result_span = item.ret ? item.ret->span : Span();
  if (fn.is_gen) {
    body.yields = ctx.types.arg(fn.result);
    body.result = ctx.types.unit();
  }
  body.gives_place = fn.gives_place;
  begin_body(ctx, body, *ctx.fn_tables[id.index]);
  // A `none` that is given gets its type from the result.
  if (ctx.types.has_error(fn.result)) ctx.has_error_type = true;
  check_param_defaults(ctx, fn);
  for (const types::ParamDecl& param : fn.params) {
    ctx.locals.declare(param.name, param.var);
    if (ctx.types.kind(param.type) == TypeKind::Scope) body.scope_vars.push_back(param.var);
  }
  if (item.body) {
    check_block(ctx, *item.body,
                Want::must(body.result, body.result_span, "the function gives this"));
    if (body.gives_place) require_place_result(ctx, item.body->value);
  }
  end_body(ctx, errors_before);
}

// ---- constants and defaults ----------------------------------------------------------------

// What its value may name: constants whose types have to be known first.
static void check_named_consts(Context& ctx, const ast::Expr* expr) {
  auto check_all = [&](std::span<ast::Expr* const> parts) {
    for (const ast::Expr* part : parts) check_named_consts(ctx, part);
  };
  switch (expr->kind) {
    case ast::ExprKind::Name: {
      const Entity* entity = ctx.table->find(expr->as<ast::Name>()->name);
      if (entity && entity->kind == Entity::Kind::Const) check_const(ctx, ConstId(entity->index));
      return;
    }
    case ast::ExprKind::Unary:
      return check_named_consts(ctx, expr->as<ast::Unary>()->operand);
    case ast::ExprKind::Binary:
      check_named_consts(ctx, expr->as<ast::Binary>()->left);
      return check_named_consts(ctx, expr->as<ast::Binary>()->right);
    case ast::ExprKind::Tuple:
      return check_all(expr->as<ast::Tuple>()->elements);
    case ast::ExprKind::Array:
      return check_all(expr->as<ast::Array>()->elements);
    case ast::ExprKind::RepeatArray:
      return check_named_consts(ctx, expr->as<ast::RepeatArray>()->value);
    default:
      return;
  }
}

static void note_known(Context& ctx, ConstId id) {
  types::ConstDecl& decl = ctx.program.consts[id];
  if (!types::is_integer(ctx.types.kind(decl.type))) return;
  if (std::optional<__int128> value = fold_const(ctx, id)) {
    decl.known = static_cast<uint64_t>(*value);
  }
}

void check_const(Context& ctx, ConstId id) {
  types::ConstDecl& decl = ctx.program.consts[id];
  if (!decl.value || decl.is_checked) return;
  decl.is_checked = true;
  bool has_type = decl.type.valid();
  if (!has_type) {
    ctx.table = ctx.const_tables[id.index];
    check_named_consts(ctx, decl.value);
  }
  size_t errors_before = ctx.sink.error_count();
  Body body;
  body.result = ctx.types.error();
  begin_body(ctx, body, *ctx.const_tables[id.index]);
  if (has_type) {
    check_value(ctx, decl.value,
                Want::must(decl.type, decl.span, "the constant is declared here"));
  } else {
    TypeId type = check_expr(ctx, decl.value);
    if (!decl.type.valid()) decl.type = type;
  }
  end_body(ctx, errors_before);
  if (!has_type) decl.type = ctx.infer.resolve(decl.type);
  if (ctx.sink.error_count() == errors_before) note_known(ctx, id);
}

// A handle to what tasks share and change, or one of the library's that is made of such a handle.
static bool is_shared_handle(Context& ctx, TypeId type) {
  TypeKind kind = ctx.types.kind(type);
  if (kind == TypeKind::Mutex || kind == TypeKind::RwLock || kind == TypeKind::Chan) return true;
  if (kind != TypeKind::Struct) return false;
  const types::StructDecl& decl = ctx.program.structs[StructId(ctx.types.get(type).decl)];
  if (!ctx.program.modules[decl.module].is_std || decl.fields.size() != 1) return false;
  return is_shared_handle(ctx, decl.fields[0].type);
}

static bool is_shareable_static(Context& ctx, const types::StaticDecl& decl) {
  return decl.kind != types::StaticKind::Program || ctx.types.kind(decl.type) == TypeKind::Atomic ||
         is_shared_handle(ctx, decl.type);
}

void check_static(Context& ctx, StaticId id) {
  types::StaticDecl& decl = ctx.program.statics[id];
  if (!decl.value || ctx.is_error(decl.type)) return;
  check_local_type(ctx, decl);
  if (!is_shareable_static(ctx, decl)) {
    std::string type = ctx.show(decl.type);
    Report report = ctx.report(decl.type_span, D::StaticNotShared, {ctx.text(decl.name)});
    report.mark("every task would see and change the same `" + type + "`");
    auto assigned = ctx.assigned_statics.find(id.index);
    if (assigned != ctx.assigned_statics.end()) report.label(assigned->second, "changed here");
    report.help("a static is an `Atomic`, `Mutex`, `RwLock`, `Chan`, `Once` or `Lazy`: write `Atomic<" +
                type + ">` or `Mutex<" + type + ">`");
    report.help("a value that never changes is a `const`");
    return;
  }
  size_t errors_before = ctx.sink.error_count();
  Body body;
  body.result = ctx.types.error();
  begin_body(ctx, body, *ctx.static_tables[id.index]);
  check_value(ctx, decl.value, Want::must(decl.type, decl.span, "its type is declared here"));
  end_body(ctx, errors_before);
}

static void check_defaults_of(Context& ctx, const std::vector<types::FieldDecl>& fields,
                              const std::vector<types::TypeParamDecl>& params, ModuleId module) {
  for (const types::FieldDecl& field : fields) {
    if (!field.default_value) continue;
    NameTable table;
    table.outer = ctx.module_tables[module.index];
    table.module = module;
    table.params = &params;
    Body body;
    body.result = ctx.types.error();
    size_t errors_before = ctx.sink.error_count();
    begin_body(ctx, body, table);
    check_value(ctx, field.default_value,
                Want::must(field.type, field.span, "the field is declared here"));
    end_body(ctx, errors_before);
  }
}

void check_field_defaults(Context& ctx) {
  for (const types::StructDecl& decl : ctx.program.structs) {
    check_defaults_of(ctx, decl.fields, decl.type_params, decl.module);
  }
  for (const types::EnumDecl& decl : ctx.program.enums) {
    for (const types::VariantDecl& variant : decl.variants) {
      check_defaults_of(ctx, variant.fields, decl.type_params, decl.module);
    }
  }
}

}  // namespace skein::check
