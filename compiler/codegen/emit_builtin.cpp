// The builtin operations of types/builtins.def, but for those of arrays.
#include "compiler/codegen/function_emitter.h"
#include "compiler/support/check.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/Module.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

using sir::BinaryOp;
using sir::Inst;
using sir::Operand;
using types::Builtin;

void FunctionEmitter::emit_builtin(const Inst& inst) {
  if (emit_panic_builtin(inst)) return;
  if (emit_number_builtin(inst) || emit_text_builtin(inst) || emit_atomic_builtin(inst) ||
      emit_outside_builtin(inst) || emit_chan_builtin(inst) ||
      emit_lock_builtin(inst) || emit_local_builtin(inst)) {
    return;
  }
  switch (inst.builtin) {
    case Builtin::Show:
      return emit_show(inst);
    case Builtin::Equal:
      return emit_equal(inst);
    case Builtin::Compare:
      return emit_compare(inst);
    case Builtin::HashValue:
      return emit_hash(inst);
    case Builtin::HashSeed:
      return set_dest(v.rt(Rt::skn_hash_seed, {}));
    case Builtin::TableProbe: {
      Elements table = elements_of(inst.operands[0]);
      return set_dest(v.rt(Rt::skn_table_probe, {table.first, table.length, value(inst.operands[1]),
                                                 value(inst.operands[2])}));
    }
    case Builtin::PlaceReplace:
    case Builtin::PlaceSwap:
      return emit_place_builtin(inst);
    case Builtin::Print:
      return emit_print(inst);
    case Builtin::ProcessExit:
      v.rt(Rt::skn_process_exit, {b.CreateTrunc(value(inst.operands[0]), b.getInt32Ty())});
      return;
    case Builtin::ProcessArgs:
      return set_dest(v.rt(Rt::skn_args, {}));
    case Builtin::TimeNow:
      return set_dest(v.rt(Rt::skn_time_now, {}));
    case Builtin::TimeSleep:
      return emit_sleep(inst);
    case Builtin::MustBePlain:
      return;
    case Builtin::ThreadEnter:
      note_site();
      suspend(v.null(), m.rt.get(Rt::skn_await_thread));
      return set_dest(v.rt(Rt::skn_has_thread, {}));
    case Builtin::ThreadLeave:
      return void(v.rt(Rt::skn_leave_thread, {}));
    case Builtin::TaskWait:
      return emit_task_wait(inst);
    case Builtin::TaskIsDone:
      return emit_task_is_done(inst);
    case Builtin::TaskId:
      return set_dest(v.rt(Rt::skn_task_id, {v.load_pointer(location(inst.operands[0]), 0)}));
    case Builtin::TaskName:
      return set_dest_pointer(
          v.rt(Rt::skn_task_name, {v.load_pointer(location(inst.operands[0]), 0)}));
    case Builtin::TaskNameBegin:
      return set_dest(v.rt(Rt::skn_task_name_begin, {value(inst.operands[0]), v.i32(site())}));
    case Builtin::TaskNameEnd:
      return void(v.rt(Rt::skn_task_name_end, {value(inst.operands[0])}));
    case Builtin::TaskCancel:
      v.rt(Rt::skn_task_cancel, {v.load_pointer(location(inst.operands[0]), 0)});
      return;
    case Builtin::Cancelled:
      return set_dest(v.rt(Rt::skn_cancelled, {}));
    case Builtin::TimeDeadline:
      return set_dest(v.rt(Rt::skn_deadline, {}));
    case Builtin::Panic:
    case Builtin::Unreachable:
    case Builtin::Todo:
    case Builtin::Assert:
      SKEIN_UNREACHABLE("a panic that lower did not write out");
    default:
      return emit_array_builtin(inst);
  }
}

// ---- panics ------------------------------------------------------------------------------------

