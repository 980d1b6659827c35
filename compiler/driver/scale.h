// The verb `scale`: what more workers do for a program.
#pragma once

#include "compiler/driver/options.h"
#include "compiler/link/link.h"

namespace skein::driver {

// Runs the program with more and more workers and prints a table, and what follows from it. False if
// a run failed.
bool measure_scaling(const Options& options, const link::Image& image);

}  // namespace skein::driver
