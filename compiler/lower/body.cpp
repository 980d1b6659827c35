// Writing blocks, instructions and locals of one function.
#include "compiler/lower/body.h"

#include <algorithm>
#include <utility>

#include "compiler/support/check.h"

namespace skein::lower {

Body::Body(Unit& unit, FunctionId id)
    : unit(unit),
      program(unit.program),
      module(unit.module),
      id(id),
      fn(unit.module.functions[id]) {
  begin(new_block());
}

bool Body::has_bound(TypeId type, types::TraitId trait) const {
  const types::Type& found = program.types.get(type);
  if (found.kind != TypeKind::Param || type_params == nullptr) return false;
  for (const types::TraitRef& bound : (*type_params)[found.decl].bounds) {
    if (bound.trait == trait) return true;
  }
  return false;
}

BlockId Body::new_block() {
  BlockId block = fn.blocks.add({});
  fn.blocks[block].is_cleanup = in_cleanup_;
  fn.blocks[block].depth = depth_;
  return block;
}

void Body::begin(BlockId block) {
  SKEIN_CHECK(!is_open(), "a block begins before the one before it has ended");
  current_ = block;
}

void Body::emit(Inst inst) {
  if (!is_open()) return;
  if (sir::may_unwind(module, fn, inst)) inst.unwind = unwind_target();
  bool attaches = inst.kind == InstKind::Drop || inst.kind == InstKind::Settle ||
                  inst.kind == InstKind::ScopeExit;
  inst.in_cleanup = in_cleanup_ && attaches;
  bool ends = sir::ends_block(inst);
  fn.blocks[current_].insts.push_back(std::move(inst));
  if (ends) current_ = BlockId();
}

void Body::emit(InstKind kind, std::initializer_list<Operand> operands, Span span) {
  Inst inst;
  inst.kind = kind;
  inst.span = span;
  inst.operands = operands;
  emit(std::move(inst));
}

void Body::jump(BlockId target, Span span) {
  Inst inst;
  inst.kind = InstKind::Jump;
  inst.span = span;
  inst.targets = {target};
  emit(std::move(inst));
}

void Body::branch(Operand condition, BlockId yes, BlockId no, Span span) {
  Inst inst;
  inst.kind = InstKind::Branch;
  inst.span = span;
  inst.operands = {std::move(condition)};
  inst.targets = {yes, no};
  emit(std::move(inst));
}

void Body::unreachable(Span span) { emit(InstKind::Unreachable, {}, span); }

void Body::assign(Place dest, Operand value, Span span) {
  Inst inst;
  inst.kind = InstKind::Assign;
  inst.span = span;
  inst.dest = std::move(dest);
  inst.operands = {std::move(value)};
  emit(std::move(inst));
}

void Body::convert(Place dest, Operand value, Span span) {
  Inst inst;
  bool is_same = type_of(dest) == sir::operand_type(module, fn, value);
  inst.kind = is_same ? InstKind::Assign : InstKind::Convert;
  inst.span = span;
  inst.dest = std::move(dest);
  inst.operands = {std::move(value)};
  emit(std::move(inst));
}

void Body::builtin(Builtin builtin, std::vector<TypeId> type_args, std::vector<Operand> operands,
                   Place dest, Span span) {
  Inst inst;
  inst.kind = InstKind::Builtin;
  inst.span = span;
  inst.dest = std::move(dest);
  inst.builtin = builtin;
  inst.type_args = std::move(type_args);
  inst.operands = std::move(operands);
  emit(std::move(inst));
}

void Body::binary(sir::BinaryOp op, Operand left, Operand right, Place dest, Span span) {
  Inst inst;
  inst.kind = InstKind::Binary;
  inst.span = span;
  inst.dest = std::move(dest);
  inst.binary = op;
  inst.operands = {std::move(left), std::move(right)};
  emit(std::move(inst));
}

void Body::drop(Place place, Span span) {
  emit(InstKind::Drop, {Operand::move(std::move(place))}, span);
}

LocalId Body::add_param(TypeId type, ParamMode mode, Symbol name, Span span) {
  sir::Local local;
  local.name = name;
  local.type = type;
  local.kind = sir::LocalKind::Param;
  local.mode = mode;
  local.is_ref = mode == ParamMode::Mut;
  local.span = span;
  ++fn.param_count;
  return fn.locals.add(local);
}

LocalId Body::new_temp(TypeId type, Span span) {
  sir::Local local;
  local.type = type;
  local.span = span;
  LocalId id = fn.locals.add(local);
  TypeKind kind = unit.kind(type);
  bool is_in_register =
      unit.is_scalar(type) || kind == TypeKind::Unit || kind == TypeKind::Never;
  if (!is_in_register) start_life(id, span);
  return id;
}

LocalId Body::new_int(int64_t value, Span span) {
  LocalId local = new_temp(program.types.int_(), span);
  assign(local, const_int(value), span);
  return local;
}

LocalId Body::new_bool(Span span) { return new_temp(program.types.bool_(), span); }

LocalId Body::element_number(const Place& array, int64_t index, Span span) {
  for (const ElementNumber& known : element_numbers_) {
    if (known.index == index && known.array == array) return known.local;
  }
  LocalId local = new_temp(program.types.int_(), span);
  element_numbers_.push_back({array, index, local});
  return local;
}

bool Body::is_element_number(LocalId local) const {
  for (const ElementNumber& known : element_numbers_) {
    if (known.local == local) return true;
  }
  return false;
}

int64_t Body::element_index(LocalId local) const {
  for (const ElementNumber& known : element_numbers_) {
    if (known.local == local) return known.index;
  }
  SKEIN_UNREACHABLE("the number of an element that no pattern names");
}

LocalId Body::new_ref(TypeId type, Symbol name, Span span) {
  sir::Local local;
  local.name = name;
  local.type = type;
  local.kind = name.valid() ? sir::LocalKind::Var : sir::LocalKind::Temp;
  local.is_ref = true;
  local.span = span;
  return fn.locals.add(local);
}

LocalId Body::new_var(VarId var) {
  const types::VarDecl& decl = program.vars[var];
  sir::Local local;
  local.name = decl.name;
  local.type = decl.type;
  local.kind = sir::LocalKind::Var;
  local.span = decl.span;
  LocalId id = fn.locals.add(local);
  bind(var, id);
  return id;
}

static Inst life_inst(InstKind kind, LocalId local, Span span) {
  Inst inst;
  inst.kind = kind;
  inst.span = span;
  inst.dest = local;
  return inst;
}

void Body::start_life(LocalId local, Span span) {
  emit(life_inst(InstKind::Live, local, span));
  end_life_with_scope(local, span);
}

void Body::end_life_with_scope(LocalId local, Span span) {
  add_cleanup({.kind = Cleanup::Kind::Dead, .local = local, .span = span});
}

void Body::own(LocalId local, Span span) {
  if (!unit.needs_drop(type_of(local))) return;
  add_cleanup({.kind = Cleanup::Kind::Drop, .local = local, .span = span});
}

void Body::own_variable(VarId var, LocalId local, Span span) {
  if (!program.vars[var].is_offered || task_scopes.empty()) return own(local, span);
  add_cleanup({.kind = Cleanup::Kind::Drop,
               .local = local,
               .scope = task_scopes.back(),
               .span = span});
}

LocalId Body::local_of(VarId var) {
  auto found = vars_.find(var);
  SKEIN_CHECK(found != vars_.end(), "a variable is used where it is not in scope");
  LocalId local = found->second;
  TypeId type = fn.locals[local].type;
  bool can_end = sir::owns_value(fn.locals[local]) && unit.needs_drop(type) &&
                 !unit.is_move_only(type);
  if (can_end) mentions_.push_back(local);
  return local;
}

Body::Statement Body::enter_statement() const {
  return {mentions_.size(), static_cast<uint32_t>(fn.locals.size())};
}

// What the statement itself declared ends with its block; what it named is also named by the
// statements around it.
void Body::leave_statement(const Statement& statement, Span span) {
  auto first = mentions_.begin() + static_cast<ptrdiff_t>(statement.first_mention);
  std::sort(first, mentions_.end(), [](LocalId a, LocalId b) { return a.index < b.index; });
  auto end = std::unique(first, mentions_.end());
  while (end != first && (end - 1)->index >= statement.first_local) --end;
  mentions_.erase(end, mentions_.end());
  for (size_t i = statement.first_mention; i < mentions_.size(); ++i) {
    if (mentions_[i].index < first_local_of_loop) continue;
    emit(life_inst(InstKind::Expire, mentions_[i], span));
  }
}

Operand Body::value_of(const Place& place) {
  return unit.is_move_only(type_of(place)) ? Operand::move(place) : Operand::copy(place);
}

Operand Body::taken_from(const Place& place) {
  const sir::Local& root = fn.locals[place.local];
  bool is_temp = root.kind == sir::LocalKind::Temp && sir::owns_value(root);
  bool has_index = false;
  for (const Projection& step : place.path) {
    has_index = has_index || step.kind == Projection::Kind::Index;
  }
  if (is_temp && !has_index && unit.needs_drop(type_of(place))) return Operand::move(place);
  return value_of(place);
}

Operand Body::borrow_of(const Place& place) {
  return unit.is_scalar(type_of(place)) ? Operand::copy(place) : Operand::borrow(place);
}

Operand Body::const_int(int64_t value) const {
  return Operand::constant_int(program.types.int_(), static_cast<uint64_t>(value));
}

Operand Body::const_bool(bool value) const {
  return Operand::constant_int(program.types.bool_(), value ? 1 : 0);
}

Operand Body::const_str(std::string text) const {
  return Operand::constant_str(program.types.str(), std::move(text));
}

}  // namespace skein::lower