bool FunctionEmitter::emit_panic_builtin(const Inst& inst) {
  auto ask = [&](Rt function) {
    return v.rt(function, {b.CreateIntToPtr(value(inst.operands[0]), b.getPtrTy())});
  };
  auto number = [&](llvm::Value* panic) { set_dest(b.CreatePtrToInt(panic, b.getInt64Ty())); };
  switch (inst.builtin) {
    case Builtin::PanicMessage:
      set_dest(ask(Rt::skn_panic_message));
      return true;
    case Builtin::PanicPlace:
      set_dest(ask(Rt::skn_panic_place));
      return true;
    case Builtin::PanicTrace:
      set_dest(ask(Rt::skn_panic_trace));
      return true;
    case Builtin::PanicAttached:
      number(ask(Rt::skn_panic_attached));
      return true;
    case Builtin::PanicNext:
      number(ask(Rt::skn_panic_next));
      return true;
    case Builtin::PanicFree:
      ask(Rt::skn_panic_free);
      return true;
    default:
      return false;
  }
}

// ---- numbers -----------------------------------------------------------------------------------

// The LLVM intrinsic that does the operation on floats; 0 for another operation.
static unsigned float_intrinsic(Builtin builtin) {
  switch (builtin) {
    case Builtin::FloatSqrt:
      return llvm::Intrinsic::sqrt;
    case Builtin::FloatAbs:
      return llvm::Intrinsic::fabs;
    case Builtin::FloatFloor:
      return llvm::Intrinsic::floor;
    case Builtin::FloatCeil:
      return llvm::Intrinsic::ceil;
    case Builtin::FloatRound:
      return llvm::Intrinsic::round;
    case Builtin::FloatTrunc:
      return llvm::Intrinsic::trunc;
    case Builtin::FloatSin:
      return llvm::Intrinsic::sin;
    case Builtin::FloatCos:
      return llvm::Intrinsic::cos;
    case Builtin::FloatExp:
      return llvm::Intrinsic::exp;
    case Builtin::FloatLog:
      return llvm::Intrinsic::log;
    default:
      return 0;
  }
}

static unsigned overflow_intrinsic(Builtin builtin, bool is_signed) {
  switch (builtin) {
    case Builtin::AddOverflows:
      return is_signed ? llvm::Intrinsic::sadd_with_overflow : llvm::Intrinsic::uadd_with_overflow;
    case Builtin::SubOverflows:
      return is_signed ? llvm::Intrinsic::ssub_with_overflow : llvm::Intrinsic::usub_with_overflow;
    case Builtin::MulOverflows:
      return is_signed ? llvm::Intrinsic::smul_with_overflow : llvm::Intrinsic::umul_with_overflow;
    default:
      return 0;
  }
}

// A number as the nearest value of the integer type `to`.
static llvm::Value* saturated(llvm::IRBuilder<>& b, llvm::Value* value, TypeKind from,
                              TypeKind to) {
  unsigned width = types::bit_width(to);
  bool is_signed = types::is_signed(to);
  llvm::Type* type = b.getIntNTy(width);
  if (types::is_float(from)) {
    llvm::Intrinsic::ID convert =
        is_signed ? llvm::Intrinsic::fptosi_sat : llvm::Intrinsic::fptoui_sat;
    return b.CreateIntrinsic(convert, {type, value->getType()}, {value});
  }
  // Wide enough for every value of both types.
  constexpr unsigned kWide = 72;
  llvm::Type* wide = b.getIntNTy(kWide);
  llvm::APInt low = is_signed ? llvm::APInt::getSignedMinValue(width).sext(kWide)
                              : llvm::APInt(kWide, 0);
  llvm::APInt high = is_signed ? llvm::APInt::getSignedMaxValue(width).sext(kWide)
                               : llvm::APInt::getMaxValue(width).zext(kWide);
  value = b.CreateIntCast(value, wide, types::is_signed(from));
  value = b.CreateBinaryIntrinsic(llvm::Intrinsic::smax, value, llvm::ConstantInt::get(wide, low));
  value = b.CreateBinaryIntrinsic(llvm::Intrinsic::smin, value, llvm::ConstantInt::get(wide, high));
  return b.CreateTrunc(value, type);
}

