// The program as a whole: how it begins, its arguments, what it prints.
#pragma once

#include "runtime/abi/layout.h"

#include <string_view>

namespace skein::api {

// What skn_program_main gives: a ramp's result, the value being the exit status.
struct ProgramRamp {
  void* handle;
  int64_t status;
};

// Runs a program whose root ramp is `root`, on worker 0, and ends the process with its status.
[[noreturn]] void run_program(ProgramRamp (*root)(), int argument_count, char** arguments);

// The command line behind the program's name: a new array of str.
abi::Buffer* program_arguments();

// Writes a text, with a newline if wanted, in one piece as far as the system allows. When nobody
// reads standard output any more the program ends quietly, with the status a shell gives for that;
// when it cannot be written (a full disk), with a message and status 1. What standard error refuses
// is lost, and so is what goes to a closed descriptor.
void print_line(std::string_view text, bool newline, int fd);

}  // namespace skein::api
