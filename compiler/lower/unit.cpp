// Functions by declaration and by name, and a memory of what types are like.
#include "compiler/lower/unit.h"

#include "compiler/lower/lower_fn.h"
#include "compiler/support/check.h"
#include "compiler/syntax/ast.h"

namespace skein::lower {

using types::TypeKind;

const types::TypeTraits& Unit::traits(types::TypeId type) {
  auto found = traits_.find(type);
  if (found == traits_.end()) {
    found = traits_.emplace(type, types::traits_of(program, type)).first;
  }
  return found->second;
}

bool Unit::is_scalar(types::TypeId type) const {
  TypeKind kind = program.types.kind(type);
  return types::is_integer(kind) || types::is_float(kind) || kind == TypeKind::Bool ||
         kind == TypeKind::Char || kind == TypeKind::Duration || kind == TypeKind::Instant;
}

std::string Unit::unique_name(const std::string& name) {
  std::string unique = name;
  for (uint32_t n = 2; !names_.insert(unique).second; ++n) {
    unique = name + "." + std::to_string(n);
  }
  return unique;
}

// `Point.len`; with the module in front where another module has the same name.
std::string Unit::function_name(const types::FnDecl& decl) {
  if (!names_.contains(decl.display_name)) return unique_name(decl.display_name);
  std::string_view module_name = program.interner.text(program.modules[decl.module].name);
  return unique_name(std::string(module_name) + "." + decl.display_name);
}

sir::FunctionId Unit::add_made_up(std::string name, sir::FunctionKind kind, Span span) {
  sir::Function fn;
  fn.name = unique_name(name);
  fn.display_name = fn.name;
  fn.kind = kind;
  fn.span = span;
  return module.functions.add(std::move(fn));
}

sir::FunctionId Unit::function_of(types::FnId id) {
  auto found = functions_.find(id);
  if (found != functions_.end()) return found->second;
  const types::FnDecl& decl = program.fns[id];
  SKEIN_CHECK(decl.item != nullptr && !decl.builtin, "a function without a body is called");
  sir::Function fn;
  fn.name = function_name(decl);
  fn.display_name = decl.display_name;
  if (decl.is_const) fn.kind = sir::FunctionKind::Const;
  fn.span = decl.span;
  fn.type_param_count = static_cast<uint32_t>(decl.type_params.size());
  fn.decl = id;
  if (decl.foreign == types::Foreign::Export) fn.c_name = program.interner.text(decl.foreign_name);
  sir::Local result;
  result.type = decl.result;
  result.kind = sir::LocalKind::Return;
  result.is_ref = decl.gives_place;
  result.span = decl.span;
  fn.locals.add(result);
  for (const types::ParamDecl& param : decl.params) add_param(fn, param);
  // A method that a trait only declares stands for those of its impls until `specialize`.
  bool is_declared_only = decl.trait.valid() && !decl.item->as<ast::FnItem>()->body;
  if (is_declared_only) {
    sir::Inst unreachable;
    unreachable.span = decl.span;
    fn.blocks.add({{unreachable}});
  }
  sir::FunctionId function = module.functions.add(std::move(fn));
  functions_.emplace(id, function);
  if (!is_declared_only) pending_.push_back(id);
  return function;
}

sir::FunctionId Unit::add_value(Symbol name, sir::FunctionKind kind, types::TypeId type,
                                const ast::Expr* value, Span span) {
  std::string display(program.interner.text(name));
  bool is_const = kind == sir::FunctionKind::Const;
  sir::FunctionId id = add_made_up((is_const ? "const." : "static.") + display, kind, span);
  sir::Function& fn = module.functions[id];
  fn.display_name = display;
  sir::Local result;
  result.type = type;
  result.kind = sir::LocalKind::Return;
  result.span = span;
  fn.locals.add(result);
  pending_values_.push_back({id, value, nullptr});
  return id;
}

// Its types are those of the declaration, not of the place that asks for it; so it is a function,
// which is specialised like others.
sir::FunctionId Unit::function_of_default(const ast::Expr* value,
                                          const std::vector<types::TypeParamDecl>& type_params,
                                          const std::string& owner) {
  auto [entry, is_new] = defaults_.emplace(value, sir::FunctionId());
  if (!is_new) return entry->second;
  sir::FunctionId id =
      add_made_up(owner + ".default", sir::FunctionKind::Normal, value->span);
  entry->second = id;
  sir::Function& fn = module.functions[id];
  fn.display_name = owner;
  fn.type_param_count = static_cast<uint32_t>(type_params.size());
  sir::Local result;
  result.type = program.type_of(value);
  result.kind = sir::LocalKind::Return;
  result.span = value->span;
  fn.locals.add(result);
  pending_values_.push_back({id, value, &type_params});
  return id;
}

sir::FunctionId Unit::function_of(types::ConstId id) {
  auto [entry, is_new] = consts_.emplace(id, sir::FunctionId());
  const types::ConstDecl& decl = program.consts[id];
  if (is_new) {
    entry->second =
        add_value(decl.name, sir::FunctionKind::Const, decl.type, decl.value, decl.span);
  }
  return entry->second;
}

sir::FunctionId Unit::function_of(types::StaticId id) {
  auto [entry, is_new] = statics_.emplace(id, sir::FunctionId());
  const types::StaticDecl& decl = program.statics[id];
  if (!is_new) return entry->second;
  // The first value of a local is one that many copies are made of.
  bool is_local = decl.kind != types::StaticKind::Program;
  bool is_cell = kind(decl.type) == types::TypeKind::Atomic &&
                 !needs_drop(program.types.arg(decl.type));
  if (is_local || is_cell) {
    entry->second =
        add_value(decl.name, is_local ? sir::FunctionKind::Const : sir::FunctionKind::Static,
                  decl.type, decl.value, decl.span);
    return entry->second;
  }
  // A handle is made when it is first asked for.
  sir::FunctionId maker =
      add_value(decl.name, sir::FunctionKind::Normal, decl.type, decl.value, decl.span);
  sir::FunctionId access = lower_static(*this, decl, maker, id.index);
  statics_[id] = access;
  return access;
}

void Unit::lower_pending() {
  while (!pending_.empty() || !pending_values_.empty()) {
    if (pending_.empty()) {
      PendingValue value = pending_values_.front();
      pending_values_.pop_front();
      lower_item_value(*this, value.value, value.type_params, value.function);
      continue;
    }
    types::FnId decl = pending_.front();
    pending_.pop_front();
    lower_fn(*this, decl, functions_.at(decl));
  }
}

}  // namespace skein::lower
