// See parts.h. A part is made by reading the whole module from bitcode, whose function bodies are read only
// when they are asked for, and forgetting the others: that is cheaper than to copy parts of modules, and
// nothing is shared between the threads but the bytes.
#include "compiler/codegen/parts.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <memory>

#include "compiler/codegen/optimize.h"
#include "compiler/support/check.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"

namespace skein::codegen {

// Instructions of IR in a part. Each part costs 4 ms, to read the declarations and to start LLVM's passes: that
// is as much as 600 instructions cost without optimisation, and 60 with.
static constexpr size_t kPlainSize = 6000;
static constexpr size_t kOptimizedSize = 1500;
static constexpr size_t kMostParts = 64;

static size_t size_of(const llvm::Module& module) {
  size_t size = 0;
  for (const llvm::Function& function : module) size += function.getInstructionCount();
  return size;
}

size_t part_count(const llvm::Module& module, OptLevel level) {
  size_t part_size = level == OptLevel::O0 ? kPlainSize : kOptimizedSize;
  return std::clamp<size_t>(size_of(module) / part_size, 1, kMostParts);
}

// ---- dividing ----------------------------------------------------------------------------------

// By function, in the order of the module. Neighbours stay together: they share places in the source.
static std::vector<size_t> deal_out(const llvm::Module& module, size_t count) {
  size_t total = size_of(module);
  size_t before = 0;
  std::vector<size_t> part_of;
  for (const llvm::Function& function : module) {
    part_of.push_back(total == 0 ? 0 : std::min(before * count / total, count - 1));
    before += function.getInstructionCount();
  }
  return part_of;
}

// Constants whose address nobody compares: each part that uses one has its own. And what is only known here, and lies
// in the runtime.
static bool is_copied(const llvm::GlobalVariable& variable) {
  if (variable.hasAvailableExternallyLinkage()) return true;
  return variable.hasLocalLinkage() && variable.isConstant() && variable.hasGlobalUnnamedAddr();
}

// Makes all that parts share known to the linker, and to nobody outside the program.
static void share_names(llvm::Module& module) {
  for (llvm::GlobalValue& value : module.global_values()) {
    if (!value.hasLocalLinkage()) continue;
    llvm::GlobalVariable* variable = llvm::dyn_cast<llvm::GlobalVariable>(&value);
    if (variable != nullptr && is_copied(*variable)) continue;
    if (!value.hasName()) value.setName("skn.unnamed");
    value.setLinkage(llvm::GlobalValue::ExternalLinkage);
    value.setVisibility(llvm::GlobalValue::HiddenVisibility);
  }
}

// Leaves the functions of the part; data belongs to the first.
static void keep_part(llvm::Module& module, const std::vector<size_t>& part_of, size_t part) {
  size_t index = 0;
  for (llvm::Function& function : module) {
    bool is_kept = part_of[index++] == part;
    if (is_kept || function.isDeclaration()) continue;
    function.deleteBody();
    function.setComdat(nullptr);
  }
  if (part == 0) return;
  for (llvm::GlobalVariable& variable : llvm::make_early_inc_range(module.globals())) {
    if (variable.hasAppendingLinkage()) {
      variable.eraseFromParent();
    } else if (!variable.isDeclaration() && !is_copied(variable)) {
      variable.setInitializer(nullptr);
      variable.setComdat(nullptr);
    }
  }
}

// ---- finishing ---------------------------------------------------------------------------------

struct Work {
  llvm::MemoryBufferRef bitcode;
  const Options& options;
  std::vector<size_t> part_of;
  std::vector<std::string> objects;
  std::atomic<size_t> next = 0;
};

static std::string make_part(const Work& work, size_t part) {
  std::string error;
  std::unique_ptr<llvm::TargetMachine> machine = make_machine(work.options, error);
  SKEIN_CHECK(machine != nullptr, "a machine that was there before is not");
  llvm::LLVMContext context;
  llvm::Expected<std::unique_ptr<llvm::Module>> module =
      llvm::getLazyBitcodeModule(work.bitcode, context);
  SKEIN_CHECK(bool(module), "LLVM cannot read what it wrote");
  keep_part(**module, work.part_of, part);
  bool failed = bool((*module)->materializeAll());
  SKEIN_CHECK(!failed, "LLVM cannot read what it wrote");
  finish(**module, *machine, work.options.opt_level);
  return emit_code(**module, *machine, false);
}

static void* make_parts(void* memory) {
  Work& work = *static_cast<Work*>(memory);
  while (true) {
    size_t part = work.next.fetch_add(1);
    if (part >= work.objects.size()) return nullptr;
    work.objects[part] = make_part(work, part);
  }
}

static size_t core_count() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<size_t>(std::max(CPU_COUNT(&set), 1));
}

// On as many threads as there are cores, this one among them; where the system gives none, on this alone.
static void make_all(Work& work) {
  // Reserved only. LLVM recurses over expressions.
  constexpr size_t kStack = size_t{512} << 20;
  size_t wanted = std::min(core_count(), work.objects.size());
  std::vector<pthread_t> threads;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStack);
  while (threads.size() + 1 < wanted) {
    pthread_t thread;
    if (pthread_create(&thread, &attributes, make_parts, &work) != 0) break;
    threads.push_back(thread);
  }
  pthread_attr_destroy(&attributes);
  make_parts(&work);
  for (pthread_t thread : threads) pthread_join(thread, nullptr);
}

std::vector<std::string> finish_in_parts(llvm::Module& module, const Options& options,
                                         size_t count) {
  std::vector<size_t> part_of = deal_out(module, count);
  share_names(module);
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::WriteBitcodeToFile(module, stream);
  Work work = {llvm::MemoryBufferRef({bytes.data(), bytes.size()}, "program"), options,
               std::move(part_of), std::vector<std::string>(count)};
  make_all(work);
  return std::move(work.objects);
}

}  // namespace skein::codegen
