// SIR as text, for people, for tests, and for sir/read.
//
//   struct Point { x: int, y: int }
//
//   fn @fib(%1 n: int) -> int {
//     %2 a: Task<int>
//     %3: bool
//   bb0:
//     %3 = lt copy %1, const 2: int
//     branch copy %3, bb1, bb2
//   …
//
// The text is complete: it begins with the structs and enums that the functions name, and reading
// it gives a module that prints the same. Places in the source are left out.
#pragma once

#include <string>

#include "compiler/sir/sir.h"

namespace skein::sir {

std::string print(const Module& module);
std::string print(const Module& module, const Function& function);
std::string print(const Module& module, const Inst& inst);
// `[int]`, `Task<Point>`, `$0` for the first type parameter.
std::string type_text(const types::Program& program, TypeId type);

// `"…"` with everything but plain printable ASCII escaped as `\n`, `\"`, `\\` or `\x1b`.
std::string quote(std::string_view text);

}  // namespace skein::sir
