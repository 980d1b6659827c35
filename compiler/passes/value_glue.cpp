// What showing, comparing and hashing have in common: which types are taken apart, the table of
// functions, loops over elements.
#include "compiler/passes/value_glue.h"

#include <utility>

#include "compiler/passes/drop_glue.h"
#include "compiler/sir/print.h"
#include "compiler/support/check.h"

namespace skein::passes {

using types::Builtin;
using types::ParamMode;
using types::TypeKind;

ValueGlue::ValueGlue(sir::Module& module) : module_(module) {
  for (FunctionId id : module.functions.ids()) {
    if (module.functions[id].kind == sir::FunctionKind::Glue) {
      functions_.emplace(module.functions[id].name, id);
    }
  }
}

bool ValueGlue::is_leaf(TypeId type) const {
  TypeKind kind = module_.types().kind(type);
  return types::is_integer(kind) || types::is_float(kind) || kind == TypeKind::Bool ||
         kind == TypeKind::Char || kind == TypeKind::Str || kind == TypeKind::Duration ||
         kind == TypeKind::Instant;
}

FunctionId ValueGlue::find_or_make(std::string_view verb, TypeId type, TypeId result,
                                   const std::vector<TypeId>& params, WriteBody write_body) {
  std::string name = std::string(verb) + "." + sir::type_text(*module_.program, type);
  auto found = functions_.find(name);
  if (found != functions_.end()) return found->second;
  FunctionId id = add_glue(module_, name, result);
  functions_.emplace(std::move(name), id);
  Writer writer(module_, id);
  for (TypeId param : params) add_param(writer.function, param, ParamMode::Borrow);
  writer.begin(BlockId(0));
  (this->*write_body)(writer, type);
  return id;
}

static FunctionId find_method(const sir::Module::ValueMethods& methods, TypeId type) {
  auto found = methods.find(type);
  return found != methods.end() ? found->second : FunctionId();
}

FunctionId ValueGlue::equal(TypeId type) {
  FunctionId method = find_method(module_.equal_methods, type);
  if (method.valid()) return method;
  TypeId result = module_.types().bool_();
  return find_or_make("equal", type, result, {type, type}, &ValueGlue::write_equal);
}

FunctionId ValueGlue::compare(TypeId type) {
  FunctionId method = find_method(module_.compare_methods, type);
  if (method.valid()) return method;
  TypeId result = module_.types().int_();
  return find_or_make("compare", type, result, {type, type}, &ValueGlue::write_compare);
}

FunctionId ValueGlue::hash(TypeId type) {
  FunctionId method = find_method(module_.hash_methods, type);
  if (method.valid()) return method;
  TypeId uint = module_.types().plain(TypeKind::Uint);
  return find_or_make("hash", type, uint, {type, uint}, &ValueGlue::write_hash);
}

FunctionId ValueGlue::default_value(TypeId type) {
  FunctionId method = find_method(module_.default_methods, type);
  if (method.valid()) return method;
  return find_or_make("default", type, type, {}, &ValueGlue::write_default);
}

// Looking at a scalar is reading it.
static Operand as_copy(Operand operand) {
  if (operand.kind == Operand::Kind::Borrow) operand.kind = Operand::Kind::Copy;
  return operand;
}

void ValueGlue::write(Writer& writer, Builtin builtin, TypeId type, std::vector<Operand> operands,
                      Place dest, BlockId unwind) {
  if (builtin == Builtin::DefaultValue) {
    return put_default(writer, type, std::move(dest), unwind);
  }
  bool is_text = module_.types().kind(type) == TypeKind::Str;
  if (builtin == Builtin::Equal && is_leaf(type) && !is_text) {
    writer.binary(sir::BinaryOp::Eq, std::move(dest), as_copy(std::move(operands[0])),
                  as_copy(std::move(operands[1])));
    return;
  }
  if (is_leaf(type)) {
    bool may_panic = builtin == Builtin::Show;
    writer.builtin(builtin, type, std::move(operands), std::move(dest),
                   may_panic ? unwind : BlockId());
    return;
  }
  FunctionId callee;
  switch (builtin) {
    case Builtin::Show:
      callee = show(type, operands[2].constant.text);
      operands.pop_back();
      break;
    case Builtin::Equal:
      callee = equal(type);
      break;
    case Builtin::Compare:
      callee = compare(type);
      break;
    case Builtin::HashValue:
      callee = hash(type);
      break;
    default:
      SKEIN_UNREACHABLE("a builtin that is not for values of any type");
  }
  writer.call(callee, std::move(operands), std::move(dest), unwind);
}

LocalId element_count(Writer& writer, Place array, TypeId type) {
  types::TypeStore& types = writer.module.types();
  LocalId count = writer.new_temp(types.int_());
  if (types.kind(type) == TypeKind::FixedArray) {
    writer.assign(count, writer.int_const(static_cast<int64_t>(types.get(type).length)));
  } else {
    writer.builtin(Builtin::ArrayLen, types.arg(type), {Operand::borrow(std::move(array))}, count);
  }
  return count;
}

ElementLoop begin_elements(Writer& writer, LocalId count) {
  ElementLoop loop;
  loop.index = writer.new_temp(writer.module.types().int_());
  LocalId has_more = writer.new_temp(writer.module.types().bool_());
  writer.assign(loop.index, writer.int_const(0));
  loop.head = writer.new_block();
  loop.done = writer.new_block();
  BlockId body = writer.new_block();
  writer.jump(loop.head);
  writer.begin(loop.head);
  writer.binary(sir::BinaryOp::Lt, has_more, Operand::copy(loop.index), Operand::copy(count));
  writer.branch(Operand::copy(has_more), body, loop.done);
  writer.begin(body);
  return loop;
}

void end_elements(Writer& writer, const ElementLoop& loop) {
  writer.binary(sir::BinaryOp::WrapAdd, loop.index, Operand::copy(loop.index),
                writer.int_const(1));
  writer.jump(loop.head);
  writer.begin(loop.done);
}

LocalId read_tag(Writer& writer, Place place) {
  LocalId tag = writer.new_temp(writer.module.types().int_());
  Inst inst;
  inst.kind = InstKind::Tag;
  inst.dest = tag;
  inst.operands = {Operand::borrow(std::move(place))};
  writer.emit(std::move(inst));
  return tag;
}

}  // namespace skein::passes
