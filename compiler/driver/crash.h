// Keeps the promise that the compiler never ends by a bare signal: a fault of ours becomes a
// sentence and status 70, and recursion has a stack deep enough for every nesting we accept.
#pragma once

namespace skein::driver {

// Turns SIGSEGV and its kin on this thread into `skein: internal error: …`.
void report_faults();

// Runs `work(argument)` on a thread with a large stack and returns its result.
int run_with_large_stack(int (*work)(void*), void* argument);

}  // namespace skein::driver
