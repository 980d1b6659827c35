// Numbers: checked arithmetic, comparisons, conversions. What overflows panics in a cold block.
#include "compiler/codegen/function_emitter.h"
#include "compiler/support/check.h"
#include "llvm/IR/Intrinsics.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

using abi::Overflow;
using sir::BinaryOp;
using sir::Inst;
using sir::UnaryOp;

// Durations and instants are signed nanoseconds.
static bool has_sign(TypeKind kind) {
  return types::is_signed(kind) || kind == TypeKind::Duration || kind == TypeKind::Instant;
}

void FunctionEmitter::check_overflow(llvm::Value* bad, Overflow operation) {
  panic_if(bad, [&] {
    return v.rt(Rt::skn_panic_overflow, {v.i32(static_cast<uint64_t>(operation)), v.i32(site())});
  });
}

llvm::Value* FunctionEmitter::with_overflow(unsigned intrinsic, Overflow operation,
                                            llvm::Value* left, llvm::Value* right) {
  llvm::Value* both = b.CreateBinaryIntrinsic(intrinsic, left, right);
  check_overflow(b.CreateExtractValue(both, 1), operation);
  return b.CreateExtractValue(both, 0);
}

void FunctionEmitter::emit_unary(const Inst& inst) {
  TypeKind type = kind(type_of(inst.operands[0]));
  llvm::Value* operand = value(inst.operands[0]);
  switch (inst.unary) {
    case UnaryOp::Neg: {
      if (types::is_float(type)) return set_dest(b.CreateFNeg(operand));
      llvm::Value* zero = llvm::ConstantInt::get(operand->getType(), 0);
      unsigned subtract = has_sign(type) ? llvm::Intrinsic::ssub_with_overflow
                                          : llvm::Intrinsic::usub_with_overflow;
      return set_dest(with_overflow(subtract, Overflow::Negate, zero, operand));
    }
    case UnaryOp::Not:
    case UnaryOp::BitNot:
      return set_dest(b.CreateNot(operand));
  }
}

void FunctionEmitter::emit_binary(const Inst& inst) {
  TypeKind type = kind(type_of(inst.operands[0]));
  llvm::Value* left = value(inst.operands[0]);
  llvm::Value* right = value(inst.operands[1]);
  if (inst.binary >= BinaryOp::Eq) return set_dest(compare(inst.binary, type, left, right));
  if (types::is_float(type)) return set_dest(float_binary(inst.binary, left, right));
  set_dest(int_binary(inst, type, left, right));
}

llvm::Value* FunctionEmitter::int_binary(const Inst& inst, TypeKind type, llvm::Value* left,
                                         llvm::Value* right) {
  using namespace llvm;
  bool sign = has_sign(type);
  switch (inst.binary) {
    case BinaryOp::Add:
      return with_overflow(sign ? Intrinsic::sadd_with_overflow : Intrinsic::uadd_with_overflow,
                           Overflow::Add, left, right);
    case BinaryOp::Sub:
      return with_overflow(sign ? Intrinsic::ssub_with_overflow : Intrinsic::usub_with_overflow,
                           Overflow::Subtract, left, right);
    case BinaryOp::Mul:
      return with_overflow(sign ? Intrinsic::smul_with_overflow : Intrinsic::umul_with_overflow,
                           Overflow::Multiply, left, right);
    case BinaryOp::Div:
      return divide(false, sign, left, right);
    case BinaryOp::Rem:
      return divide(true, sign, left, right);
    case BinaryOp::WrapAdd:
      return b.CreateAdd(left, right);
    case BinaryOp::WrapSub:
      return b.CreateSub(left, right);
    case BinaryOp::WrapMul:
      return b.CreateMul(left, right);
    case BinaryOp::And:
      return b.CreateAnd(left, right);
    case BinaryOp::Or:
      return b.CreateOr(left, right);
    case BinaryOp::Xor:
      return b.CreateXor(left, right);
    case BinaryOp::Shl:
    case BinaryOp::Shr:
      return shift(inst, type, left, right);
    default:
      SKEIN_UNREACHABLE("not an operator on integers");
  }
}

