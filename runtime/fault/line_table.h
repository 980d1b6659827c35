// Which source line an address belongs to: DWARF 5 line programs.
#pragma once

#include "runtime/fault/dwarf.h"

namespace skein::fault {

struct SourceLine {
  const char* file = nullptr;
  uint32_t line = 0;  // 0 = not known
};

// The line of `address` in a unit's line table.
SourceLine find_line(const Unit& unit, uint64_t address);

// The name of a unit's file, as DW_AT_call_file counts them; null if there is none.
const char* find_file(const Unit& unit, uint32_t index);

}  // namespace skein::fault
