// Calls of functions: how arguments and results travel, and what comes back from a callee that
// suspends.
#include "compiler/codegen/function_emitter.h"
#include "compiler/support/check.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

using sir::Inst;
using sir::Operand;
using sir::ParamMode;

void FunctionEmitter::emit_call(const Inst& inst) {
  const Signature& signature = m.signature(inst.callee);
  std::vector<llvm::Value*> args;
  if (signature.has_out) args.push_back(result_place(inst, signature.result));
  for (size_t i = 0; i < inst.operands.size(); ++i) {
    pass(inst.operands[i], signature.params[i], args);
  }
  emit_call_of(inst, signature, m.function(inst.callee), std::move(args));
}

void FunctionEmitter::emit_call_of(const Inst& inst, const Signature& signature,
                                   llvm::Value* callee, std::vector<llvm::Value*> args) {
  if (signature.suspends) return emit_suspending_call(inst, signature, callee, std::move(args));
  emit_plain_call(inst, signature, callee, std::move(args));
}

// Appends what the callee gets for one operand.
void FunctionEmitter::pass(const Operand& operand, const ParamPassing& param,
                           std::vector<llvm::Value*>& args) {
  if (param.mode == ParamMode::Mut) {
    args.push_back(address(operand.place));
    return;
  }
  if (param.passing == Passing::None) return;
  // A copy for an owner counts, and a large one needs memory of its own meanwhile. Everything else
  // is read where it is.
  bool counts = operand.kind == Operand::Kind::Copy && param.mode == ParamMode::Own &&
                (param.passing == Passing::Indirect || sir::needs_drop(m.sir, param.type));
  llvm::Value* place = nullptr;
  const Layout& layout = v.layout(param.type);
  if (counts) {
    place = temp(param.type);
    put(operand, place);
  } else if (!operand.is_place() && layout.scalar != nullptr) {
    llvm::Value* scalar = constant(operand.constant);
    if (scalar->getType() != layout.scalar) scalar = b.CreateZExt(scalar, layout.scalar);
    args.push_back(scalar);
    return;
  } else {
    place = location(operand);
  }
  if (param.passing == Passing::Indirect) {
    args.push_back(place);
  } else {
    v.load_pieces(layout, place, args);
  }
}

// Where a callee may write a large result while the operands are still in use.
llvm::Value* FunctionEmitter::result_place(const Inst& inst, TypeId type) {
  if (!inst.dest.valid() || !inst.dest.is_local()) return temp(type);
  // A `mut` parameter is reached through nothing else.
  for (const Operand& operand : inst.operands) {
    if (operand.kind == Operand::Kind::Mut && operand.place.local == inst.dest.local) {
      return temp(type);
    }
  }
  return address(inst.dest);
}

// Puts the pieces of a returned value, from element `first` on, into a place.
void FunctionEmitter::store_result(llvm::Value* result, const Layout& layout, unsigned first,
                                   llvm::Value* place) {
  std::vector<llvm::Value*> pieces;
  for (size_t i = 0; i < layout.pieces.size(); ++i) {
    bool is_whole = !result->getType()->isStructTy();
    pieces.push_back(is_whole ? result
                              : b.CreateExtractValue(result, first + static_cast<unsigned>(i)));
  }
  v.store_pieces(layout, pieces, place);
}

// How a function is called, also one that is known by its address only.
static llvm::CallingConv::ID convention_of(const llvm::Value* callee) {
  const llvm::Function* function = llvm::dyn_cast<llvm::Function>(callee);
  return function != nullptr ? function->getCallingConv() : llvm::CallingConv::Fast;
}

llvm::CallBase* FunctionEmitter::call_unwinding(llvm::FunctionCallee callee,
                                                const std::vector<llvm::Value*>& args) {
  bool needs_pad = region_ != Region::Plain || inst_->unwind.valid() || in_cleanup();
  const llvm::Function* function = llvm::dyn_cast<llvm::Function>(callee.getCallee());
  bool throws = function == nullptr || !function->doesNotThrow();
  llvm::CallBase* call = nullptr;
  if (needs_pad && throws) {
    llvm::BasicBlock* ok = v.new_block("returned");
    call = b.CreateInvoke(callee, ok, landing_pad(), args);
    b.SetInsertPoint(ok);
  } else {
    call = b.CreateCall(callee, args);
  }
  call->setCallingConv(convention_of(callee.getCallee()));
  return call;
}

