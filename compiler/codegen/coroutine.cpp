// The frame of a suspending function.
//
//   define fastcc { ptr, i64 } @sk.fib(i64 %n) presplitcoroutine {
//     …                                    ; paths that cannot suspend return { null, value }
//   frame:
//     %id = coro.id, %h = coro.begin(%id, skn_frame_alloc(coro.size))
//     …                                    ; each place that may suspend, see suspend() below
//   done:
//     br coro.is_in_ramp, free the frame and return { null, value },
//                         publish with skn_frame_finish
//   ret:
//     coro.end; ret { handle or null or outcome, value }
//   }
//
// The ramp runs the body at once, as an ordinary call. The promise is { state, size or wait, site, result or
// record }, as runtime/abi/layout.h says of Frame.
//
// A suspend point is coro.save, coro.await.suspend.bool, coro.suspend, and nothing in between: code
// inlined there by hand could spill into the frame after it was published. For the same reason
// results come through memory that only the path which was not stolen writes.
#include "compiler/codegen/function_emitter.h"
#include "compiler/support/check.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/Module.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

// Locals larger than this are better written once there is a frame: what was written before is
// copied into it.
static constexpr uint64_t kSmallLocal = 64;

static constexpr uint64_t kPromiseSize = offsetof(abi::Frame, size) - abi::kFramePromise;
static constexpr uint64_t kPromiseSite = offsetof(abi::Frame, site) - abi::kFramePromise;
static constexpr uint64_t kPromiseResult = abi::kFrameResult - abi::kFramePromise;

llvm::CallInst* FunctionEmitter::coro(unsigned intrinsic, llvm::ArrayRef<llvm::Value*> args,
                                      llvm::ArrayRef<llvm::Type*> types) {
  return b.CreateIntrinsic(static_cast<llvm::Intrinsic::ID>(intrinsic), types, args);
}

FramePlan ModuleEmitter::frame_plan(sir::FunctionId id) {
  const sir::Function& function = sir.functions[id];
  FramePlan plan = plan_frame(sir, function);
  for (const sir::Local& local : function.locals) {
    if (!sir::owns_value(local) || layouts.of(local.type).size <= kSmallLocal) continue;
    return {.needs_frame = plan.needs_frame, .begin = {}, .has_early_exit = false};
  }
  return plan;
}

void FunctionEmitter::begin_frame() {
  const Layout& result = v.layout(signature_.result);
  promise_ = entry_alloca(b.getInt8Ty(), abi::kAlignment, "promise");
  make_room(result.size);
  ret_block_ = llvm::BasicBlock::Create(m.context, "ret", function_);
  destroy_block_ = llvm::BasicBlock::Create(m.context, "destroy", function_);
  coro_id_ = coro(llvm::Intrinsic::coro_id,
                  {v.i32(abi::kAlignment), promise_, v.null(), v.null()});
  llvm::Value* size = coro(llvm::Intrinsic::coro_size, {}, {b.getInt64Ty()});
  llvm::Value* memory = v.rt(Rt::skn_frame_alloc, {size});
  frame_ = coro(llvm::Intrinsic::coro_begin, {coro_id_, memory});
  v.rt(Rt::skn_frame_begin, {frame_});
  v.store_at(v.i64(abi::kPending), promise_, 0);
}

// Behind the header of the frame, for the result and for what the function waits with before that.
void FunctionEmitter::make_room(uint64_t size) {
  room_ = std::max(room_, size);
  promise_->setAllocatedType(llvm::ArrayType::get(b.getInt8Ty(), kPromiseResult + room_));
}

// There is one for all places where the function waits.
llvm::Value* FunctionEmitter::record(uint64_t size) {
  make_room(size);
  return v.offset(promise_, kPromiseResult);
}

void FunctionEmitter::test_stack() {
  v.if_true(v.rt(Rt::skn_stack_low, {}), Chance::Unlikely, [&] {
    note_site();
    suspend(v.null(), m.rt.get(Rt::skn_await_stack));
  });
}

// Where the function waits, for traces.
void FunctionEmitter::note_site() { note_site(v.i32(site())); }

void FunctionEmitter::note_site(llvm::Value* number) { v.store_at(number, promise_, kPromiseSite); }

