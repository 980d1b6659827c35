// Threads for calls that block: C's functions marked `@blocking`.
//
// A task that makes such a call suspends, and a thread of this pool runs it; then the task goes on
// with a worker. So the worker has not waited, and any number of tasks may. A thread that finds
// nothing to do for a while ends.
#pragma once

#include "runtime/abi/layout.h"

namespace skein::sched {

class Scheduler;

// Runs the call on a thread of the pool, then makes its frame ready. It may have been run before
// this returns.
void run_blocking(Scheduler& scheduler, abi::BlockingCall* call);

}  // namespace skein::sched
