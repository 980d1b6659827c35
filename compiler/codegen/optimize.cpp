// LLVM's own machinery, called in the right order: link, internalise, pipeline, emit.
#include "compiler/codegen/optimize.h"

#include <algorithm>
#include <vector>

#include "compiler/codegen/loop_sums.h"
#include "compiler/codegen/memory_tags.h"
#include "compiler/codegen/once_calls.h"
#include "compiler/support/check.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Linker/Linker.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/Transforms/IPO/GlobalDCE.h"
#include "llvm/Transforms/IPO/Internalize.h"
#include "llvm/Transforms/Vectorize/SLPVectorizer.h"

namespace skein::codegen {

static void initialize_target() {
  LLVMInitializeX86TargetInfo();
  LLVMInitializeX86Target();
  LLVMInitializeX86TargetMC();
  LLVMInitializeX86AsmPrinter();
  LLVMInitializeX86AsmParser();
}

// What LLVM leaves to the target or to the level, and asks for by name. A sum of floats is added up in the order of the
// program also where what is added is computed in vectors. Loops of a known number of rounds are unrolled to the size
// that -O3 unrolls them to (docs/decisions/0045-what-main-made-is-known-in-its-loops.md).
static void choose_options() {
  static const char* const arguments[] = {"skein", "-force-ordered-reductions",
                                          "-unroll-threshold-default=300"};
  static const bool is_known =
      llvm::cl::ParseCommandLineOptions(std::size(arguments), arguments);  // once a process
  SKEIN_CHECK(is_known, "LLVM does not know what it is asked for");
}

static const llvm::Target& x86_64(const llvm::Triple& triple) {
  initialize_target();
  std::string error;
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple, error);
  SKEIN_CHECK(target != nullptr, "LLVM was built without x86-64");
  return *target;
}

static bool is_known(const llvm::Target& target, const llvm::Triple& triple, std::string_view cpu) {
  std::unique_ptr<llvm::MCSubtargetInfo> known(target.createMCSubtargetInfo(triple, "", ""));
  return known->isCPUStringValid(cpu);
}

static llvm::Triple our_triple() { return llvm::Triple("x86_64-unknown-linux-gnu"); }

std::optional<Cpu> find_cpu(std::string_view name) {
  if (name != "native") {
    if (!is_known(x86_64(our_triple()), our_triple(), name)) return std::nullopt;
    return Cpu{std::string(name), ""};
  }
  std::vector<std::string> features;
  for (const auto& feature : llvm::sys::getHostCPUFeatures()) {
    features.push_back((feature.getValue() ? "+" : "-") + feature.getKey().str());
  }
  // The same order at each build.
  std::sort(features.begin(), features.end());
  return Cpu{llvm::sys::getHostCPUName().str(), llvm::join(features, ",")};
}

std::unique_ptr<llvm::TargetMachine> make_machine(const Options& options, std::string& error) {
  choose_options();
  llvm::Triple triple = our_triple();
  const llvm::Target& target = x86_64(triple);
  std::string cpu = options.cpu.name.empty() ? "x86-64" : options.cpu.name;
  if (!is_known(target, triple, cpu)) {
    error = "`" + cpu + "` is no x86-64 processor that LLVM knows";
    return nullptr;
  }
  llvm::TargetOptions target_options;
  target_options.FunctionSections = true;
  target_options.DataSections = true;
  llvm::CodeGenOptLevel level = options.opt_level == OptLevel::O0
                                    ? llvm::CodeGenOptLevel::None
                                    : llvm::CodeGenOptLevel::Aggressive;
  std::unique_ptr<llvm::TargetMachine> machine(
      target.createTargetMachine(triple, cpu, options.cpu.features, target_options, llvm::Reloc::Static,
                                  llvm::CodeModel::Small, level));
  SKEIN_CHECK(machine != nullptr, "LLVM has no machine for x86-64");
  return machine;
}

// ---- the runtime's hot paths -------------------------------------------------------------------

// `used` kept the hot paths in their bitcode; from here on those that nobody calls may go.
static void forget_used(llvm::Module& module) {
  for (const char* name : {"llvm.used", "llvm.compiler.used"}) {
    if (llvm::GlobalVariable* list = module.getNamedGlobal(name)) list->eraseFromParent();
  }
}

static constexpr const char* kTargetAttributes[] = {"target-cpu", "target-features", "tune-cpu"};

static void copy_target_attributes(const llvm::Module& from, llvm::Module& to) {
  const llvm::Function* model = nullptr;
  for (const llvm::Function& function : from) {
    if (!function.isDeclaration()) model = &function;
  }
  if (model == nullptr) return;
  for (llvm::Function& function : to) {
    if (function.isDeclaration()) continue;
    for (const char* name : kTargetAttributes) {
      if (model->hasFnAttribute(name)) function.addFnAttr(model->getFnAttribute(name));
    }
  }
}

// For a cpu that was asked for, the program and the hot paths alike.
static void set_cpu(llvm::Module& module, const Cpu& cpu) {
  for (llvm::Function& function : module) {
    if (function.isDeclaration()) continue;
    for (const char* name : kTargetAttributes) function.removeFnAttr(name);
    function.addFnAttr("target-cpu", cpu.name);
    // Sums of floats are added up in order, so wider vectors gain less than it costs to take them apart: n-body takes
    // 170 ms with 256 bits, 245 with 512 and 200 for any x86-64, the product of matrices 82, 92 and 110.
    function.addFnAttr("prefer-vector-width", "256");
    if (!cpu.features.empty()) function.addFnAttr("target-features", cpu.features);
  }
}

