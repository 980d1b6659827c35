// The wrapper of a spawned call, one a callee: skn.spawn.fib.1.
//
//   i1 (ptr awaiter, ptr parent)      awaiter = the Task to fill in, then the arguments
//
// It pushes the parent for others to steal, calls the child natively, and pops. Popping the parent
// back means that nobody stole it: the task is left in the awaiter with its value, and the parent
// goes on (false). Otherwise the parent runs elsewhere by now, the value goes to the future, and
// the call returns up the stack (true). From the push on, the awaiter and the frame around it
// belong to whoever runs the parent; so the arguments are taken out before, into registers or into
// copies.
#include "compiler/codegen/module_emitter.h"
#include "compiler/codegen/values.h"
#include "compiler/support/check.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

SpawnShape ModuleEmitter::spawn_shape(sir::FunctionId callee) {
  const Signature& signature = signatures_[callee.index];
  SpawnShape shape;
  shape.task_size = align_up(abi::kFutureResult + layouts.of(signature.result).size, 8);
  shape.size = shape.task_size;
  for (const ParamPassing& param : signature.params) {
    if (param.mode == sir::ParamMode::Mut) {
      // The address of the place that is lent.
      shape.size = align_up(shape.size, 8);
      shape.arg_offsets.push_back(shape.size);
      shape.size += 8;
      continue;
    }
    const Layout& layout = layouts.of(param.type);
    shape.size = align_up(shape.size, layout.align);
    shape.arg_offsets.push_back(shape.size);
    shape.size += layout.size;
    shape.align = std::max(shape.align, layout.align);
  }
  return shape;
}

namespace {

class WrapperEmitter {
 public:
  WrapperEmitter(ModuleEmitter& module, sir::FunctionId callee, llvm::Function* wrapper)
      : m_(module),
        signature_(module.signature(callee)),
        shape_(module.spawn_shape(callee)),
        early_(module.early_exit(callee).early),
        child_(early_ != nullptr ? module.early_exit(callee).frame : module.function(callee)),
        awaiter_(wrapper->getArg(0)),
        parent_(wrapper->getArg(1)),
        b_(llvm::BasicBlock::Create(module.context, "entry", wrapper)),
        v_(module, b_),
        result_(module.layouts.of(signature_.result)),
        future_size_(v_.i64(abi::kFutureResult + result_.size)) {}

  void run() {
    std::vector<llvm::Value*> args = take_args();
    if (early_ != nullptr) end_early(args);
    // Read before anything is called, so that it stays the constant the parent wrote.
    llvm::Value* site = b_.CreateAlignedLoad(
        b_.getInt32Ty(), v_.offset(parent_, offsetof(abi::Frame, site)), llvm::Align(4));
    future_ = v_.rt(signature_.suspends ? Rt::skn_future_alloc : Rt::skn_future_spare,
                    {future_size_});
    v_.store_at(future_, awaiter_, 0);
    // A plain function waits for nothing, and mostly nobody asks who it is.
    if (signature_.suspends || m_.asks_for_task) {
      has_begun_ = true;
      v_.rt(Rt::skn_task_begin, {future_, site});
      bool inherits = m_.sets_deadlines || m_.has_task_locals;
      if (inherits) v_.rt(Rt::skn_task_inherit, {future_, parent_});
      if (m_.has_task_locals) v_.rt(Rt::skn_locals_keep, {future_});
    }
    v_.rt(Rt::skn_push, {parent_});
    if (signature_.suspends) {
      call_suspending(args);
    } else {
      call_plain(args);
    }
  }

 private:
  std::vector<llvm::Value*> take_args() {
    std::vector<llvm::Value*> args;
    if (signature_.has_out) {
      out_ = b_.CreateAlloca(m_.layouts.memory_type(result_), nullptr, "value");
      args.push_back(out_);
    }
    for (size_t i = 0; i < signature_.params.size(); ++i) {
      const ParamPassing& param = signature_.params[i];
      const Layout& layout = m_.layouts.of(param.type);
      llvm::Value* at = v_.offset(awaiter_, shape_.arg_offsets[i]);
      if (param.mode == sir::ParamMode::Mut) {
        args.push_back(v_.load_pointer(at, 0));
      } else if (param.passing == Passing::Indirect) {
        llvm::AllocaInst* copy = b_.CreateAlloca(m_.layouts.memory_type(layout), nullptr, "arg");
        copy->setAlignment(llvm::Align(layout.align));
        v_.copy(param.type, copy, at);
        args.push_back(copy);
      } else {
        v_.load_pieces(layout, at, args);
      }
    }
    return args;
  }

