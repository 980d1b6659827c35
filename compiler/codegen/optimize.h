// From an LLVM module to the program's text, assembly or object code.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "compiler/codegen/codegen.h"

namespace llvm {
class Module;
class TargetMachine;
}  // namespace llvm

namespace skein::codegen {

class MemoryTags;

// On functions that C calls by their names.
constexpr const char* kExportedAttribute = "skein-exported";

// The machine to emit for; null with a reason in `error` for an unknown cpu.
std::unique_ptr<llvm::TargetMachine> make_machine(const Options& options, std::string& error);

// Links the runtime's hot paths into the module and gives every function the same target features
// as they have: functions that differ in them are not inlined into each other.
bool link_fast_paths(llvm::Module& module, const Options& options, const MemoryTags& tags,
                     std::string& error);

// The first half of LLVM's pipeline of the level: it splits the coroutines, inlines, and looks at the program
// as a whole.
void simplify(llvm::Module& module, llvm::TargetMachine& machine, OptLevel level);
// The second, which looks at one function at a time: loops unrolled, vectors.
void finish(llvm::Module& module, llvm::TargetMachine& machine, OptLevel level);

std::string print_ir(llvm::Module& module);
std::string emit_code(llvm::Module& module, llvm::TargetMachine& machine, bool is_assembly);

}  // namespace skein::codegen