void FunctionEmitter::suspend(llvm::Value* awaiter, llvm::Function* wrapper) {
  SKEIN_CHECK(region_ == Region::Body, "a suspension point where there is no frame");
  llvm::BasicBlock* stop = v.new_block("suspend");
  llvm::BasicBlock* go_on = v.new_block("resume");
  llvm::Value* save = coro(llvm::Intrinsic::coro_save, {frame_});
  llvm::Value* stays = coro(llvm::Intrinsic::coro_await_suspend_bool, {awaiter, frame_, wrapper});
  b.CreateCondBr(stays, stop, go_on);
  b.SetInsertPoint(stop);
  llvm::Value* reason = coro(llvm::Intrinsic::coro_suspend, {save, b.getFalse()});
  llvm::SwitchInst* choice = b.CreateSwitch(reason, ret_block_, 2);
  choice->addCase(b.getInt8(0), go_on);
  choice->addCase(b.getInt8(1), destroy_block_);
  if (ret_handle_ == nullptr) {
    llvm::IRBuilderBase::InsertPointGuard guard(b);
    b.SetInsertPoint(ret_block_);
    ret_handle_ = b.CreatePHI(b.getPtrTy(), 4, "handle");
    const Layout& result = v.layout(signature_.result);
    if (!signature_.has_out) {
      for (const Piece& piece : result.pieces) ret_pieces_.push_back(b.CreatePHI(piece.type, 4));
    }
    b.SetInsertPoint(destroy_block_);
    leave(frame_, {});
  }
  ret_handle_->addIncoming(frame_, stop);
  for (llvm::PHINode* piece : ret_pieces_) {
    piece->addIncoming(llvm::UndefValue::get(piece->getType()), stop);
  }
  b.SetInsertPoint(go_on);
}

// Goes to the one `ret`. Without pieces there is no value to return.
void FunctionEmitter::leave(llvm::Value* handle, llvm::ArrayRef<llvm::Value*> pieces) {
  ret_handle_->addIncoming(handle, b.GetInsertBlock());
  for (size_t i = 0; i < ret_pieces_.size(); ++i) {
    llvm::Value* piece = pieces.empty() ? llvm::UndefValue::get(ret_pieces_[i]->getType())
                                        : pieces[i];
    ret_pieces_[i]->addIncoming(piece, b.GetInsertBlock());
  }
  b.CreateBr(ret_block_);
}

void FunctionEmitter::emit_ret_block() {
  ret_block_->moveAfter(&function_->back());
  b.SetInsertPoint(ret_block_);
  set_location(sir_.span);
  coro(llvm::Intrinsic::coro_end,
       {frame_, b.getFalse(), llvm::ConstantTokenNone::get(m.context)});
  std::vector<llvm::Value*> pieces(ret_pieces_.begin(), ret_pieces_.end());
  b.CreateRet(pack_result(ret_handle_, pieces));
}

// `{ handle, pieces }`; undefined pieces where none are given.
llvm::Value* FunctionEmitter::pack_result(llvm::Value* handle,
                                          llvm::ArrayRef<llvm::Value*> pieces) {
  llvm::Type* type = function_->getReturnType();
  if (!type->isStructTy()) return handle;
  llvm::Value* result = b.CreateInsertValue(llvm::UndefValue::get(type), handle, 0);
  for (size_t i = 0; i < pieces.size(); ++i) {
    result = b.CreateInsertValue(result, pieces[i], static_cast<unsigned>(i) + 1);
  }
  return result;
}

void FunctionEmitter::free_frame() {
  llvm::Value* memory = coro(llvm::Intrinsic::coro_free, {coro_id_, frame_});
  v.rt(Rt::skn_frame_free, {memory, coro(llvm::Intrinsic::coro_size, {}, {b.getInt64Ty()})});
}

void FunctionEmitter::store_frame_size() {
  llvm::Value* size = coro(llvm::Intrinsic::coro_size, {}, {b.getInt64Ty()});
  v.store_at(b.CreateTrunc(size, b.getInt32Ty()), promise_, kPromiseSize);
}