  llvm::CallInst* call(llvm::Function* function, const std::vector<llvm::Value*>& args) {
    llvm::CallInst* result = b_.CreateCall(function, args);
    result->setCallingConv(function->getCallingConv());
    return result;
  }

  std::vector<llvm::Value*> pieces_of(llvm::Value* result) {
    std::vector<llvm::Value*> pieces;
    if (!result->getType()->isStructTy()) return pieces;
    for (unsigned i = 0; i < result_.pieces.size(); ++i) {
      pieces.push_back(b_.CreateExtractValue(result, i + 1));
    }
    return pieces;
  }

  // What ends before it needs a frame needs no task: nobody could have taken the parent meanwhile.
  void end_early(const std::vector<llvm::Value*>& args) {
    llvm::CallInst* result = call(early_, args);
    llvm::BasicBlock* ended = v_.new_block("ended");
    llvm::BasicBlock* goes_on = v_.new_block("goes_on");
    b_.CreateCondBr(b_.CreateIsNull(v_.handle_of(result)), ended, goes_on);
    b_.SetInsertPoint(ended);
    v_.store_at(v_.null(), awaiter_, 0);
    store_value(pieces_of(result), awaiter_);
    b_.CreateRet(b_.getFalse());
    b_.SetInsertPoint(goes_on);
  }

  void call_suspending(const std::vector<llvm::Value*>& args) {
    llvm::CallInst* result = call(child_, args);
    llvm::Value* handle = v_.handle_of(result);
    llvm::BasicBlock* value = v_.new_block("value");
    llvm::BasicBlock* no_value = v_.new_block("no_value");
    llvm::BasicBlock* outcome = v_.new_block("outcome");
    llvm::BasicBlock* suspended = v_.new_block("suspended");
    v_.branch(b_.CreateIsNull(handle), value, no_value, Chance::Likely);
    b_.SetInsertPoint(value);
    end_with_value(pieces_of(result));
    b_.SetInsertPoint(no_value);
    llvm::Value* bits = b_.CreatePtrToInt(handle, b_.getInt64Ty());
    llvm::Value* tag = b_.CreateAnd(bits, v_.i64(abi::kOutcome));
    b_.CreateCondBr(b_.CreateICmpNE(tag, v_.i64(0)), outcome, suspended);
    b_.SetInsertPoint(outcome);
    end_with_outcome(handle);
    b_.SetInsertPoint(suspended);
    v_.rt(Rt::skn_frame_link, {handle, future_, v_.i64(result_.size)});
    llvm::BasicBlock* here = v_.new_block("here");
    llvm::BasicBlock* stolen = v_.new_block("stolen");
    b_.CreateCondBr(v_.rt(Rt::skn_pop_is, {parent_}), here, stolen);
    b_.SetInsertPoint(here);
    end_task();
    b_.CreateRet(b_.getFalse());
    b_.SetInsertPoint(stolen);
    b_.CreateRet(b_.getTrue());
  }

  void call_plain(const std::vector<llvm::Value*>& args) {
    llvm::BasicBlock* returned = v_.new_block("returned");
    llvm::BasicBlock* thrown = v_.new_block("thrown");
    llvm::InvokeInst* result = b_.CreateInvoke(child_, returned, thrown, args);
    result->setCallingConv(child_->getCallingConv());
    b_.SetInsertPoint(returned);
    std::vector<llvm::Value*> pieces;
    if (result->getType()->isStructTy()) {
      for (unsigned i = 0; i < result_.pieces.size(); ++i) {
        pieces.push_back(b_.CreateExtractValue(result, i));
      }
    } else if (!result->getType()->isVoidTy()) {
      pieces.push_back(result);
    }
    end_with_value(pieces);
    b_.SetInsertPoint(thrown);
    llvm::StructType* type = llvm::StructType::get(b_.getPtrTy(), b_.getInt32Ty());
    llvm::LandingPadInst* landing = b_.CreateLandingPad(type, 1);
    landing->addClause(v_.null());
    llvm::Value* bits = b_.CreatePtrToInt(b_.CreateExtractValue(landing, 0), b_.getInt64Ty());
    end_with_outcome(b_.CreateIntToPtr(b_.CreateOr(bits, v_.i64(abi::kOutcome)), b_.getPtrTy()));
  }