bool link_fast_paths(llvm::Module& module, const Options& options, const MemoryTags& tags,
                     std::string& error) {
  llvm::MemoryBufferRef buffer({options.fast_bitcode.data(), options.fast_bitcode.size()},
                               "fast.bc");
  llvm::Expected<std::unique_ptr<llvm::Module>> fast =
      llvm::parseBitcodeFile(buffer, module.getContext());
  if (!fast) {
    error = "the runtime's bitcode cannot be read: " + llvm::toString(fast.takeError());
    return false;
  }
  (*fast)->setDataLayout(module.getDataLayout());
  (*fast)->setTargetTriple(module.getTargetTriple());
  forget_used(**fast);
  tags.mark_counting(**fast);
  copy_target_attributes(**fast, module);
  bool failed = llvm::Linker::linkModules(module, std::move(*fast),
                                          llvm::Linker::Flags::LinkOnlyNeeded);
  SKEIN_CHECK(!failed, "the program does not fit the runtime's bitcode");
  if (!options.cpu.name.empty()) set_cpu(module, options.cpu);
  return true;
}

// ---- pipeline ----------------------------------------------------------------------------------

// What the runtime, the linker and C look for by name.
static bool is_public(const llvm::GlobalValue& value) {
  llvm::StringRef name = value.getName();
  const llvm::Function* function = llvm::dyn_cast<llvm::Function>(&value);
  if (function != nullptr && function->hasFnAttribute(kExportedAttribute)) return true;
  return name == "skn_program_main" || name == "skn_sites" || name == "skn_site_count";
}

static llvm::OptimizationLevel level_of(OptLevel level) {
  switch (level) {
    case OptLevel::O0: return llvm::OptimizationLevel::O0;
    case OptLevel::O2: return llvm::OptimizationLevel::O2;
    case OptLevel::O3: return llvm::OptimizationLevel::O3;
  }
  SKEIN_UNREACHABLE("an unknown level");
}

// Ours among LLVM's, which calls for them without optimisation too.
static void add_our_passes(llvm::PassBuilder& builder) {
  builder.registerVectorizerStartEPCallback(
      [](llvm::FunctionPassManager& passes, llvm::OptimizationLevel level) {
        if (level != llvm::OptimizationLevel::O0) passes.addPass(CombineOverflowTests());
      });
  // Once more when loops have been simplified after they were vectorised: then stores to the fields of one element stand
  // side by side.
  builder.registerOptimizerLastEPCallback([](llvm::ModulePassManager& passes,
                                             llvm::OptimizationLevel level,
                                             llvm::ThinOrFullLTOPhase) {
    if (level == llvm::OptimizationLevel::O0) return;
    passes.addPass(llvm::createModuleToFunctionPassAdaptor(llvm::SLPVectorizerPass()));
  });
}

// Runs the passes that `add` adds.
static void run_passes(
    llvm::Module& module, llvm::TargetMachine& machine,
    llvm::function_ref<void(llvm::PassBuilder& builder, llvm::ModulePassManager& passes)> add) {
  llvm::PassBuilder builder(&machine);
  add_our_passes(builder);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::ModulePassManager passes;
  add(builder, passes);
  passes.run(module, modules);
}

// Both halves together are what buildPerModuleDefaultPipeline makes.
void simplify(llvm::Module& module, llvm::TargetMachine& machine, OptLevel level) {
  keep_once_calls(module);
  run_passes(module, machine, [&](llvm::PassBuilder& builder, llvm::ModulePassManager& passes) {
    passes.addPass(llvm::InternalizePass(is_public));
    passes.addPass(llvm::GlobalDCEPass());
    if (level == OptLevel::O0) {
      passes.addPass(builder.buildO0DefaultPipeline(level_of(level)));
    } else {
      passes.addPass(builder.buildModuleSimplificationPipeline(level_of(level),
                                                               llvm::ThinOrFullLTOPhase::None));
    }
  });
}

void finish(llvm::Module& module, llvm::TargetMachine& machine, OptLevel level) {
  if (level == OptLevel::O0) return;
  run_passes(module, machine, [&](llvm::PassBuilder& builder, llvm::ModulePassManager& passes) {
    passes.addPass(builder.buildModuleOptimizationPipeline(level_of(level),
                                                           llvm::ThinOrFullLTOPhase::None));
  });
}

// ---- results -----------------------------------------------------------------------------------

std::string print_ir(llvm::Module& module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream, nullptr);
  return text;
}

std::string emit_code(llvm::Module& module, llvm::TargetMachine& machine, bool is_assembly) {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  llvm::CodeGenFileType type =
      is_assembly ? llvm::CodeGenFileType::AssemblyFile : llvm::CodeGenFileType::ObjectFile;
  bool failed = machine.addPassesToEmitFile(passes, stream, nullptr, type);
  SKEIN_CHECK(!failed, "LLVM cannot write code for this machine");
  passes.run(module);
  return std::string(bytes.data(), bytes.size());
}

}  // namespace skein::codegen
