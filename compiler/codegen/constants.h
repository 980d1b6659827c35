// Data that the program carries: immortal strings, format specs, and the table of places.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/support/source.h"

namespace llvm {
class Constant;
class Module;
class Type;
}  // namespace llvm

namespace skein::codegen {

class RuntimeAbi;
struct Layout;

class Constants {
 public:
  Constants(llvm::Module& module, RuntimeAbi& rt, const SourceMap& sources)
      : module_(module), rt_(rt), sources_(sources) {}

  // An immortal Buffer with these bytes: a str or a [u8].
  llvm::Constant* buffer(std::string_view bytes);
  // An immortal Buffer with one value, which the program may change.
  llvm::Constant* cell(llvm::Constant* value, const std::string& name);
  // An immortal Box with a variant that has no payload.
  llvm::Constant* bare_box(const Layout& layout, uint32_t variant);
  // The elements one behind the other, without a header.
  llvm::Constant* array(llvm::Type* element, const std::vector<llvm::Constant*>& elements);
  // Bytes that end with a zero.
  llvm::Constant* c_string(std::string_view text);
  // An abi::FormatSpec read from its source text; a null pointer for the empty one.
  llvm::Constant* format_spec(std::string_view text);

  // The number of a place in skn_sites. Place 0 is no place.
  uint32_t site(std::string_view function, Span span, std::string_view task = {});
  // Writes skn_sites and skn_site_count; nothing may ask for a site afterwards.
  void emit_sites();

 private:
  struct Site {
    std::string function;
    std::string path;
    uint32_t line = 0;
    uint32_t column = 0;
    std::string task;   // of a spawn: the name it gives
    auto operator<=>(const Site&) const = default;
  };

  llvm::Module& module_;
  RuntimeAbi& rt_;
  const SourceMap& sources_;
  std::map<std::string, llvm::Constant*, std::less<>> buffers_;
  std::map<llvm::Constant*, llvm::Constant*> arrays_;   // by their content
  std::map<llvm::Constant*, llvm::Constant*> boxes_;    // by all of them
  std::map<std::string, llvm::Constant*, std::less<>> c_strings_;
  std::map<std::string, llvm::Constant*, std::less<>> specs_;
  std::map<Site, uint32_t> site_ids_;
  std::vector<Site> sites_ = {Site()};
};

}  // namespace skein::codegen
