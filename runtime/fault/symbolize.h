// From return addresses to functions, files and lines, by this executable's own DWARF.
//
// Used only when a panic is printed. A frame without debug information (the runtime, C libraries, a
// stripped program) is not shown.
#pragma once

#include "runtime/fault/dwarf.h"

namespace skein::fault {

struct SourceFrame {
  const char* function;  // may be null
  const char* file;      // may be null
  uint32_t line;
};

class Symbolizer {
 public:
  // Maps the executable; without it every address is unknown.
  Symbolizer();
  ~Symbolizer();
  Symbolizer(const Symbolizer&) = delete;
  Symbolizer& operator=(const Symbolizer&) = delete;

  // The source frames at an address of the running program, inlined ones first. Gives how many.
  size_t find(uintptr_t address, SourceFrame* frames, size_t most);

 private:
  bool load();
  const char* name_of(Unit& unit, const Entry& entry);
  size_t find_in_unit(Unit& unit, uint64_t address, SourceFrame* frames, size_t most);

  const uint8_t* image_ = nullptr;
  size_t image_size_ = 0;
  uint64_t bias_ = 0;  // where the program lies, less where it was linked
  Sections sections_;
};

}  // namespace skein::fault
