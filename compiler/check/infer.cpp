// Inference variables and unification.
#include "compiler/check/infer.h"

#include <algorithm>
#include <cstdint>

namespace skein::check {

using types::Type;
using types::TypeKind;

void Infer::begin_body(std::vector<std::optional<VarKind>> params) {
  vars_.clear();
  trail_.clear();
  params_ = std::move(params);
}

TypeId Infer::fresh(Span origin, VarKind kind) {
  vars_.push_back({kind, TypeId(), origin});
  return types_.var(static_cast<uint32_t>(vars_.size() - 1));
}

TypeId Infer::shallow(TypeId type) const {
  for (;;) {
    TypeKind kind = types_.kind(type);
    TypeId next = type;
    if (kind == TypeKind::Var) next = vars_[types_.get(type).decl].value;
    if (kind == TypeKind::Assoc && types_.has_var(type)) next = types_.find_assoc(type);
    if (!next.valid() || next == type) return type;
    type = next;
  }
}

TypeId Infer::rebuild(TypeId type, bool with_defaults) {
  type = shallow(type);
  if (!types_.has_var(type)) return type;
  const Type& parts = types_.get(type);
  if (parts.kind == TypeKind::Var) {
    VarKind kind = vars_[parts.decl].kind;
    if (!with_defaults || kind == VarKind::Any) return type;
    return types_.plain(kind == VarKind::Integer ? TypeKind::Int : TypeKind::Float);
  }
  Type changed = parts;
  for (TypeId& arg : changed.args) arg = rebuild(arg, with_defaults);
  TypeId made = types_.intern(std::move(changed));
  return types_.kind(made) == TypeKind::Assoc ? types_.find_assoc(made) : made;
}

TypeId Infer::resolve(TypeId type) { return rebuild(type, false); }

TypeId Infer::resolve_for_show(TypeId type) { return rebuild(type, true); }

std::optional<VarKind> Infer::var_kind(TypeId type) const {
  type = shallow(type);
  if (types_.kind(type) != TypeKind::Var) return std::nullopt;
  return vars_[types_.get(type).decl].kind;
}

bool Infer::accepts(VarKind kind, TypeId value) const {
  if (kind == VarKind::Any) return true;
  const Type& type = types_.get(value);
  std::optional<VarKind> number;
  if (types::is_integer(type.kind)) number = VarKind::Integer;
  if (types::is_float(type.kind)) number = VarKind::Float;
  if (type.kind == TypeKind::Param && type.decl < params_.size()) number = params_[type.decl];
  if (type.kind == TypeKind::Error) return true;
  return number.has_value() && (kind == VarKind::Integer || number == VarKind::Float);
}

bool Infer::occurs(uint32_t number, TypeId type) const {
  type = shallow(type);
  if (!types_.has_var(type)) return false;
  const Type& parts = types_.get(type);
  if (parts.kind == TypeKind::Var) return parts.decl == number;
  return std::any_of(parts.args.begin(), parts.args.end(),
                     [&](TypeId arg) { return occurs(number, arg); });
}

bool Infer::set(uint32_t number, TypeId value) {
  Var& var = vars_[number];
  const Type& other = types_.get(value);
  if (other.kind == TypeKind::Var) {
    // The narrower kind of the two stays: Any, then Integer, then Float.
    Var& target = vars_[other.decl];
    trail_.push_back({other.decl, target.kind});
    target.kind = std::max(target.kind, var.kind);
  } else if (!accepts(var.kind, value) || occurs(number, value)) {
    return false;
  }
  trail_.push_back({number, var.kind});
  var.value = value;
  return true;
}

bool Infer::unify_parts(TypeId a, TypeId b) {
  a = shallow(a);
  b = shallow(b);
  if (a == b) return true;
  const Type& left = types_.get(a);
  const Type& right = types_.get(b);
  if (left.kind == TypeKind::Var) {
    // The older variable stays the root, so that chains do not grow with each further use.
    bool is_newer = right.kind == TypeKind::Var && right.decl > left.decl;
    return is_newer ? set(right.decl, a) : set(left.decl, b);
  }
  if (right.kind == TypeKind::Var) return set(right.decl, a);
  if (left.kind == TypeKind::Error || right.kind == TypeKind::Error) return true;
  if (left.kind != right.kind || left.decl != right.decl || left.length != right.length ||
      left.args.size() != right.args.size() || left.modes != right.modes) {
    return false;
  }
  if (left.args.empty()) return false;
  for (size_t i = 0; i < left.args.size(); ++i) {
    if (!unify_parts(left.args[i], right.args[i])) return false;
  }
  return true;
}

bool Infer::unify(TypeId a, TypeId b) {
  size_t start = mark();
  if (unify_parts(a, b)) return true;
  roll_back(start);
  return false;
}

void Infer::roll_back(size_t mark) {
  size_t changes = mark & ((size_t{1} << kMarkShift) - 1);
  while (trail_.size() > changes) {
    Var& var = vars_[trail_.back().number];
    var.kind = trail_.back().old_kind;
    var.value = TypeId();
    trail_.pop_back();
  }
  vars_.resize(mark >> kMarkShift);
}

std::vector<std::pair<TypeId, Span>> Infer::set_defaults() {
  std::vector<std::pair<TypeId, Span>> unset;
  for (uint32_t number = 0; number < vars_.size(); ++number) {
    Var& var = vars_[number];
    if (var.value.valid()) continue;
    if (var.kind == VarKind::Integer) {
      var.value = types_.int_();
    } else if (var.kind == VarKind::Float) {
      var.value = types_.plain(TypeKind::Float);
    } else {
      unset.emplace_back(types_.var(number), var.origin);
      var.value = types_.error();
    }
  }
  return unset;
}

}  // namespace skein::check
