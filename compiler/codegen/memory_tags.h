// What LLVM is told about which loads and stores cannot meet: the words that head a buffer or box, its
// count, capacity and length, are never where a value is. So a store to an element leaves the length
// known, and loops over elements test it once. Memory that was a value and becomes a header, or the
// other way round, has gone through the runtime between.
#pragma once

namespace llvm {
class Instruction;
class LLVMContext;
class LoadInst;
class MDNode;
class Module;
}  // namespace llvm

namespace skein::codegen {

class MemoryTags {
 public:
  // Without optimisation nobody asks.
  MemoryTags(llvm::LLVMContext& context, bool is_wanted);

  // For a load, store or copy of a value.
  void mark_value(llvm::Instruction* access) const { mark(access, value_); }
  // For one of a count, capacity or length.
  void mark_header(llvm::Instruction* access) const { mark(access, header_); }
  // A length is not negative, and no sum with a small number overflows.
  void mark_length(llvm::LoadInst* load) const;
  // For all of them in the runtime's hot paths that count owners.
  void mark_counting(llvm::Module& fast) const;

 private:
  static void mark(llvm::Instruction* access, llvm::MDNode* tag);

  llvm::MDNode* value_ = nullptr;
  llvm::MDNode* header_ = nullptr;
  llvm::MDNode* lengths_ = nullptr;
};

}  // namespace skein::codegen
