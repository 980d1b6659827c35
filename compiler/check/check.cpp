// The order of checking: names, what they mean, bodies.
#include "compiler/check/check.h"

#include "compiler/check/bounds.h"
#include "compiler/check/check_dyn.h"
#include "compiler/check/check_expr.h"
#include "compiler/check/check_map.h"
#include "compiler/check/context.h"
#include "compiler/check/declare.h"
#include "compiler/check/foreign.h"
#include "compiler/check/modules.h"
#include "compiler/check/trait_impl.h"
#include "compiler/check/traits.h"

namespace skein::check {

// Runs a stage of declaring over the items of every module.
template <class Stage>
static void for_each_module(Context& ctx, Stage stage) {
  for (size_t i = 0; i < ctx.module_trees.size(); ++i) {
    stage(ctx, *ctx.module_tables[i], ctx.module_trees[i]->items);
  }
}

static bool declare_all(Context& ctx) {
  if (!load_modules(ctx)) return false;
  resolve_imports(ctx);
  // From here on every name can be found, whichever module declares it.
  find_core_traits(ctx);
  find_core_pointers(ctx);
  ctx.program.exprs.resize(ctx.input.counters.exprs);
  ctx.program.patterns.resize(ctx.input.counters.patterns);
  for_each_module(ctx, resolve_type_params);
  for_each_module(ctx, resolve_param_defaults);
  using Stage = void (*)(Context&, NameTable&, std::span<ast::Item* const>);
  for_each_module(ctx, static_cast<Stage>(resolve_trait_bounds));
  for_each_module(ctx, resolve_param_bounds);
  for_each_module(ctx, resolve_fields);
  box_recursive_fields(ctx, 0, 0);
  for_each_module(ctx, resolve_impl_heads);
  for_each_module(ctx, static_cast<Stage>(resolve_impl_types));
  for_each_module(ctx, static_cast<Stage>(resolve_trait_methods));
  for_each_module(ctx, resolve_signatures);
  check_trait_impls(ctx, 0);
  check_dyn_types(ctx);
  ask_written_types(ctx);
  find_core_collections(ctx);
  find_core_panics(ctx);
  find_core_locals(ctx);
  find_core_parallel(ctx);
  find_core_guards(ctx);
  check_derives(ctx, 0, 0);
  check_derived_impls(ctx, 0);
  return true;
}

static void find_main(Context& ctx, ModuleId root) {
  const NameTable& table = *ctx.module_tables[root.index];
  auto found = table.names.find(ctx.known.main);
  if (found == table.names.end() || found->second.kind != Entity::Kind::Fn) return;
  FnId main(found->second.index);
  const types::FnDecl& fn = ctx.program.fns[main];
  ctx.program.main = main;
  TypeKind result = ctx.types.kind(fn.result);
  bool gives_status = result == TypeKind::Unit || result == TypeKind::Int ||
                      result == TypeKind::Error || result == TypeKind::Never;
  if (fn.params.empty() && fn.type_params.empty() && gives_status) return;
  bool gives_result = result == TypeKind::Result &&
                      ctx.types.kind(ctx.types.arg(fn.result)) == TypeKind::Unit;
  if (gives_result && fn.params.empty() && fn.type_params.empty()) return;
  Report report = ctx.report(fn.span, D::BadMain);
  report.help("write `fn main()`, `fn main() -> int` for an exit status, or "
              "`fn main() -> Result<(), E>`");
  if (!fn.params.empty()) report.help("the arguments are in `env.args()`, with `use std.env`");
}

static void check_pending_fns(Context& ctx) {
  while (!ctx.pending_fns.empty()) {
    FnId fn = ctx.pending_fns.front();
    ctx.pending_fns.pop_front();
    check_fn(ctx, fn);
  }
}

static void check_bodies(Context& ctx) {
  // Bodies ask for further functions, of the library and of blocks; blocks declare constants and
  // structs of their own.
  uint32_t next_const = 0;
  uint32_t next_static = 0;
  // Bodies ask for the types of those that were declared without one.
  for (; next_const < ctx.program.consts.size(); ++next_const) {
    check_const(ctx, ConstId(next_const));
  }
  do {
    check_pending_fns(ctx);
    for (; next_const < ctx.program.consts.size(); ++next_const) {
      check_const(ctx, ConstId(next_const));
    }
    // After the bodies that may assign to them.
    for (; ctx.pending_fns.empty() && next_static < ctx.program.statics.size(); ++next_static) {
      check_static(ctx, StaticId(next_static));
    }
  } while (!ctx.pending_fns.empty());
  check_field_defaults(ctx);
  check_pending_fns(ctx);
}

std::unique_ptr<types::Program> check_program(const Input& input) {
  auto program = std::make_unique<types::Program>(input.interner, input.sources);
  Context ctx(input, *program);
  if (!declare_all(ctx)) return program;
  find_main(ctx, ctx.root);
  program->runs_tests = input.runs_tests;
  if (input.runs_tests) use_fn(ctx, program->core.chosen_test);
  check_bodies(ctx);
  check_imports(ctx);
  return program;
}

}  // namespace skein::check
