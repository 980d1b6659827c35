// The builtin operations on text. The work is the runtime's; a str in a place that it changes is
// passed by a temporary, so that the place itself can stay in a register.
#include "compiler/codegen/function_emitter.h"
#include "compiler/support/check.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

using sir::Inst;
using sir::Operand;
using types::Builtin;

void FunctionEmitter::change_str(const Operand& operand,
                                 llvm::function_ref<void(llvm::Value*)> change) {
  TypeId type = type_of(operand);
  llvm::Value* held = temp(type);
  v.copy(type, held, address(operand.place));
  change(held);
  v.copy(type, address(operand.place), held);
}

bool FunctionEmitter::emit_text_builtin(const Inst& inst) {
  auto arg = [&](size_t i) { return value(inst.operands[i]); };
  switch (inst.builtin) {
    case Builtin::StrLen:
      set_dest(v.length(arg(0)));
      return true;
    case Builtin::StrConcat:
      set_dest(v.rt(Rt::skn_str_concat, {arg(0), arg(1)}));
      return true;
    case Builtin::StrAppend: {
      llvm::Value* more = arg(1);
      change_str(inst.operands[0],
                 [&](llvm::Value* place) { v.rt(Rt::skn_str_append, {place, more}); });
      return true;
    }
    case Builtin::StrPushChar: {
      llvm::Value* character = arg(1);
      change_str(inst.operands[0],
                 [&](llvm::Value* place) { v.rt(Rt::skn_str_push, {place, character}); });
      return true;
    }
    case Builtin::StrSlice:
      emit_str_slice(inst);
      return true;
    case Builtin::StrByteAt:
      emit_str_byte_at(inst);
      return true;
    case Builtin::StrCharAt:
      emit_str_char_at(inst);
      return true;
    case Builtin::StrCharWidth:
      emit_char_width(inst);
      return true;
    case Builtin::StrCharCount:
      set_dest(v.rt(Rt::skn_str_char_count, {arg(0)}));
      return true;
    case Builtin::StrFind:
      set_dest(v.rt(Rt::skn_str_find, {arg(0), arg(1), arg(2)}));
      return true;
    case Builtin::StrSplit:
      set_dest(v.rt(Rt::skn_str_split, {arg(0), arg(1)}));
      return true;
    case Builtin::StrToLower:
      set_dest(v.rt(Rt::skn_str_to_lower, {arg(0)}));
      return true;
    case Builtin::StrToUpper:
      set_dest(v.rt(Rt::skn_str_to_upper, {arg(0)}));
      return true;
    case Builtin::StrTrim:
      set_dest(v.rt(Rt::skn_str_trim, {arg(0)}));
      return true;
    case Builtin::StrRepeat:
      set_dest(v.rt(Rt::skn_str_repeat, {arg(0), arg(1)}));
      return true;
    case Builtin::StrToInt:
      emit_str_parse(inst, Rt::skn_str_parse_int);
      return true;
    case Builtin::StrToFloat:
      emit_str_parse(inst, Rt::skn_str_parse_float);
      return true;
    case Builtin::StrBytes: {
      llvm::Value* text = arg(0);
      set_dest(v.rt(Rt::skn_str_new, {v.data(text), v.length(text)}));
      return true;
    }
    case Builtin::StrFromBytes:
      set_dest_pointer(v.rt(Rt::skn_str_from_bytes, {arg(0)}));
      return true;
    default:
      return false;
  }
}

// An option of a pointer, null for none.
void FunctionEmitter::set_dest_pointer(llvm::Value* pointer) {
  v.store_at(pointer, address(inst_->dest), 0);
}

void FunctionEmitter::emit_str_slice(const Inst& inst) {
  TypeId type = type_of(inst.operands[0]);
  llvm::Value* result = temp(type);
  llvm::Value* panic = v.rt(Rt::skn_str_slice, {value(inst.operands[0]), value(inst.operands[1]),
                                                value(inst.operands[2]), result, v.i32(site())});
  panic_if(b.CreateIsNotNull(panic), [&] { return panic; });
  set_dest(v.load(type, result));
}

void FunctionEmitter::emit_str_byte_at(const Inst& inst) {
  llvm::Value* text = value(inst.operands[0]);
  llvm::Value* index = value(inst.operands[1]);
  check_bounds(index, v.length(text));
  llvm::Value* at = b.CreateInBoundsGEP(b.getInt8Ty(), v.data(text), index);
  set_dest(b.CreateLoad(b.getInt8Ty(), at));
}

void FunctionEmitter::emit_char_width(const Inst& inst) {
  llvm::Value* scalar = value(inst.operands[0]);
  llvm::Value* width = v.i64(1);
  for (uint64_t limit : {0x80, 0x800, 0x10000}) {
    llvm::Value* is_longer = b.CreateICmpUGE(scalar, v.i32(limit));
    width = b.CreateAdd(width, b.CreateZExt(is_longer, b.getInt64Ty()));
  }
  set_dest(width);
}

void FunctionEmitter::emit_str_char_at(const Inst& inst) {
  llvm::Value* text = value(inst.operands[0]);
  llvm::Value* index = value(inst.operands[1]);
  check_bounds(index, v.length(text));
  TypeId character = m.program.types.plain(TypeKind::Char);
  llvm::Value* result = temp(character);
  v.rt(Rt::skn_str_decode, {text, index, result});
  set_dest(v.load(character, result));
}

void FunctionEmitter::emit_str_parse(const Inst& inst, Rt parse) {
  const Layout& option = v.layout(type_of(inst.dest));
  TypeId type = m.program.types.arg(type_of(inst.dest));
  llvm::Value* result = temp(type);
  llvm::Value* is_some = v.rt(parse, {value(inst.operands[0]), result});
  llvm::Value* dest = address(inst.dest);
  v.copy(type, v.offset(dest, option.variants[1][0].offset), result);
  v.store_at(b.CreateZExt(is_some, option.tag), dest, option.tag_offset);
}

}  // namespace skein::codegen
