// Values of fn type: making them and calling them.
//
// Such a value is one counted pointer, to { count, code, drop, bytes, captures }. One that has
// captured nothing is a constant.
#include "compiler/codegen/function_emitter.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

using sir::Inst;

// The value for a function that has nothing to remember.
static llvm::Constant* constant_closure(llvm::Module& module, llvm::Function* code) {
  std::string name = "fn." + code->getName().str();
  if (llvm::GlobalVariable* known = module.getNamedGlobal(name)) return known;
  llvm::LLVMContext& context = module.getContext();
  llvm::IntegerType* word = llvm::Type::getInt64Ty(context);
  llvm::Constant* none =
      llvm::ConstantPointerNull::get(llvm::PointerType::getUnqual(context));
  llvm::Constant* value = llvm::ConstantStruct::getAnon(
      {llvm::ConstantInt::getSigned(word, abi::kImmortal), code, none,
       llvm::ConstantInt::get(word, 0)});
  llvm::GlobalVariable* made = new llvm::GlobalVariable(
      module, value->getType(), true, llvm::GlobalValue::InternalLinkage, value, name);
  made->setAlignment(llvm::Align(abi::kAlignment));
  return made;
}

void FunctionEmitter::emit_closure(const Inst& inst) {
  TypeId captured = type_of(inst.operands[0]);
  llvm::Function* code = m.function(inst.callee);
  if (v.layout(captured).size == 0) {
    return v.store_at(constant_closure(m.module, code), address(inst.dest), 0);
  }
  llvm::Value* inside = nullptr;
  llvm::Value* value = v.new_buffer_of_one(captured, inside);
  put(inst.operands[0], inside);
  v.store_at(code, value, kClosureCode);
  v.store_at(m.glue.drop_captures(captured), value, kClosureDrop);
  v.store_at(value, address(inst.dest), 0);
}

// Nobody else has the value, so its captures are taken as they are, and only the memory goes.
void FunctionEmitter::emit_open_once(const Inst& inst) {
  TypeId captured = type_of(inst.dest);
  if (v.layout(captured).size == 0) return;
  llvm::Value* value = v.load_pointer(location(inst.operands[0]), 0);
  v.copy(captured, address(inst.dest), v.data(value));
  v.rt(Rt::skn_buffer_free, {value});
}

void FunctionEmitter::emit_call_value(const Inst& inst) {
  Signature signature = m.fn_signature(type_of(inst.operands[0]));
  std::vector<llvm::Value*> args;
  if (signature.has_out) args.push_back(result_place(inst, signature.result));
  for (size_t i = 0; i < inst.operands.size(); ++i) {
    pass(inst.operands[i], signature.params[i], args);
  }
  llvm::Value* value = v.load_pointer(location(inst.operands[0]), 0);
  emit_call_of(inst, signature, v.load_pointer(value, kClosureCode), std::move(args));
}

}  // namespace skein::codegen
