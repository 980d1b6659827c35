// See c_abi.h.
#include "compiler/codegen/c_abi.h"

#include <algorithm>

#include "llvm/IR/Attributes.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/InstrTypes.h"

namespace skein::codegen {

// Larger values are in memory.
static constexpr uint64_t kMostInRegisters = 16;
static constexpr int kGeneralRegisters = 6;
static constexpr int kVectorRegisters = 8;

// ---- classes -------------------------------------------------------------------------------

void CAbi::find_leaves(TypeId id, uint64_t offset, std::vector<Leaf>& leaves) {
  const types::Type type = program_.types.get(id);
  const Layout& layout = layouts_.of(id);
  if (type.kind == TypeKind::FixedArray) {
    const Layout& element = layouts_.of(type.args[0]);
    for (uint64_t i = 0; i < type.length; ++i) {
      find_leaves(type.args[0], offset + i * element.size, leaves);
    }
  } else if (type.kind == TypeKind::Struct) {
    for (const FieldLayout& field : layout.fields) {
      find_leaves(field.type, offset + field.offset, leaves);
    }
  } else {
    leaves.push_back({offset, layout.size, types::is_float(type.kind)});
  }
}

// The register for eightbyte `index`, which holds `bytes` bytes.
static llvm::Type* register_type(llvm::LLVMContext& context, bool is_float, uint64_t bytes,
                                 size_t floats) {
  if (!is_float) return llvm::IntegerType::get(context, static_cast<unsigned>(bytes * 8));
  if (bytes == 4) return llvm::Type::getFloatTy(context);
  if (floats == 1) return llvm::Type::getDoubleTy(context);
  return llvm::FixedVectorType::get(llvm::Type::getFloatTy(context), 2);
}

CValue CAbi::value(TypeId id) {
  const Layout& layout = layouts_.of(id);
  CValue value;
  value.type = id;
  if (layout.size == 0) return value;
  TypeKind kind = program_.types.kind(id);
  value.kind = CValue::Kind::Registers;
  if (kind == TypeKind::Bool) {
    value.parts = {{0, llvm::Type::getInt1Ty(context_)}};
    value.is_extended = true;
    return value;
  }
  if (layout.scalar != nullptr && kind != TypeKind::Struct) {
    value.parts = {{0, layout.scalar}};
    value.is_extended = types::is_integer(kind) && types::bit_width(kind) < 32;
    value.is_signed = types::is_integer(kind) && types::is_signed(kind);
    return value;
  }
  if (layout.size > kMostInRegisters) {
    value.kind = CValue::Kind::Memory;
    return value;
  }
  std::vector<Leaf> leaves;
  find_leaves(id, 0, leaves);
  for (uint64_t begin = 0; begin < layout.size; begin += 8) {
    uint64_t bytes = std::min<uint64_t>(8, layout.size - begin);
    bool is_float = true;
    size_t count = 0;
    for (const Leaf& leaf : leaves) {
      if (leaf.offset / 8 != begin / 8) continue;
      is_float = is_float && leaf.is_float;
      ++count;
    }
    value.parts.push_back({begin, register_type(context_, is_float && count > 0, bytes, count)});
  }
  return value;
}

// ---- signatures ----------------------------------------------------------------------------

CSignature CAbi::signature(TypeId result, const std::vector<CParam>& params) {
  llvm::PointerType* pointer = llvm::PointerType::getUnqual(context_);
  CSignature signature;
  signature.result = value(result);
  int general = kGeneralRegisters;
  int vector = kVectorRegisters;
  std::vector<llvm::Type*> args;
  if (signature.result.kind == CValue::Kind::Memory) {
    args.push_back(pointer);
    --general;
  }
  for (const CParam& param : params) {
    CValue passed;
    passed.type = param.type;
    if (param.is_address) {
      passed.kind = CValue::Kind::Address;
      --general;
    } else {
      passed = value(param.type);
    }
    if (passed.kind == CValue::Kind::Registers) {
      int floats = static_cast<int>(std::count_if(
          passed.parts.begin(), passed.parts.end(),
          [](const Piece& part) { return part.type->isFPOrFPVectorTy(); }));
      int others = static_cast<int>(passed.parts.size()) - floats;
      bool is_struct = program_.types.kind(param.type) == TypeKind::Struct;
      if (is_struct && (others > general || floats > vector)) {
        passed.kind = CValue::Kind::Memory;
      } else {
        // What comes when the registers are used up goes to the stack.
        general = std::max(general - others, 0);
        vector = std::max(vector - floats, 0);
      }
    }
    if (passed.kind == CValue::Kind::Registers) {
      for (const Piece& part : passed.parts) args.push_back(part.type);
    } else if (passed.kind != CValue::Kind::None) {
      args.push_back(pointer);
    }
    signature.params.push_back(std::move(passed));
  }
  std::vector<llvm::Type*> parts;
  if (signature.result.kind == CValue::Kind::Registers) {
    for (const Piece& part : signature.result.parts) parts.push_back(part.type);
  }
  llvm::Type* returned = parts.empty()       ? llvm::Type::getVoidTy(context_)
                         : parts.size() == 1 ? parts[0]
                                             : llvm::StructType::get(context_, parts);
  signature.type = llvm::FunctionType::get(returned, args, false);
  return signature;
}

template <class Target>
void CAbi::add_to(const CSignature& signature, Target& target) {
  auto extension = [](const CValue& value) {
    return value.is_signed ? llvm::Attribute::SExt : llvm::Attribute::ZExt;
  };
  auto memory = [&](unsigned arg, const CValue& value, bool is_result) {
    const Layout& layout = layouts_.of(value.type);
    llvm::Type* type = layouts_.memory_type(layout);
    target.addParamAttr(arg, is_result ? llvm::Attribute::getWithStructRetType(context_, type)
                                       : llvm::Attribute::getWithByValType(context_, type));
    uint64_t align = std::max<uint64_t>(layout.align, 8);
    target.addParamAttr(arg, llvm::Attribute::getWithAlignment(context_, llvm::Align(align)));
  };
  unsigned arg = 0;
  if (signature.result.kind == CValue::Kind::Memory) memory(arg++, signature.result, true);
  if (signature.result.is_extended) target.addRetAttr(extension(signature.result));
  for (const CValue& param : signature.params) {
    if (param.kind == CValue::Kind::None) continue;
    if (param.kind == CValue::Kind::Memory) memory(arg, param, false);
    if (param.is_extended) target.addParamAttr(arg, extension(param));
    arg += param.kind == CValue::Kind::Registers ? static_cast<unsigned>(param.parts.size()) : 1;
  }
}

void CAbi::add_attributes(const CSignature& signature, llvm::CallBase& call) {
  add_to(signature, call);
}

void CAbi::add_attributes(const CSignature& signature, llvm::Function& function) {
  add_to(signature, function);
}

}  // namespace skein::codegen
