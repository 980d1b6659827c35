// The start of a program that runs tests.
#pragma once

#include "compiler/lower/body.h"

namespace skein::lower {

// The function that the runtime starts: it calls the test whose number the program is given, or
// prints the names of all.
FunctionId lower_test_entry(Unit& unit);
// Tells `skein test` that what is left to do is to wait for tasks.
void emit_test_end(Body& body, Span span);

}  // namespace skein::lower
