// What the parts of SIR say about themselves: the tables behind insts.def, the types of places,
// and what an instruction may do.
#include "compiler/sir/sir.h"

#include <iterator>
#include <unordered_set>
#include <utility>

#include "compiler/support/check.h"

namespace skein::sir {

using types::TypeKind;
using types::TypeStore;

static constexpr InstRow kInstRows[] = {
#define SKEIN_INST(kind, text, result, effects, doc) {text, Result::result, Effects::effects},
#include "compiler/sir/insts.def"
};

static constexpr std::string_view kUnaryTexts[] = {"neg", "not", "bit_not"};

static constexpr std::string_view kBinaryTexts[] = {
    "add", "sub", "mul", "div", "rem", "wrap_add", "wrap_sub", "wrap_mul", "and",
    "or",  "xor", "shl", "shr", "eq",  "ne",       "lt",       "le",       "gt", "ge"};

const InstRow& inst_row(InstKind kind) { return kInstRows[static_cast<size_t>(kind)]; }

std::optional<InstKind> find_inst(std::string_view text) {
  for (size_t i = 0; i < std::size(kInstRows); ++i) {
    if (kInstRows[i].text == text) return static_cast<InstKind>(i);
  }
  return std::nullopt;
}

std::string_view op_text(UnaryOp op) { return kUnaryTexts[static_cast<size_t>(op)]; }

std::string_view op_text(BinaryOp op) { return kBinaryTexts[static_cast<size_t>(op)]; }

std::optional<UnaryOp> find_unary_op(std::string_view text) {
  for (size_t i = 0; i < std::size(kUnaryTexts); ++i) {
    if (kUnaryTexts[i] == text) return static_cast<UnaryOp>(i);
  }
  return std::nullopt;
}

std::optional<BinaryOp> find_binary_op(std::string_view text) {
  for (size_t i = 0; i < std::size(kBinaryTexts); ++i) {
    if (kBinaryTexts[i] == text) return static_cast<BinaryOp>(i);
  }
  return std::nullopt;
}

static Operand place_operand(Operand::Kind kind, Place place) {
  Operand operand;
  operand.kind = kind;
  operand.place = std::move(place);
  return operand;
}

Operand Operand::copy(Place place) { return place_operand(Kind::Copy, std::move(place)); }
Operand Operand::move(Place place) { return place_operand(Kind::Move, std::move(place)); }
Operand Operand::borrow(Place place) { return place_operand(Kind::Borrow, std::move(place)); }
Operand Operand::mut(Place place) { return place_operand(Kind::Mut, std::move(place)); }

Operand Operand::constant_int(TypeId type, uint64_t bits) {
  Operand operand;
  operand.constant.type = type;
  operand.constant.bits = bits;
  return operand;
}

Operand Operand::constant_float(TypeId type, double number) {
  Operand operand;
  operand.constant.type = type;
  operand.constant.number = number;
  return operand;
}

Operand Operand::constant_str(TypeId type, std::string text) {
  Operand operand;
  operand.constant.type = type;
  operand.constant.text = std::move(text);
  return operand;
}

Operand Operand::unit(TypeId type) { return constant_int(type, 0); }

static TypeId projected_type(Module& module, TypeId type, const Projection& step) {
  const types::Type& whole = module.types().get(type);
  switch (step.kind) {
    case Projection::Kind::Index:
      SKEIN_CHECK(whole.kind == TypeKind::Array || whole.kind == TypeKind::FixedArray ||
                      whole.kind == TypeKind::Window || types::is_cell(whole.kind),
                  "only arrays and handles have elements");
      return whole.args[0];
    case Projection::Kind::Variant: {
      std::vector<TypeId> fields = module.program->variant_fields(type, step.variant);
      SKEIN_CHECK(step.index < fields.size(), "a payload field that the variant does not have");
      return fields[step.index];
    }
    case Projection::Kind::Field: {
      if (whole.kind == TypeKind::Range || whole.kind == TypeKind::RangeInclusive) {
        return whole.args[0];
      }
      if (whole.kind == TypeKind::Tuple) {
        SKEIN_CHECK(step.index < whole.args.size(), "an element that the tuple does not have");
        return whole.args[step.index];
      }
      std::vector<TypeId> fields = module.program->fields(type);
      SKEIN_CHECK(step.index < fields.size(), "a field that the type does not have");
      return fields[step.index];
    }
  }
  SKEIN_UNREACHABLE("an unknown projection");
}

TypeId place_type(Module& module, const Function& function, const Place& place) {
  TypeId type = function.locals[place.local].type;
  for (const Projection& step : place.path) type = projected_type(module, type, step);
  return type;
}

TypeId operand_type(Module& module, const Function& function, const Operand& operand) {
  if (!operand.is_place()) return operand.constant.type;
  return place_type(module, function, operand.place);
}

bool is_boxed(Module& module, const Function& function, const Place& place) {
  if (place.is_local()) return false;
  Place whole = place;
  const Projection step = whole.path.back();
  whole.path.pop_back();
  const types::Type type = module.types().get(place_type(module, function, whole));
  const types::Program& program = *module.program;
  if (type.kind == TypeKind::Struct) {
    return program.structs[types::StructId(type.decl)].fields[step.index].is_boxed;
  }
  if (type.kind != TypeKind::Enum) return false;
  const types::EnumDecl& decl = program.enums[types::EnumId(type.decl)];
  return decl.variants[step.variant].fields[step.index].is_boxed;
}

static bool binary_may_panic(BinaryOp op) {
  switch (op) {
    case BinaryOp::Add:
    case BinaryOp::Sub:
    case BinaryOp::Mul:
    case BinaryOp::Div:
    case BinaryOp::Rem:
    case BinaryOp::Shl:
    case BinaryOp::Shr:
      return true;
    case BinaryOp::WrapAdd:
    case BinaryOp::WrapSub:
    case BinaryOp::WrapMul:
    case BinaryOp::And:
    case BinaryOp::Or:
    case BinaryOp::Xor:
    case BinaryOp::Eq:
    case BinaryOp::Ne:
    case BinaryOp::Lt:
    case BinaryOp::Le:
    case BinaryOp::Gt:
    case BinaryOp::Ge:
      return false;
  }
  SKEIN_UNREACHABLE("an unknown operator");
}

// Whether every value of `from` has one in `to`.
static bool convert_may_panic(TypeKind from, TypeKind to) {
  if (from == to || from == TypeKind::Bool) return false;
  if (types::is_float(to)) return false;
  if (types::is_float(from) || to == TypeKind::Char) return true;
  // A char is a number below 0x110000.
  if (from == TypeKind::Char) return types::bit_width(to) < 32;
  if (!types::is_integer(from) || !types::is_integer(to)) return true;
  bool signs_fit = types::is_signed(from) == types::is_signed(to);
  if (signs_fit) return types::bit_width(to) < types::bit_width(from);
  return types::is_signed(from) || types::bit_width(to) <= types::bit_width(from);
}

// Numbers and text are shown, compared and hashed by the runtime; what other types do is their own
// matter.
static bool is_on_values(Builtin builtin) {
  return builtin == Builtin::Show || builtin == Builtin::Equal || builtin == Builtin::Compare ||
         builtin == Builtin::HashValue || builtin == Builtin::DefaultValue;
}

static bool value_may_panic(const Module& module, const Inst& inst) {
  TypeKind kind = module.types().kind(inst.type_args[0]);
  return !types::is_integer(kind) && !types::is_float(kind) && kind != TypeKind::Bool &&
         kind != TypeKind::Char && kind != TypeKind::Str && kind != TypeKind::Duration;
}

static TypeKind first_operand_kind(Module& module, const Function& function, const Inst& inst) {
  return module.types().kind(operand_type(module, function, inst.operands[0]));
}

bool may_panic(Module& module, const Function& function, const Inst& inst) {
  switch (inst.kind) {
    case InstKind::Unary:
      return inst.unary == UnaryOp::Neg &&
             !types::is_float(first_operand_kind(module, function, inst));
    case InstKind::Binary:
      return binary_may_panic(inst.binary) &&
             !types::is_float(first_operand_kind(module, function, inst));
    case InstKind::Convert:
      return convert_may_panic(first_operand_kind(module, function, inst),
                               module.types().kind(place_type(module, function, inst.dest)));
    case InstKind::Builtin: {
      if (is_on_values(inst.builtin)) return value_may_panic(module, inst);
      if (inst.builtin == Builtin::ArrayTruncate) return drop_may_panic(module, inst.type_args[0]);
      types::BuiltinEffects effects = types::builtin_effects(inst.builtin);
      return effects == types::BuiltinEffects::Panics ||
             effects == types::BuiltinEffects::Suspends;
    }
    case InstKind::CallC:
      return false;
    case InstKind::Drop:
      return drop_may_panic(module, operand_type(module, function, inst.operands[0]));
    default:
      break;
  }
  Effects effects = inst_row(inst.kind).effects;
  return effects == Effects::Panics || effects == Effects::EndsPanics ||
         effects == Effects::Suspends;
}

bool may_suspend(Module& module, const Function& function, const Inst& inst) {
  switch (inst.kind) {
    case InstKind::Call:
      return module.functions[inst.callee].suspends != Suspends::No;
    case InstKind::CallC:
      return inst.index == 1;
    case InstKind::Builtin:
      if (inst.builtin == Builtin::ArrayTruncate) {
        return types::traits_of(*module.program, inst.type_args[0]).has_task;
      }
      return types::builtin_effects(inst.builtin) == types::BuiltinEffects::Suspends;
    case InstKind::Drop:
      return types::traits_of(*module.program,
                              operand_type(module, function, inst.operands[0])).has_task;
    case InstKind::CallValue:
    case InstKind::GenNext: {
      // Before infer_suspend has run, any may.
      TypeId type = operand_type(module, function, inst.operands[0]);
      return module.fn_suspends.empty() ||
             (type.index < module.fn_suspends.size() && module.fn_suspends[type.index]);
    }
    case InstKind::CallDyn: {
      TypeId type = operand_type(module, function, inst.operands[0]);
      return module.fn_suspends.empty() || module.entry_suspends(type, inst.index);
    }
    default:
      return inst_row(inst.kind).effects == Effects::Suspends;
  }
}

bool may_unwind(Module& module, const Function& function, const Inst& inst) {
  // Starting a task is a point where the function may go on elsewhere, but never where it is
  // cancelled (language rule 35), and what the task panics with goes to its handle.
  // Nor while it waits for C, which cannot be stopped.
  if (inst.kind == InstKind::Spawn || inst.kind == InstKind::CallC) return false;
  return may_panic(module, function, inst) || may_suspend(module, function, inst);
}

bool ends_block(const Inst& inst) {
  Effects effects = inst_row(inst.kind).effects;
  return effects == Effects::Ends || effects == Effects::EndsPanics;
}

bool marks_life(const Inst& inst) {
  return inst.kind == InstKind::Live || inst.kind == InstKind::Dead ||
         inst.kind == InstKind::Expire;
}

bool sets_reference(const Inst& inst) {
  return inst.kind == InstKind::Ref || inst.gives_place;
}

bool makes_window(const Inst& inst) {
  return inst.kind == InstKind::Builtin &&
         (inst.builtin == Builtin::ArrayWindow || inst.builtin == Builtin::ArraySplitMut);
}

bool needs_drop(Module& module, TypeId type) {
  return types::traits_of(*module.program, type).needs_drop;
}

// What values of other `dyn` types hold can be copied, so it has no `drop`.
static bool is_unique_dyn(const types::Program& program, const types::Type& type) {
  return type.kind == TypeKind::Dyn && program.traits[types::TraitId(type.decl)].is_unique;
}

static bool has_drop_method(const types::Program& program, const types::Type& type) {
  if (type.kind == TypeKind::Struct) {
    return program.structs[types::StructId(type.decl)].drop_fn.valid();
  }
  if (type.kind == TypeKind::Enum) {
    return program.enums[types::EnumId(type.decl)].drop_fn.valid();
  }
  return false;
}

bool drop_may_panic(Module& module, TypeId type, Captures captures) {
  // A generic type that contains larger and larger versions of itself never runs out of parts.
  constexpr size_t kManyParts = 1000;
  std::unordered_set<uint32_t> seen;
  std::vector<TypeId> pending = {type};
  while (!pending.empty()) {
    if (seen.size() > kManyParts) return true;
    TypeId id = pending.back();
    pending.pop_back();
    if (!seen.insert(id.index).second) continue;
    types::Type part = module.types().get(id);
    bool is_unknown = part.kind == TypeKind::Fn && captures == Captures::Unknown;
    if (part.kind == TypeKind::Task || part.kind == TypeKind::Param || is_unknown ||
        part.kind == TypeKind::Gen ||
        is_unique_dyn(*module.program, part) || has_drop_method(*module.program, part)) {
      return true;
    }
    pending.insert(pending.end(), part.args.begin(), part.args.end());
    if (part.kind == TypeKind::Struct || part.kind == TypeKind::Closure) {
      std::vector<TypeId> fields = module.program->fields(id);
      pending.insert(pending.end(), fields.begin(), fields.end());
    }
    if (part.kind == TypeKind::Enum) {
      size_t count = module.program->variant_count(id);
      for (uint32_t variant = 0; variant < count; ++variant) {
        std::vector<TypeId> fields = module.program->variant_fields(id, variant);
        pending.insert(pending.end(), fields.begin(), fields.end());
      }
    }
  }
  return false;
}

bool owns_value(const Local& local) {
  if (local.is_ref || local.is_borrow) return false;
  return local.kind != LocalKind::Param || local.mode == ParamMode::Own;
}

}  // namespace skein::sir