  // The parent came back, so this thread runs its task again.
  void end_task() {
    if (has_begun_) v_.rt(Rt::skn_task_end, {parent_});
  }

  // The future of a plain child lies ready for the next one, as long as nobody needs it.
  void free_future() {
    if (m_.has_task_locals) v_.rt(Rt::skn_locals_let_go, {future_});
    v_.rt(signature_.suspends ? Rt::skn_future_free : Rt::skn_future_unused,
          {future_, future_size_});
  }

  void finish_future(llvm::Value* state) {
    if (!signature_.suspends) v_.rt(Rt::skn_future_used, {future_size_});
    v_.rt(Rt::skn_future_finish, {future_, state, future_size_});
  }

  void store_value(const std::vector<llvm::Value*>& pieces, llvm::Value* task_or_future) {
    llvm::Value* place = v_.offset(task_or_future, abi::kFutureResult);
    if (out_ != nullptr) {
      v_.copy(signature_.result, place, out_);
    } else {
      v_.store_pieces(result_, pieces, place);
    }
  }

  void end_with_value(const std::vector<llvm::Value*>& pieces) {
    llvm::BasicBlock* here = v_.new_block("here");
    llvm::BasicBlock* stolen = v_.new_block("stolen");
    v_.branch(v_.rt(Rt::skn_pop_is, {parent_}), here, stolen, Chance::Likely);
    b_.SetInsertPoint(here);
    end_task();
    if (m_.keeps_tasks) {
      finish_with_value(pieces);
    } else {
      free_future();
      v_.store_at(v_.null(), awaiter_, 0);
      store_value(pieces, awaiter_);
    }
    b_.CreateRet(b_.getFalse());
    b_.SetInsertPoint(stolen);
    finish_with_value(pieces);
    b_.CreateRet(b_.getTrue());
  }

  void finish_with_value(const std::vector<llvm::Value*>& pieces) {
    store_value(pieces, future_);
    finish_future(v_.i64(abi::kValue));
  }

  void end_with_outcome(llvm::Value* outcome) {
    llvm::BasicBlock* here = v_.new_block("here");
    llvm::BasicBlock* stolen = v_.new_block("stolen");
    b_.CreateCondBr(v_.rt(Rt::skn_pop_is, {parent_}), here, stolen);
    b_.SetInsertPoint(here);
    end_task();
    if (m_.keeps_tasks) {
      finish_future(v_.state_of(outcome));
    } else {
      free_future();
      v_.store_at(outcome, awaiter_, 0);
    }
    b_.CreateRet(b_.getFalse());
    b_.SetInsertPoint(stolen);
    finish_future(v_.state_of(outcome));
    b_.CreateRet(b_.getTrue());
  }

  ModuleEmitter& m_;
  const Signature& signature_;
  SpawnShape shape_;
  llvm::Function* early_;    // what may end the call at once; null: nothing
  llvm::Function* child_;    // the rest of it
  llvm::Value* awaiter_;
  llvm::Value* parent_;
  llvm::IRBuilder<> b_;
  Values v_;
  const Layout& result_;
  llvm::Value* future_size_;
  llvm::Value* future_ = nullptr;
  bool has_begun_ = false;       // the child is a task of its own to whoever asks
  llvm::Value* out_ = nullptr;   // where a large value is returned
};

}  // namespace

llvm::Function* ModuleEmitter::spawn_wrapper(sir::FunctionId callee) {
  llvm::Function*& wrapper = wrappers_[callee.index];
  if (wrapper != nullptr) return wrapper;
  llvm::PointerType* pointer = llvm::PointerType::getUnqual(context);
  llvm::FunctionType* type =
      llvm::FunctionType::get(llvm::Type::getInt1Ty(context), {pointer, pointer}, false);
  std::string name =
      "skn.spawn." + sir.functions[callee].name + "." + std::to_string(++wrapper_count_);
  wrapper = make_function(type, name);
  wrapper->addFnAttr(llvm::Attribute::AlwaysInline);
  wrapper->setDoesNotThrow();
  WrapperEmitter(*this, callee, wrapper).run();
  return wrapper;
}

}  // namespace skein::codegen
