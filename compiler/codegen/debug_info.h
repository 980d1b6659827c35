// DWARF: which machine instruction comes from which line of which function.
#pragma once

#include <memory>
#include <string_view>
#include <unordered_map>

#include "compiler/support/source.h"

namespace llvm {
class DIBuilder;
class DICompileUnit;
class DIFile;
class DILocation;
class DISubprogram;
class Function;
class Module;
}  // namespace llvm

namespace skein::codegen {

class DebugInfo {
 public:
  // `main_span` lies in the file that names the compile unit.
  DebugInfo(llvm::Module& module, const SourceMap& sources, Span main_span, bool is_optimized);
  ~DebugInfo();

  // Gives the function a subprogram; `name` is what debuggers show.
  llvm::DISubprogram* describe(llvm::Function& function, std::string_view name, Span span);
  // A place inside the subprogram. Nowhere becomes line 0.
  llvm::DILocation* location(llvm::DISubprogram& subprogram, Span span);
  // Completes the metadata; call it last.
  void finish();

 private:
  llvm::DIFile* file_of(Span span);

  llvm::Module& module_;
  const SourceMap& sources_;
  std::unique_ptr<llvm::DIBuilder> builder_;
  std::unordered_map<uint32_t, llvm::DIFile*> files_;
  llvm::DICompileUnit* unit_ = nullptr;
  bool is_optimized_;
};

}  // namespace skein::codegen
