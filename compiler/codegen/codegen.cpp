// The steps from SIR to bytes.
#include "compiler/codegen/codegen.h"

#include "compiler/codegen/module_emitter.h"
#include "compiler/codegen/optimize.h"
#include "compiler/codegen/parts.h"
#include "compiler/support/check.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"

namespace skein::codegen {

static void verify(llvm::Module& module) {
  std::string problems;
  llvm::raw_string_ostream stream(problems);
  bool is_broken = llvm::verifyModule(module, &stream);
  SKEIN_CHECK(!is_broken, "LLVM refuses what codegen made: " + problems);
}

static void begin_step(const Options& options, std::string_view step) {
  if (options.begin_step) options.begin_step(step);
}

static std::unique_ptr<Output> refuse(std::string error) {
  std::unique_ptr<Output> output = std::make_unique<Output>();
  output->error = std::move(error);
  return output;
}

std::unique_ptr<Output> emit(sir::Module& sir, const Options& options) {
  begin_step(options, "codegen");
  std::string error;
  std::unique_ptr<llvm::TargetMachine> machine = make_machine(options, error);
  if (machine == nullptr) return refuse(std::move(error));
  llvm::LLVMContext context;
  llvm::Module module("skein", context);
  module.setTargetTriple(machine->getTargetTriple());
  module.setDataLayout(machine->createDataLayout());
  ModuleEmitter emitter(sir, module, options);
  emitter.run();
  verify(module);
  std::unique_ptr<Output> output = std::make_unique<Output>();
  if (options.opt_level == OptLevel::O0 && options.form == Form::Ir) {
    output->bytes = print_ir(module);
    return output;
  }
  if (!link_fast_paths(module, options, emitter.tags, error)) return refuse(std::move(error));
  begin_step(options, "optimize");
  simplify(module, *machine, options.opt_level);
  begin_step(options, "finish");
  size_t count = options.form == Form::Objects ? part_count(module, options.opt_level) : 1;
  if (count > 1) {
    output->objects = finish_in_parts(module, options, count);
    return output;
  }
  finish(module, *machine, options.opt_level);
  switch (options.form) {
    case Form::Ir: output->bytes = print_ir(module); break;
    case Form::Asm: output->bytes = emit_code(module, *machine, true); break;
    case Form::Object: output->bytes = emit_code(module, *machine, false); break;
    case Form::Objects: output->objects.push_back(emit_code(module, *machine, false)); break;
  }
  return output;
}

}  // namespace skein::codegen