bool FunctionEmitter::emit_number_builtin(const Inst& inst) {
  if (inst.operands.empty()) return false;
  TypeKind type = kind(type_of(inst.operands[0]));
  if (unsigned intrinsic = float_intrinsic(inst.builtin)) {
    set_dest(b.CreateUnaryIntrinsic(intrinsic, value(inst.operands[0])));
    return true;
  }
  if (unsigned intrinsic = overflow_intrinsic(inst.builtin, types::is_signed(type))) {
    llvm::Value* both = b.CreateBinaryIntrinsic(intrinsic, value(inst.operands[0]),
                                                value(inst.operands[1]));
    set_dest(b.CreateExtractValue(both, 1));
    return true;
  }
  llvm::Type* word = b.getInt64Ty();
  switch (inst.builtin) {
    case Builtin::FloatPow:
      set_dest(b.CreateBinaryIntrinsic(llvm::Intrinsic::pow, value(inst.operands[0]),
                                       value(inst.operands[1])));
      return true;
    case Builtin::WrapTo:
      set_dest(b.CreateIntCast(value(inst.operands[0]), v.layout(type_of(inst.dest)).scalar,
                               types::is_signed(type)));
      return true;
    case Builtin::SaturateTo:
      set_dest(saturated(b, value(inst.operands[0]), type, kind(type_of(inst.dest))));
      return true;
    case Builtin::CountOnes: {
      llvm::Value* bits = value(inst.operands[0]);
      set_dest(b.CreateIntCast(b.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, bits), word, false));
      return true;
    }
    case Builtin::LeadingZeros:
    case Builtin::TrailingZeros: {
      llvm::Intrinsic::ID which = inst.builtin == Builtin::LeadingZeros ? llvm::Intrinsic::ctlz
                                                                        : llvm::Intrinsic::cttz;
      llvm::Value* zeros =
          b.CreateBinaryIntrinsic(which, value(inst.operands[0]), b.getFalse());
      set_dest(b.CreateIntCast(zeros, word, false));
      return true;
    }
    case Builtin::DurationNanos:
    case Builtin::DurationFromNanos:
    case Builtin::InstantNanos:
    case Builtin::InstantFromNanos:
      set_dest(value(inst.operands[0]));
      return true;
    default:
      return false;
  }
}

// ---- whole values ------------------------------------------------------------------------------

// Nothing is counted: the number of owners stays the same.
void FunctionEmitter::emit_place_builtin(const Inst& inst) {
  TypeId type = type_of(inst.operands[0]);
  if (v.layout(type).size == 0) return;
  llvm::Value* place = address(inst.operands[0].place);
  llvm::Value* old = temp(type);
  llvm::Value* fresh = temp(type);
  put(inst.operands[1], fresh);
  v.copy(type, old, place);
  v.copy(type, place, fresh);
  if (inst.builtin != Builtin::PlaceSwap) return v.copy(type, address(inst.dest), old);
  v.copy(type, address(inst.operands[1].place), old);
}

static bool is_signed_number(TypeKind kind) { return types::is_signed(kind); }

