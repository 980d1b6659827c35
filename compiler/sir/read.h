// Reads the text that sir/print writes, so that a pass is tested alone, without a front end.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/sir/sir.h"

namespace skein::sir {

struct ReadError {
  uint32_t line = 0;      // counted from 1
  std::string message;
};

// The module of the text, its declarations added to `program`; nothing after an error. `base` is
// the offset of the text in the source map, for the spans of what is read. `//` begins a comment.
// What is read has the right form, and names only what exists; sir/verify judges the rest.
std::optional<Module> read_module(std::string_view text, uint32_t base, types::Program& program,
                                  ReadError& error);

}  // namespace skein::sir
