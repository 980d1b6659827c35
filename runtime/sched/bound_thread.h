// Threads that run one task and nothing else: `Thread.spawn`.
//
// The task begins like any other. Where it asks for a thread it suspends, its node is marked, and a
// new thread runs it on. From then on a worker that finds one of its frames ready does not run it but
// gives it to that thread, which waits for nothing else. So what the task waits for blocks its thread
// only.
//
// The thread has a Worker, known to all by its number, for the deque of the tasks that the task starts
// and for timers. Nobody steals from it, and frames that are woken on it go to the global queue.
#pragma once

#include "runtime/sched/scheduler.h"

namespace skein::sched {

// `frame`, which has suspended, goes on on a thread of its own. False: the system has none, and it goes on
// here.
bool run_on_thread(Scheduler& scheduler, Frame* frame);

// The task that runs here is not bound to the thread any more, which ends when the task waits or ends.
void leave_thread();

}  // namespace skein::sched