llvm::Value* FunctionEmitter::divide(bool is_remainder, bool sign, llvm::Value* left,
                                     llvm::Value* right) {
  llvm::Type* type = left->getType();
  panic_if(b.CreateICmpEQ(right, llvm::ConstantInt::get(type, 0)),
           [&] { return v.rt(Rt::skn_panic_divide, {v.i32(site())}); });
  if (!sign) return is_remainder ? b.CreateURem(left, right) : b.CreateUDiv(left, right);
  llvm::ConstantInt* known = llvm::dyn_cast<llvm::ConstantInt>(right);
  if (known == nullptr || known->isMinusOne()) {
    llvm::Value* least = b.getInt(llvm::APInt::getSignedMinValue(type->getIntegerBitWidth()));
    llvm::Value* is_least = b.CreateICmpEQ(left, least);
    llvm::Value* by_minus_one = b.CreateICmpEQ(right, llvm::ConstantInt::getSigned(type, -1));
    check_overflow(b.CreateAnd(is_least, by_minus_one),
                   is_remainder ? Overflow::Remainder : Overflow::Divide);
  }
  return is_remainder ? b.CreateSRem(left, right) : b.CreateSDiv(left, right);
}

llvm::Value* FunctionEmitter::shift(const Inst& inst, TypeKind type, llvm::Value* left,
                                    llvm::Value* right) {
  unsigned bits = left->getType()->getIntegerBitWidth();
  bool amount_signed = has_sign(kind(type_of(inst.operands[1])));
  llvm::Value* amount = b.CreateIntCast(right, b.getInt64Ty(), amount_signed);
  panic_if(b.CreateICmpUGE(amount, v.i64(bits)), [&] {
    return v.rt(Rt::skn_panic_shift, {amount, v.i32(bits), v.i32(site())});
  });
  llvm::Value* by = b.CreateIntCast(amount, left->getType(), false);
  if (inst.binary == BinaryOp::Shl) return b.CreateShl(left, by);
  return has_sign(type) ? b.CreateAShr(left, by) : b.CreateLShr(left, by);
}

llvm::Value* FunctionEmitter::float_binary(BinaryOp op, llvm::Value* left, llvm::Value* right) {
  switch (op) {
    case BinaryOp::Add:
      return b.CreateFAdd(left, right);
    case BinaryOp::Sub:
      return b.CreateFSub(left, right);
    case BinaryOp::Mul:
      return b.CreateFMul(left, right);
    case BinaryOp::Div:
      return b.CreateFDiv(left, right);
    case BinaryOp::Rem:
      return b.CreateFRem(left, right);
    default:
      SKEIN_UNREACHABLE("not an operator on floats");
  }
}

struct Predicates {
  llvm::CmpInst::Predicate sign, unsign, real;
};

static Predicates predicates(BinaryOp op) {
  using llvm::CmpInst;
  switch (op) {
    case BinaryOp::Eq:
      return {CmpInst::ICMP_EQ, CmpInst::ICMP_EQ, CmpInst::FCMP_OEQ};
    case BinaryOp::Ne:
      return {CmpInst::ICMP_NE, CmpInst::ICMP_NE, CmpInst::FCMP_UNE};
    case BinaryOp::Lt:
      return {CmpInst::ICMP_SLT, CmpInst::ICMP_ULT, CmpInst::FCMP_OLT};
    case BinaryOp::Le:
      return {CmpInst::ICMP_SLE, CmpInst::ICMP_ULE, CmpInst::FCMP_OLE};
    case BinaryOp::Gt:
      return {CmpInst::ICMP_SGT, CmpInst::ICMP_UGT, CmpInst::FCMP_OGT};
    case BinaryOp::Ge:
      return {CmpInst::ICMP_SGE, CmpInst::ICMP_UGE, CmpInst::FCMP_OGE};
    default:
      SKEIN_UNREACHABLE("not a comparison");
  }
}

llvm::Value* FunctionEmitter::compare(BinaryOp op, TypeKind type, llvm::Value* left,
                                      llvm::Value* right) {
  Predicates which = predicates(op);
  if (types::is_float(type)) return b.CreateFCmp(which.real, left, right);
  return b.CreateICmp(has_sign(type) ? which.sign : which.unsign, left, right);
}

// ---- conversions -------------------------------------------------------------------------------

void FunctionEmitter::emit_convert(const Inst& inst) {
  TypeKind from = kind(type_of(inst.operands[0]));
  TypeId to_type = type_of(inst.dest);
  TypeKind to = kind(to_type);
  llvm::Value* operand = value(inst.operands[0]);
  llvm::Type* target = v.layout(to_type).scalar;
  if (from == to) return set_dest(operand);
  if (types::is_float(from)) {
    if (types::is_float(to)) return set_dest(b.CreateFPCast(operand, target));
    return set_dest(float_to_int(operand, to_type));
  }
  if (types::is_float(to)) {
    return set_dest(has_sign(from) ? b.CreateSIToFP(operand, target)
                                    : b.CreateUIToFP(operand, target));
  }
  if (from == TypeKind::Bool) return set_dest(b.CreateZExt(operand, target));
  if (to == TypeKind::Char) return set_dest(int_to_char(operand, from, to_type));
  set_dest(int_to_int(operand, from, to_type));
}

