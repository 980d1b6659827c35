// How values travel between our functions and C's: the calling convention of the System V ABI for
// x86-64.
//
// A struct of up to 16 bytes is cut into eightbytes; one that holds floats only travels in a vector
// register, any other in a general one. If the registers that are left do not suffice for a whole
// struct, all of it goes to memory, as does any larger one; as a result through a pointer that the
// caller gives.
#pragma once

#include <vector>

#include "compiler/codegen/layout.h"
#include "compiler/sir/sir.h"

namespace llvm {
class CallBase;
class Function;
class FunctionType;
}  // namespace llvm

namespace skein::codegen {

class Values;

struct CValue {
  enum class Kind : uint8_t {
    None,       // it has no bytes
    Registers,  // its `parts`, each an argument
    Memory,     // a copy on the stack; of a result: where the caller says
    Address,    // of a place, or of the elements of an array or text
  };
  Kind kind = Kind::None;
  TypeId type;
  std::vector<Piece> parts;
  bool is_extended = false;   // a number or bool that is smaller than a register's lower half
  bool is_signed = false;
};

struct CSignature {
  llvm::FunctionType* type = nullptr;
  CValue result;
  std::vector<CValue> params;
};

struct CParam {
  TypeId type;
  bool is_address = false;
};

class CAbi {
 public:
  CAbi(Layouts& layouts, types::Program& program, llvm::LLVMContext& context)
      : layouts_(layouts), program_(program), context_(context) {}

  CSignature signature(TypeId result, const std::vector<CParam>& params);
  // Puts the attributes that the signature asks for on a call or function.
  void add_attributes(const CSignature& signature, llvm::CallBase& call);
  void add_attributes(const CSignature& signature, llvm::Function& function);

 private:
  struct Leaf {
    uint64_t offset;
    uint64_t size;
    bool is_float;
  };
  CValue value(TypeId type);
  void find_leaves(TypeId type, uint64_t offset, std::vector<Leaf>& leaves);
  template <class Target>
  void add_to(const CSignature& signature, Target& target);

  Layouts& layouts_;
  types::Program& program_;
  llvm::LLVMContext& context_;
};

}  // namespace skein::codegen
