// Runs the tests of a program that was built for them.
#pragma once

#include "compiler/driver/options.h"
#include "compiler/link/link.h"

namespace skein::driver {

// Runs the tests whose names have the filter in them and prints what became of each. Returns whether
// all went well.
bool run_tests(const Options& options, const link::Image& image);

}  // namespace skein::driver