void FunctionEmitter::emit_plain_call(const Inst& inst, const Signature& signature,
                                      llvm::Value* callee, std::vector<llvm::Value*> args) {
  llvm::CallBase* result = call_unwinding({signature.type, callee}, args);
  if (!inst.dest.valid()) return;
  if (signature.gives_place) return v.store_at(result, locals_[inst.dest.local.index], 0);
  if (!signature.has_out) {
    return store_result(result, v.layout(signature.result), 0, address(inst.dest));
  }
  if (is_temp(args[0])) v.copy(signature.result, address(inst.dest), args[0]);
}

// The handle says what became of the call: null, its value is here; an outcome; or a frame that
// will have the value.
void FunctionEmitter::emit_suspending_call(const Inst& inst, const Signature& signature,
                                           llvm::Value* callee, std::vector<llvm::Value*> args) {
  const Layout& layout = v.layout(signature.result);
  bool unwinds = inst.kind == sir::InstKind::Call && drops_tasks(inst);
  auto end_unwinding = [&] {
    if (unwinds) v.rt(Rt::skn_unwind_exit, {});
  };
  if (unwinds) v.rt(Rt::skn_unwind_enter, {});
  llvm::CallInst* result = b.CreateCall(signature.type, callee, args);
  result->setCallingConv(convention_of(callee));
  result->setDoesNotThrow();
  llvm::Value* handle = v.handle_of(result);
  llvm::BasicBlock* here = v.new_block("here");
  llvm::BasicBlock* later = v.new_block("later");
  llvm::BasicBlock* after = v.new_block("called");
  v.branch(b.CreateIsNull(handle), here, later, Chance::Likely);

  b.SetInsertPoint(here);
  bool wants_result = inst.dest.valid() && layout.size > 0;
  bool through_temp = wants_result && signature.has_out && is_temp(args[0]);
  llvm::Value* place = nullptr;
  if (wants_result) place = through_temp ? args[0] : address(inst.dest);
  if (wants_result && !signature.has_out) store_result(result, layout, 1, place);
  b.CreateBr(after);

  b.SetInsertPoint(later);
  llvm::Value* bits = b.CreatePtrToInt(handle, b.getInt64Ty());
  llvm::Value* is_outcome = b.CreateICmpNE(b.CreateAnd(bits, v.i64(abi::kOutcome)), v.i64(0));
  llvm::BasicBlock* ended = v.new_block("outcome");
  llvm::BasicBlock* waits = v.new_block("wait");
  v.branch(is_outcome, ended, waits, Chance::Unlikely);
  b.SetInsertPoint(ended);
  end_unwinding();
  raise_outcome(handle);

  b.SetInsertPoint(waits);
  handle = v.only_here(handle);
  note_site();
  suspend(handle, m.rt.get(Rt::skn_await_frame));
  llvm::LoadInst* state = b.CreateAlignedLoad(
      b.getInt64Ty(), v.offset(handle, offsetof(abi::Frame, state)), llvm::Align(8));
  state->setAtomic(llvm::AtomicOrdering::Acquire);
  if (wants_result) {
    if (!through_temp) place = address(inst.dest);
    v.copy(signature.result, place, v.offset(handle, abi::kFrameResult));
  }
  v.rt(Rt::skn_frame_release, {handle});
  llvm::BasicBlock* failed = v.new_block("failed");
  v.branch(b.CreateICmpEQ(state, v.i64(abi::kValue)), after, failed, Chance::Likely);
  b.SetInsertPoint(failed);
  llvm::Value* outcome = v.outcome_of(state);
  llvm::Value* is_panic = b.CreateICmpNE(state, v.i64(abi::kCancelled));
  v.if_true(is_panic, Chance::Likely,
            [&] { v.rt(Rt::skn_panic_passed, {outcome, v.i32(site())}); });
  end_unwinding();
  raise_outcome(outcome);

  b.SetInsertPoint(after);
  end_unwinding();
  if (through_temp) v.copy(signature.result, address(inst.dest), args[0]);
}

}  // namespace skein::codegen