// `return`, with the value in local 0.
void FunctionEmitter::emit_return() {
  llvm::BasicBlock*& exit = return_exits_[region_];
  if (exit != nullptr) {
    b.CreateBr(exit);
    return;
  }
  exit = v.new_block("done");
  b.CreateBr(exit);
  b.SetInsertPoint(exit);
  if (region_ == Region::Body) return finish_value();
  if (signature_.gives_place) {
    b.CreateRet(v.load_pointer(locals_[0], 0));
    return;
  }
  const Layout& result = v.layout(signature_.result);
  std::vector<llvm::Value*> pieces;
  if (signature_.has_out) {
    v.copy(signature_.result, function_->getArg(0), locals_[0]);
  } else {
    v.load_pieces(result, locals_[0], pieces);
  }
  if (signature_.suspends) {
    b.CreateRet(pack_result(v.null(), pieces));
  } else if (pieces.empty()) {
    b.CreateRetVoid();
  } else if (pieces.size() == 1) {
    b.CreateRet(pieces[0]);
  } else {
    b.CreateAggregateRet(pieces.data(), static_cast<unsigned>(pieces.size()));
  }
}

// In the ramp the caller takes the value; later, whoever waits is told.
void FunctionEmitter::finish_value() {
  const Layout& result = v.layout(signature_.result);
  llvm::BasicBlock* in_ramp = v.new_block("in_ramp");
  llvm::BasicBlock* resumed = v.new_block("resumed");
  b.CreateCondBr(coro(llvm::Intrinsic::coro_is_in_ramp, {}), in_ramp, resumed);
  b.SetInsertPoint(in_ramp);
  std::vector<llvm::Value*> pieces;
  if (signature_.has_out) {
    v.copy(signature_.result, function_->getArg(0), locals_[0]);
  } else {
    v.load_pieces(result, locals_[0], pieces);
    for (llvm::Value*& piece : pieces) piece = v.read_here(piece);
  }
  free_frame();
  leave(v.null(), pieces);
  b.SetInsertPoint(resumed);
  v.copy(signature_.result, v.offset(promise_, kPromiseResult), locals_[0]);
  store_frame_size();
  v.rt(Rt::skn_frame_finish, {frame_, v.i64(abi::kValue), v.i64(result.size)});
  leave(frame_, {});
}

void FunctionEmitter::finish_outcome() {
  llvm::Value* outcome = v.load_pointer(outcome_slot(), 0);
  llvm::BasicBlock* in_ramp = v.new_block("in_ramp");
  llvm::BasicBlock* resumed = v.new_block("resumed");
  b.CreateCondBr(coro(llvm::Intrinsic::coro_is_in_ramp, {}), in_ramp, resumed);
  b.SetInsertPoint(in_ramp);
  llvm::Value* handle = v.read_here(outcome);
  free_frame();
  leave(handle, {});
  b.SetInsertPoint(resumed);
  store_frame_size();
  v.rt(Rt::skn_frame_finish,
       {frame_, v.state_of(outcome), v.i64(v.layout(signature_.result).size)});
  leave(frame_, {});
}

// The state word that says the same as an outcome.
llvm::Value* Values::state_of(llvm::Value* outcome) {
  llvm::Value* bits = b.CreatePtrToInt(outcome, b.getInt64Ty());
  llvm::Value* is_cancelled = b.CreateICmpEQ(bits, i64(abi::kCancelled));
  return b.CreateSelect(is_cancelled, bits, b.CreateOr(bits, i64(abi::kPanicked)));
}

llvm::Value* Values::tagged(llvm::Value* payload) {
  llvm::Value* bits = b.CreatePtrToInt(payload, b.getInt64Ty());
  return b.CreateIntToPtr(b.CreateOr(bits, i64(abi::kOutcome)), b.getPtrTy());
}

llvm::Value* Values::is_cancelled(llvm::Value* outcome) {
  llvm::Value* bits = b.CreatePtrToInt(outcome, b.getInt64Ty());
  return b.CreateICmpEQ(bits, i64(abi::kCancelled));
}

llvm::Value* Values::handle_of(llvm::Value* result) {
  return result->getType()->isStructTy() ? b.CreateExtractValue(result, 0u) : result;
}

// The outcome that a state word says, for one that is done without a value.
llvm::Value* Values::outcome_of(llvm::Value* state) {
  constexpr uint64_t kOnlyInStates = abi::kPanicked & ~abi::kOutcome;
  return b.CreateIntToPtr(b.CreateAnd(state, i64(~kOnlyInStates)), b.getPtrTy());
}

}  // namespace skein::codegen
