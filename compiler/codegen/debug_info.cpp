// Describes functions and places through DIBuilder.
#include "compiler/codegen/debug_info.h"

#include <unistd.h>

#include <climits>
#include <string>

#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/IR/DIBuilder.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/Module.h"

namespace skein::codegen {

static std::string working_directory() {
  char buffer[PATH_MAX];
  return getcwd(buffer, sizeof buffer) != nullptr ? buffer : "";
}

DebugInfo::DebugInfo(llvm::Module& module, const SourceMap& sources, Span main_span,
                     bool is_optimized)
    : module_(module),
      sources_(sources),
      builder_(std::make_unique<llvm::DIBuilder>(module)),
      is_optimized_(is_optimized) {
  module.addModuleFlag(llvm::Module::Warning, "Debug Info Version", llvm::DEBUG_METADATA_VERSION);
  module.addModuleFlag(llvm::Module::Max, "Dwarf Version", 5);
  unit_ = builder_->createCompileUnit(
      llvm::DISourceLanguageName(llvm::dwarf::DW_LANG_C99), file_of(main_span), "skein",
      is_optimized, "", 0, "", llvm::DICompileUnit::FullDebug, 0, true, false,
      llvm::DICompileUnit::DebugNameTableKind::None);
}

DebugInfo::~DebugInfo() = default;

llvm::DIFile* DebugInfo::file_of(Span span) {
  if (!span.valid()) return builder_->createFile("<compiler>", "");
  FileId id = sources_.file_of(span.begin);
  llvm::DIFile*& file = files_[id.index];
  if (file == nullptr) {
    const std::string& path = sources_.file(id).path;
    file = builder_->createFile(path, working_directory());
  }
  return file;
}

llvm::DISubprogram* DebugInfo::describe(llvm::Function& function, std::string_view name,
                                        Span span) {
  llvm::DIFile* file = file_of(span);
  unsigned line = span.valid() ? sources_.locate(span.begin).line : 0;
  llvm::DISubroutineType* type =
      builder_->createSubroutineType(builder_->getOrCreateTypeArray({}));
  llvm::DISubprogram::DISPFlags flags =
      llvm::DISubprogram::SPFlagDefinition | llvm::DISubprogram::SPFlagLocalToUnit;
  if (is_optimized_) flags |= llvm::DISubprogram::SPFlagOptimized;
  // No linkage name: gdb would show that, and know the function by no other.
  llvm::DISubprogram* subprogram =
      builder_->createFunction(unit_, {name.data(), name.size()}, "", file, line, type, line,
                               llvm::DINode::FlagPrototyped, flags);
  function.setSubprogram(subprogram);
  return subprogram;
}

llvm::DILocation* DebugInfo::location(llvm::DISubprogram& subprogram, Span span) {
  llvm::LLVMContext& context = module_.getContext();
  if (!span.valid()) return llvm::DILocation::get(context, 0, 0, &subprogram);
  Location place = sources_.locate(span.begin);
  return llvm::DILocation::get(context, place.line, place.column, &subprogram);
}

void DebugInfo::finish() { builder_->finalize(); }

}  // namespace skein::codegen
