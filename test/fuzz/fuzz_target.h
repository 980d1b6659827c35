// What the fuzzers have in common: bytes from libFuzzer are the text of a program, of which the
// compiler makes something and shows what it has to say.
#pragma once

#include <cstddef>
#include <cstdint>

#include "compiler/driver/options.h"

namespace skein::fuzz {

// Gives the program to the compiler as the tool does; 0, as libFuzzer wants it.
int compile(const uint8_t* data, size_t size, const driver::Options& options);

}  // namespace skein::fuzz