void FunctionEmitter::emit_show(const Inst& inst) {
  TypeKind type = kind(type_of(inst.operands[0]));
  SKEIN_CHECK(!inst.operands[2].is_place(), "a format that is no constant");
  llvm::Constant* spec = m.constants.format_spec(inst.operands[2].constant.text);
  if (type == TypeKind::Unit || type == TypeKind::Never) {
    llvm::Constant* text = m.constants.c_string("()");
    return change_str(inst.operands[1], [&](llvm::Value* place) {
      v.rt(Rt::skn_str_append_text, {place, text, v.i64(2)});
    });
  }
  llvm::Value* shown = value(inst.operands[0]);
  Rt format = Rt::skn_format_int;
  if (types::is_integer(type)) {
    format = is_signed_number(type) ? Rt::skn_format_int : Rt::skn_format_uint;
    shown = b.CreateIntCast(shown, b.getInt64Ty(), is_signed_number(type));
  } else if (types::is_float(type)) {
    format = type == TypeKind::F32 ? Rt::skn_format_f32 : Rt::skn_format_float;
    shown = b.CreateFPCast(shown, b.getDoubleTy());
  } else {
    switch (type) {
      case TypeKind::Bool:
        format = Rt::skn_format_bool;
        break;
      case TypeKind::Char:
        format = Rt::skn_format_char;
        break;
      case TypeKind::Str:
        format = Rt::skn_format_str;
        break;
      case TypeKind::Duration:
      case TypeKind::Instant:
        format = Rt::skn_format_duration;
        break;
      default:
        SKEIN_UNREACHABLE("a type that expand_glue should have written out");
    }
  }
  change_str(inst.operands[1], [&](llvm::Value* place) { v.rt(format, {place, shown, spec}); });
}

void FunctionEmitter::emit_equal(const Inst& inst) {
  TypeKind type = kind(type_of(inst.operands[0]));
  if (type == TypeKind::Unit) return set_dest(b.getTrue());
  llvm::Value* left = value(inst.operands[0]);
  llvm::Value* right = value(inst.operands[1]);
  if (type == TypeKind::Str) return set_dest(v.rt(Rt::skn_str_eq, {left, right}));
  set_dest(compare(BinaryOp::Eq, type, left, right));
}

void FunctionEmitter::emit_compare(const Inst& inst) {
  TypeKind type = kind(type_of(inst.operands[0]));
  if (type == TypeKind::Unit) return set_dest(v.i64(0));
  llvm::Value* left = value(inst.operands[0]);
  llvm::Value* right = value(inst.operands[1]);
  if (type == TypeKind::Str) {
    llvm::Value* order = v.rt(Rt::skn_str_compare, {left, right});
    return set_dest(b.CreateSExt(order, b.getInt64Ty()));
  }
  llvm::Value* more = b.CreateZExt(compare(BinaryOp::Gt, type, left, right), b.getInt64Ty());
  llvm::Value* less = b.CreateZExt(compare(BinaryOp::Lt, type, left, right), b.getInt64Ty());
  set_dest(b.CreateSub(more, less));
}

// A multiplication to 128 bits, folded: every bit of value and seed reaches both halves of the
// hash. Without the seed nobody can tell which values collide.
void FunctionEmitter::emit_hash(const Inst& inst) {
  constexpr uint64_t kMultiplier = 0x9e3779b97f4a7c15u;
  TypeKind type = kind(type_of(inst.operands[0]));
  llvm::Value* seed = value(inst.operands[1]);
  if (type == TypeKind::Str) {
    return set_dest(v.rt(Rt::skn_str_hash, {value(inst.operands[0]), seed}));
  }
  llvm::Value* bits = v.i64(0);
  if (type != TypeKind::Unit) {
    bits = b.CreateIntCast(value(inst.operands[0]), b.getInt64Ty(), is_signed_number(type));
  }
  auto fold = [&](llvm::Value* a, llvm::Value* factor) -> llvm::Value* {
    llvm::Type* wide = b.getInt128Ty();
    llvm::Value* product = b.CreateMul(b.CreateZExt(a, wide), b.CreateZExt(factor, wide));
    llvm::Value* high = b.CreateTrunc(b.CreateLShr(product, 64), b.getInt64Ty());
    return b.CreateXor(b.CreateTrunc(product, b.getInt64Ty()), high);
  };
  set_dest(fold(b.CreateXor(fold(b.CreateXor(bits, seed), v.i64(kMultiplier)), seed),
                v.i64(0xd6e8feb86659fd93u)));
}

void FunctionEmitter::emit_print(const Inst& inst) {
  llvm::Value* fd = b.CreateTrunc(value(inst.operands[2]), b.getInt32Ty());
  v.rt(Rt::skn_print, {value(inst.operands[0]), value(inst.operands[1]), fd});
}

}  // namespace skein::codegen
