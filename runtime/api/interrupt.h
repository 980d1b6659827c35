// Ending a program from outside: the first SIGINT or SIGTERM cancels `main`, the second ends the process.
#pragma once

#include "runtime/sched/scheduler.h"

namespace skein::api {

// A signal that the program was started to ignore, as in the background, stays ignored.
void cancel_on_interrupt(abi::Node* root, sched::Scheduler& scheduler);

// The status of a program whose `main` ended by being cancelled.
int interrupt_status();

}  // namespace skein::api
