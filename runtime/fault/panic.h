// Panics: making them, passing them on, and printing the ones nobody takes.
//
// In suspending functions a panic travels as an outcome, a tagged pointer that compiled code
// branches on. Plain functions have no such word: there it is thrown, and tables find the clean-ups
// (personality.cpp). The same object serves both, since it begins with the unwinder's header.
#pragma once

#include "runtime/abi/layout.h"

#include <string_view>

namespace skein::fault {

using abi::Panic;

// Takes the message over; `site` is where it happened. Remembers the native stack.
Panic* new_panic(abi::Buffer* message, uint32_t site);
Panic* new_panic(std::string_view message, uint32_t site);
// With a message in the manner of printf, cut off if it is very long.
__attribute__((format(printf, 2, 3))) Panic* panic_with(int32_t site, const char* format, ...);

// With everything attached to it.
void free_panic(Panic* panic);

// The panic came out of an await, or a task, at this place.
void add_passed(Panic* panic, uint32_t site);

// For a panic that was taken: its place as `file:line:column`, and its trace, a function a line.
abi::Buffer* place_text(const Panic* panic);
abi::Buffer* trace_text(const Panic* panic);

// Unwinds to the next landing pad. Without one, the program ends as `end_by_panic` says.
[[noreturn]] void raise(Panic* panic);

// Nobody took it: prints it and ends the program with status 101.
[[noreturn]] void end_by_panic(const Panic* panic);

constexpr int kPanicStatus = 101;

// "SKEINPNC", the class of our exceptions among those of other languages.
constexpr uint64_t kExceptionClass = 0x534B45494E504E43;

}  // namespace skein::fault