void FunctionEmitter::check_convert(llvm::Value* fits, llvm::Value* operand, bool sign,
                                    TypeId to) {
  panic_if(b.CreateNot(fits), [&] {
    llvm::Value* wide = b.CreateIntCast(operand, b.getInt64Ty(), sign);
    llvm::Constant* name = m.constants.c_string(m.program.type_name(to));
    return v.rt(Rt::skn_panic_convert, {wide, b.getInt1(!sign), name, v.i32(site())});
  });
}

llvm::Value* FunctionEmitter::int_to_int(llvm::Value* operand, TypeKind from, TypeId to) {
  unsigned from_bits = operand->getType()->getIntegerBitWidth();
  unsigned to_bits = types::bit_width(kind(to));
  bool from_signed = has_sign(from);
  bool to_signed = has_sign(kind(to));
  llvm::Value* fits = b.getTrue();
  // The largest value of the target, where the source has larger ones.
  if (to_bits - to_signed < from_bits - from_signed) {
    llvm::APInt most = llvm::APInt::getMaxValue(to_bits - to_signed).zext(from_bits);
    llvm::Value* limit = b.getInt(most);
    fits = from_signed ? b.CreateICmpSLE(operand, limit) : b.CreateICmpULE(operand, limit);
  }
  if (from_signed && !(to_signed && to_bits >= from_bits)) {
    llvm::APInt least(from_bits, 0);
    if (to_signed) least = llvm::APInt::getSignedMinValue(to_bits).sext(from_bits);
    fits = b.CreateAnd(fits, b.CreateICmpSGE(operand, b.getInt(least)));
  }
  if (fits != b.getTrue()) check_convert(fits, operand, from_signed, to);
  return b.CreateIntCast(operand, v.layout(to).scalar, from_signed);
}

llvm::Value* FunctionEmitter::int_to_char(llvm::Value* operand, TypeKind from, TypeId to) {
  llvm::Value* wide = b.CreateIntCast(operand, b.getInt64Ty(), has_sign(from));
  llvm::Value* in_range = b.CreateICmpULT(wide, v.i64(0x110000));
  llvm::Value* above = b.CreateSub(wide, v.i64(0xd800));
  llvm::Value* no_surrogate = b.CreateICmpUGE(above, v.i64(0x800));
  check_convert(b.CreateAnd(in_range, no_surrogate), operand, has_sign(from), to);
  return b.CreateTrunc(wide, b.getInt32Ty());
}

llvm::Value* FunctionEmitter::float_to_int(llvm::Value* operand, TypeId to) {
  unsigned bits = types::bit_width(kind(to));
  bool sign = has_sign(kind(to));
  llvm::Value* wide = b.CreateFPCast(operand, b.getDoubleTy());
  // Both limits are exact as doubles: one past the largest value, and one below the least where
  // there is such a double, else the least itself. A NaN is in no range.
  llvm::APFloat above(llvm::APFloat::IEEEdouble());
  above.convertFromAPInt(llvm::APInt::getOneBitSet(bits + 1, bits - sign), false,
                         llvm::APFloat::rmNearestTiesToEven);
  llvm::Value* below_end = b.CreateFCmpOLT(wide, llvm::ConstantFP::get(b.getDoubleTy(), above));
  llvm::Value* from_start = nullptr;
  if (sign && bits == 64) {
    from_start = b.CreateFCmpOGE(wide, llvm::ConstantFP::get(b.getDoubleTy(), -above));
  } else {
    double least = sign ? -above.convertToDouble() - 1 : -1;
    from_start = b.CreateFCmpOGT(wide, llvm::ConstantFP::get(b.getDoubleTy(), least));
  }
  panic_if(b.CreateNot(b.CreateAnd(below_end, from_start)), [&] {
    llvm::Constant* name = m.constants.c_string(m.program.type_name(to));
    return v.rt(Rt::skn_panic_convert_float, {wide, name, v.i32(site())});
  });
  llvm::Type* target = v.layout(to).scalar;
  return sign ? b.CreateFPToSI(operand, target) : b.CreateFPToUI(operand, target);
}

}  // namespace skein::codegen
