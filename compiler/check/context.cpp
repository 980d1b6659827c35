// The shared state of checking: its set-up, and facts as they are noted.
#include "compiler/check/context.h"

#include "compiler/check/assoc.h"
#include "compiler/types/impls.h"

namespace skein::check {

WellKnown::WellKnown(Interner& names)
    : self(names.intern("self")),
      self_type(names.intern("Self")),
      ok(names.intern("ok")),
      err(names.intern("err")),
      new_(names.intern("new")),
      main(names.intern("main")),
      drop(names.intern("drop")),
      start(names.intern("start")),
      end(names.intern("end")),
      join(names.intern("join")) {}

Context::Context(const Input& in, Program& made)
    : input(in),
      program(made),
      types(made.types),
      names(in.interner),
      sink(in.sink),
      known(in.interner),
      infer(made.types) {
  // Here bounds and unset variables have a say.
  types.set_assoc_finder([this](TypeId type) { return find_assoc(*this, type); });
}

Context::~Context() {
  types.set_assoc_finder(
      [&program = program](TypeId type) { return types::find_assoc(program, type); });
}

std::string Context::show(TypeId type) {
  TypeId known_type = infer.resolve_for_show(type);
  static const std::vector<types::TypeParamDecl> kNone;
  const std::vector<types::TypeParamDecl>* params = table ? table->params : nullptr;
  return program.type_name(known_type, params ? *params : kNone);
}

TypeId Context::not_yet(Span span, std::string_view what) {
  report(span, D::NotYet, {what});
  return types.error();
}

TypeId Context::set_type(const ast::Expr* expr, TypeId type) {
  ExprFact& noted = fact(expr);
  noted.type = type;
  if (types.has_error(type)) has_error_type = true;
  if (types.has_var(type)) open_exprs.push_back(expr);
  return type;
}

void Context::adjust(const ast::Expr* expr, Adjustment adjustment, TypeId type) {
  ExprFact& noted = fact(expr);
  noted.adjustment = adjustment;
  noted.adjusted_type = type;
  if (types.has_var(type)) open_exprs.push_back(expr);
}

static types::CallFact& new_call(Context& ctx, uint32_t& index) {
  index = static_cast<uint32_t>(ctx.program.calls.size());
  ctx.open_calls.push_back(index);
  ctx.program.calls.emplace_back();
  return ctx.program.calls.back();
}

types::CallFact& Context::add_call(const ast::Expr* expr) {
  return new_call(*this, fact(expr).call);
}

types::CallFact& Context::add_chain_conversion(const ast::Expr* expr) {
  return new_call(*this, program.chain_conversions[expr->id.index]);
}

void use_fn(Context& ctx, FnId fn) {
  if (ctx.program.fns[fn].is_checked) return;
  ctx.program.fns[fn].is_checked = true;
  ctx.pending_fns.push_back(fn);
}

VarId new_var(Context& ctx, types::VarDecl var, LocalInfo info) {
  info.body = ctx.body ? ctx.body->depth : 0;
  ctx.locals_info.push_back(info);
  return ctx.program.vars.add(std::move(var));
}

std::string quoted(std::string_view name) { return "`" + std::string(name) + "`"; }

}  // namespace skein::check
