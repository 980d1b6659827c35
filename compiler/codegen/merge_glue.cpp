// See merge_glue.h.
#include "compiler/codegen/merge_glue.h"

#include <unordered_map>

#include "compiler/support/check.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/StructuralHash.h"
#include "llvm/Transforms/Utils/FunctionComparator.h"

namespace skein::codegen {

using Kept = std::unordered_map<uint64_t, std::vector<llvm::Function*>>;

// The kept function that is equal to this one, which may be itself when it is the first.
static llvm::Function* find_equal(llvm::Function* function, Kept& kept,
                                  llvm::GlobalNumberState& numbers) {
  std::vector<llvm::Function*>& alike = kept[llvm::StructuralHash(*function)];
  for (llvm::Function* other : alike) {
    if (llvm::FunctionComparator(other, function, &numbers).compare() == 0) return other;
  }
  alike.push_back(function);
  return function;
}

// Whether some were merged, after which their callers may be equal.
static bool merge_once(std::vector<llvm::Function*>& functions, llvm::GlobalNumberState& numbers) {
  Kept kept;
  std::vector<llvm::Function*> left;
  for (llvm::Function* function : functions) {
    llvm::Function* equal = find_equal(function, kept, numbers);
    if (equal == function) {
      left.push_back(function);
      continue;
    }
    numbers.erase(function);
    function->replaceAllUsesWith(equal);
    function->eraseFromParent();
  }
  bool is_merged = left.size() < functions.size();
  functions = std::move(left);
  return is_merged;
}

void merge_equal(std::vector<llvm::Function*> functions) {
  for (const llvm::Function* function : functions) {
    SKEIN_CHECK(function->getSubprogram() == nullptr, "glue with a place in the source");
  }
  llvm::GlobalNumberState numbers;
  while (merge_once(functions, numbers)) continue;
}

}  // namespace skein::codegen
