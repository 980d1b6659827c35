// Makes the default values of types: numbers are 0, texts and arrays empty, options `none`; tuples
// and structs consist of the defaults of their parts, an enum is its first variant.
#include <utility>

#include "compiler/passes/drop_glue.h"
#include "compiler/passes/value_glue.h"
#include "compiler/support/check.h"

namespace skein::passes {

using types::Builtin;
using types::TypeKind;

static constexpr LocalId kResult(0);

static bool has_parts(TypeKind kind) {
  return kind == TypeKind::FixedArray || kind == TypeKind::Tuple || kind == TypeKind::Struct ||
         kind == TypeKind::Enum;
}

void ValueGlue::write_leaf_default(Writer& writer, TypeId type, Place dest) {
  TypeKind kind = module_.types().kind(type);
  if (types::is_integer(kind)) {
    return writer.assign(std::move(dest), Operand::constant_int(type, 0));
  }
  if (types::is_float(kind)) {
    return writer.assign(std::move(dest), Operand::constant_float(type, 0.0));
  }
  switch (kind) {
    case TypeKind::Bool:
      return writer.assign(std::move(dest), writer.bool_const(false));
    case TypeKind::Str:
      return writer.assign(std::move(dest), writer.str_const(""));
    case TypeKind::Duration:
      return writer.builtin(Builtin::DurationFromNanos, TypeId(), {writer.int_const(0)},
                            std::move(dest));
    case TypeKind::Unit:
      return writer.assign(std::move(dest), Operand::unit(type));
    case TypeKind::Array:
      return make(writer, InstKind::Array, std::move(dest), {});
    case TypeKind::Option:
      return make(writer, InstKind::Variant, std::move(dest), {});
    default:
      SKEIN_UNREACHABLE("a type without a default value");
  }
}

void ValueGlue::make(Writer& writer, InstKind kind, Place dest, std::vector<Operand> parts) {
  Inst inst;
  inst.kind = kind;
  inst.dest = std::move(dest);
  inst.operands = std::move(parts);
  writer.emit(std::move(inst));
}

// The parts are made one after the other; where one panics, those before it are dropped.
std::vector<Operand> ValueGlue::write_parts(Writer& writer, const std::vector<TypeId>& types) {
  std::vector<Operand> parts;
  BlockId on_panic;
  for (TypeId type : types) {
    LocalId part = writer.new_temp(type);
    put_default(writer, type, part, on_panic);
    parts.push_back(Operand::move(part));
    if (!sir::needs_drop(module_, type)) continue;
    BlockId here = writer.current();
    BlockId before = on_panic;
    on_panic = writer.new_block(true);
    writer.begin(on_panic);
    writer.emit(InstKind::Drop, {Operand::move(part)});
    if (before.valid()) {
      writer.jump(before);
    } else {
      writer.emit(InstKind::ResumeUnwind, {});
    }
    writer.begin(here);
  }
  return parts;
}

void ValueGlue::write_fixed_default(Writer& writer, TypeId type) {
  const types::Type whole = module_.types().get(type);
  TypeId element = whole.args[0];
  if (types::traits_of(*module_.program, element).is_move_only) {
    std::vector<TypeId> elements(whole.length, element);
    return make(writer, InstKind::Array, kResult, write_parts(writer, elements));
  }
  std::vector<Operand> one = write_parts(writer, {element});
  one.push_back(writer.int_const(static_cast<int64_t>(whole.length)));
  make(writer, InstKind::Repeat, kResult, std::move(one));
}

void ValueGlue::write_default(Writer& writer, TypeId type) {
  switch (module_.types().kind(type)) {
    case TypeKind::FixedArray:
      write_fixed_default(writer, type);
      break;
    case TypeKind::Tuple:
    case TypeKind::Struct:
      make(writer, InstKind::Aggregate, kResult, write_parts(writer, field_types(module_, type)));
      break;
    case TypeKind::Enum:
      make(writer, InstKind::Variant, kResult,
           write_parts(writer, module_.program->variant_fields(type, 0)));
      break;
    default:
      SKEIN_UNREACHABLE("a type without parts");
  }
  writer.ret();
}

void ValueGlue::put_default(Writer& writer, TypeId type, Place dest, BlockId unwind) {
  if (!has_parts(module_.types().kind(type))) {
    return write_leaf_default(writer, type, std::move(dest));
  }
  writer.call(default_value(type), {}, std::move(dest), unwind);
}

}  // namespace skein::passes
