// The two kinds of memory as nodes of LLVM's type-based alias analysis.
#include "compiler/codegen/memory_tags.h"

#include "llvm/IR/Instructions.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Module.h"

namespace skein::codegen {

MemoryTags::MemoryTags(llvm::LLVMContext& context, bool is_wanted) {
  if (!is_wanted) return;
  llvm::MDBuilder metadata(context);
  llvm::MDNode* root = metadata.createTBAARoot("skein");
  llvm::MDNode* value = metadata.createTBAAScalarTypeNode("value", root);
  llvm::MDNode* header = metadata.createTBAAScalarTypeNode("header", root);
  value_ = metadata.createTBAAStructTagNode(value, value, 0);
  header_ = metadata.createTBAAStructTagNode(header, header, 0);
  lengths_ = metadata.createRange(llvm::APInt(64, 0), llvm::APInt(64, uint64_t(1) << 62));
}

void MemoryTags::mark_length(llvm::LoadInst* load) const {
  if (lengths_ != nullptr) load->setMetadata(llvm::LLVMContext::MD_range, lengths_);
}

void MemoryTags::mark(llvm::Instruction* access, llvm::MDNode* tag) {
  if (tag != nullptr) access->setMetadata(llvm::LLVMContext::MD_tbaa, tag);
}

void MemoryTags::mark_counting(llvm::Module& fast) const {
  for (const char* name : {"skn_retain", "skn_retain_atomic", "skn_release", "skn_release_atomic",
                           "skn_is_unique", "skn_is_unique_atomic"}) {
    llvm::Function* function = fast.getFunction(name);
    if (function == nullptr) continue;
    for (llvm::BasicBlock& block : *function) {
      for (llvm::Instruction& inst : block) {
        if (inst.mayReadOrWriteMemory() && !llvm::isa<llvm::CallBase>(inst)) mark_header(&inst);
      }
    }
  }
}

}  // namespace skein::codegen
