// Values put together from parts: tuples, structs, ranges, arrays, slices, variants.
#include "compiler/lower/steps.h"
#include "compiler/support/check.h"

namespace skein::lower {

static void emit_parts(Body& body, InstKind kind, std::vector<Operand> parts, const Place& dest,
                       Span span) {
  Inst inst;
  inst.kind = kind;
  inst.span = span;
  inst.dest = dest;
  inst.operands = std::move(parts);
  body.emit(std::move(inst));
}

static std::vector<Operand> lower_values(Body& body, std::span<ast::Expr* const> exprs) {
  std::vector<CallArg> args;
  for (const ast::Expr* expr : exprs) args.emplace_back(expr, ParamMode::Own);
  return lower_args(body, args);
}

void lower_tuple(Body& body, const ast::Tuple* node, const Place& dest) {
  emit_parts(body, InstKind::Aggregate, lower_values(body, node->elements), dest, node->span);
}

void lower_array(Body& body, const ast::Array* node, const Place& dest) {
  emit_parts(body, InstKind::Array, lower_values(body, node->elements), dest, node->span);
}

void lower_repeat(Body& body, const ast::RepeatArray* node, const Place& dest) {
  ast::Expr* const parts[] = {node->value, node->count};
  emit_parts(body, InstKind::Repeat, lower_values(body, parts), dest, node->span);
}

void lower_range(Body& body, const ast::Range* node, const Place& dest) {
  SKEIN_CHECK(node->low != nullptr, "check let an open range through");
  ast::Expr* const bounds[] = {node->low, node->high};
  std::span<ast::Expr* const> written(bounds, node->high != nullptr ? 2 : 1);
  emit_parts(body, InstKind::Aggregate, lower_values(body, written), dest, node->span);
}

void lower_variant_value(Body& body, const types::VariantRef& variant, const Place& dest,
                         Span span) {
  if (dest.valid()) emit_variant(body, variant.variant, {}, dest, span);
}

// ---- slices --------------------------------------------------------------------------------

// The bound of a slice; an open one is the first or last place there is.
static Operand lower_bound(Body& body, const ast::Expr* bound, const Place& whole, bool is_text,
                           bool is_low, Span span) {
  if (bound != nullptr) return lower_value(body, bound);
  if (is_low) return body.const_int(0);
  LocalId length = body.new_temp(body.program.types.int_(), span);
  if (is_text) {
    body.builtin(Builtin::StrLen, {}, {Operand::borrow(whole)}, length, span);
  } else {
    TypeId element = body.program.types.arg(body.type_of(whole));
    body.builtin(Builtin::ArrayLen, {element}, {Operand::borrow(whole)}, length, span);
  }
  return Operand::copy(length);
}

void lower_slice(Body& body, const ast::Slice* node, const Place& dest) {
  TypeId type = body.program.type_of(node->receiver);
  bool is_text = body.unit.kind(type) == TypeKind::Str;
  Place whole = lower_to_place(body, node->receiver);
  const ast::Range* range = node->range;
  Operand low = lower_bound(body, range->low, whole, is_text, true, node->span);
  Operand high = lower_bound(body, range->high, whole, is_text, false, node->span);
  if (range->inclusive && range->high != nullptr) {
    LocalId end = body.new_temp(body.program.types.int_(), node->span);
    body.binary(sir::BinaryOp::Add, std::move(high), body.const_int(1), end, range->high->span);
    high = Operand::copy(end);
  }
  std::vector<Operand> operands = {Operand::borrow(whole), std::move(low), std::move(high)};
  if (is_text) {
    return body.builtin(Builtin::StrSlice, {}, std::move(operands), dest, node->span);
  }
  body.builtin(Builtin::ArraySlice, {body.program.types.arg(type)}, std::move(operands), dest,
               node->span);
}

// ---- structs -------------------------------------------------------------------------------

// The declared fields of the struct or variant that a literal makes.
static const std::vector<types::FieldDecl>& fields_of(Body& body, const ast::StructLit* node) {
  const types::ExprFact& fact = body.program.fact(node);
  const types::Type& type = body.program.types.get(fact.type);
  if (const types::VariantRef* variant = std::get_if<types::VariantRef>(&fact.name)) {
    return body.program.enums[types::EnumId(type.decl)].variants[variant->variant].fields;
  }
  return body.program.structs[types::StructId(type.decl)].fields;
}

static size_t field_index(const std::vector<types::FieldDecl>& fields, Symbol name) {
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name == name) return i;
  }
  SKEIN_UNREACHABLE("a field that the struct does not have");
}

// The declaration that the literal makes a value of.
struct LiteralOwner {
  const std::vector<types::TypeParamDecl>* type_params;
  std::vector<TypeId> type_args;
  std::string name;
};

static LiteralOwner owner_of(Body& body, const ast::StructLit* node) {
  const types::Program& program = body.program;
  const types::Type& type = program.types.get(program.fact(node).type);
  if (type.kind == TypeKind::Enum) {
    const types::EnumDecl& decl = program.enums[types::EnumId(type.decl)];
    return {&decl.type_params, type.args, std::string(program.interner.text(decl.name))};
  }
  const types::StructDecl& decl = program.structs[types::StructId(type.decl)];
  return {&decl.type_params, type.args, std::string(program.interner.text(decl.name))};
}

void lower_struct_lit(Body& body, const ast::StructLit* node, const Place& dest) {
  const std::vector<types::FieldDecl>& fields = fields_of(body, node);
  LiteralOwner owner = owner_of(body, node);
  // Evaluated in the order they are written, put together in the order they are declared.
  std::vector<CallArg> args;
  std::vector<size_t> positions;
  std::vector<bool> is_given(fields.size());
  auto add = [&](const ast::Expr* expr, size_t position) {
    args.emplace_back(expr, ParamMode::Own);
    positions.push_back(position);
    is_given[position] = true;
  };
  for (const ast::FieldInit& init : node->fields) {
    add(init.value, field_index(fields, init.name.name));
  }
  if (node->base == nullptr) {
    for (size_t i = 0; i < fields.size(); ++i) {
      if (is_given[i]) continue;
      add(nullptr, i);
      set_default(body, args.back(), fields[i].default_value, *owner.type_params, owner.type_args,
                  owner.name);
    }
  }
  std::vector<Operand> given = lower_args(body, args);
  std::vector<Operand> values(fields.size());
  for (size_t i = 0; i < given.size(); ++i) values[positions[i]] = std::move(given[i]);
  if (node->base != nullptr) {
    Place base = lower_to_place(body, node->base);
    for (uint32_t i = 0; i < fields.size(); ++i) {
      if (!is_given[i]) values[i] = body.taken_from(field_of(base, i));
    }
  }
  const types::NameRef& name = body.program.fact(node).name;
  if (const types::VariantRef* variant = std::get_if<types::VariantRef>(&name)) {
    return emit_variant(body, variant->variant, std::move(values), dest, node->span);
  }
  emit_parts(body, InstKind::Aggregate, std::move(values), dest, node->span);
}

}  // namespace skein::lower
