// Values of dyn type: making them and calling their methods.
//
// Such a value is one counted pointer, to { count, table, drop, bytes, content }, as a value of fn
// type is one to its code and captures. The table is a constant for each pair of types.
#include "compiler/codegen/function_emitter.h"
#include "compiler/support/check.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

using sir::Inst;

static llvm::GlobalVariable* add_constant(llvm::Module& module, llvm::Constant* value,
                                          const std::string& name) {
  llvm::GlobalVariable* made = new llvm::GlobalVariable(
      module, value->getType(), true, llvm::GlobalValue::InternalLinkage, value, name);
  made->setAlignment(llvm::Align(abi::kAlignment));
  return made;
}

static llvm::Constant* table_of(ModuleEmitter& m, TypeId content, TypeId dyn) {
  std::string name = m.type_text(dyn) + " of " + m.type_text(content);
  if (llvm::GlobalVariable* known = m.module.getNamedGlobal(name)) return known;
  for (const sir::Module::DynTable& table : m.sir.dyn_tables) {
    if (table.content != content || table.dyn != dyn) continue;
    std::vector<llvm::Constant*> entries = {m.glue.retain_content(content)};
    for (sir::FunctionId method : table.methods) entries.push_back(m.function(method));
    return add_constant(m.module, llvm::ConstantStruct::getAnon(entries), name);
  }
  SKEIN_UNREACHABLE("a table that specialize did not make");
}

// The value that holds a content without bits.
static llvm::Constant* constant_value(ModuleEmitter& m, llvm::Constant* table, Values& v) {
  std::string name = "value of " + table->getName().str();
  if (llvm::GlobalVariable* known = m.module.getNamedGlobal(name)) return known;
  llvm::Constant* count =
      llvm::ConstantInt::getSigned(llvm::Type::getInt64Ty(m.context), abi::kImmortal);
  return add_constant(m.module,
                      llvm::ConstantStruct::getAnon({count, table, v.null(), v.i64(0)}), name);
}

void FunctionEmitter::emit_to_dyn(const Inst& inst) {
  TypeId content = type_of(inst.operands[0]);
  llvm::Constant* table = table_of(m, content, type_of(inst.dest));
  bool has_end = sir::needs_drop(m.sir, content);
  if (v.layout(content).size == 0 && !has_end) {
    return v.store_at(constant_value(m, table, v), address(inst.dest), 0);
  }
  llvm::Value* inside = nullptr;
  llvm::Value* value = v.new_buffer_of_one(content, inside);
  put(inst.operands[0], inside);
  v.store_at(table, value, kDynTable);
  v.store_at(m.glue.drop_captures(content), value, kClosureDrop);
  v.store_at(value, address(inst.dest), 0);
}

void FunctionEmitter::emit_call_dyn(const Inst& inst) {
  Signature signature = m.dyn_signature(type_of(inst.operands[0]), inst.index);
  llvm::Value* value = v.load_pointer(location(inst.operands[0]), 0);
  std::vector<llvm::Value*> args;
  if (signature.has_out) args.push_back(result_place(inst, signature.result));
  for (size_t i = 0; i < inst.operands.size(); ++i) {
    pass(inst.operands[i], signature.params[i], args);
  }
  llvm::Value* table = v.load_pointer(value, kDynTable);
  llvm::Value* code = v.load_pointer(table, 8 * (uint64_t{inst.index} + 1));
  emit_call_of(inst, signature, code, std::move(args));
}

}  // namespace skein::codegen
