// Paths that end before there is a frame, as a function of their own.
//
//   { ptr, i64 } @sk.fib.early(i64 %n)   up to where the frame would be made: { null, value } from a
//                                        path that ends before, else a handle that is not null
//   { ptr, i64 } @sk.fib.frame(i64 %n)   the coroutine that goes on from there
//   { ptr, i64 } @sk.fib(i64 %n)         both, one after the other
//
// The first and the last are inlined where they are called. So a call that ends at once is a
// comparison in its caller, and a spawn of one makes no task (spawn_wrapper.cpp): benchmarks/fib takes
// 5.9 ns a node instead of 9.0. Only when optimising: at -O0 a function is one function. See
// docs/decisions/0018-early-exits-are-inlined.md.
#include "compiler/codegen/function_emitter.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"

namespace skein::codegen {

void ModuleEmitter::split_early_exits() {
  if (options.opt_level == OptLevel::O0) return;
  for (sir::FunctionId id : sir.functions.ids()) {
    const Signature& signature = signatures_[id.index];
    if (!signature.suspends || !frame_plan(id).has_early_exit) continue;
    std::string name = functions_[id.index]->getName().str();
    EarlyExit& parts = early_exits_[id.index];
    parts.early = make_function(signature.type, name + ".early");
    parts.frame = make_function(signature.type, name + ".frame");
    for (llvm::Function* function : {parts.early, parts.frame}) {
      function->setCallingConv(llvm::CallingConv::Fast);
      function->setDoesNotThrow();
    }
    parts.early->addFnAttr(llvm::Attribute::AlwaysInline);
    functions_[id.index]->addFnAttr(llvm::Attribute::AlwaysInline);
  }
}

void ModuleEmitter::emit_function(sir::FunctionId id) {
  const EarlyExit& parts = early_exits_[id.index];
  if (parts.early == nullptr) return FunctionEmitter(*this, id, functions_[id.index]).run();
  FunctionEmitter(*this, id, parts.early).run();
  FunctionEmitter(*this, id, parts.frame).run();
  join_early_exit(id);
}

// It has no place in the source, so that traces show its call and the frame, and nothing between.
void ModuleEmitter::join_early_exit(sir::FunctionId id) {
  const EarlyExit& parts = early_exits_[id.index];
  llvm::IRBuilder<> b(llvm::BasicBlock::Create(context, "entry", functions_[id.index]));
  Values v(*this, b);
  std::vector<llvm::Value*> args;
  for (llvm::Argument& arg : functions_[id.index]->args()) args.push_back(&arg);
  auto call = [&](llvm::Function* part) {
    llvm::CallInst* result = b.CreateCall(part, args);
    result->setCallingConv(part->getCallingConv());
    return result;
  };
  llvm::Value* result = call(parts.early);
  llvm::BasicBlock* ended = v.new_block("ended");
  llvm::BasicBlock* goes_on = v.new_block("goes_on");
  b.CreateCondBr(b.CreateIsNull(v.handle_of(result)), ended, goes_on);
  b.SetInsertPoint(ended);
  b.CreateRet(result);
  b.SetInsertPoint(goes_on);
  b.CreateRet(call(parts.frame));
}

}  // namespace skein::codegen
