// What all tasks wait for: printed when none can go on, and on SIGQUIT.
#pragma once

#include "runtime/abi/layout.h"

namespace skein::fault {

// Nothing will ever wake a task: says so, with every task, and ends the program with status 102.
[[noreturn]] void end_by_deadlock();

// From here on SIGQUIT prints the tasks that wait, and the program goes on.
void dump_on_quit();

constexpr int kDeadlockStatus = 102;

}  // namespace skein::fault
