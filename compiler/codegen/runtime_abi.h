// Declares the functions of runtime/abi/functions.def to LLVM, each when it is first used.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>

namespace llvm {
class CallInst;
class Function;
class GlobalVariable;
class IRBuilderBase;
class Module;
class Value;
}  // namespace llvm

namespace skein::codegen {

enum class Rt : uint8_t {
#define SKEIN_RUNTIME(name, result, args, attribute, doc) name,
#include "runtime/abi/functions.def"
#undef SKEIN_RUNTIME
};

class RuntimeAbi {
 public:
  explicit RuntimeAbi(llvm::Module& module) : module_(module) {}

  llvm::Function* get(Rt function);
  // A call with the callee's convention. Arguments have the types of the table.
  llvm::CallInst* call(llvm::IRBuilderBase& builder, Rt function,
                       std::initializer_list<llvm::Value*> args);
  // The immortal buffer that every empty str and array is.
  llvm::GlobalVariable* empty_buffer();
  // Makes the program refer to the runtime's layout hash, so that it does not link with another.
  void add_hash_reference();

 private:
  llvm::Module& module_;
};

}  // namespace skein::codegen
