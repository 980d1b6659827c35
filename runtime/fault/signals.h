// Faults of the processor that have a meaning in Skein.
#pragma once

namespace skein::fault {

// From here on, running into the guard below a worker's stack is reported as stack exhaustion, with
// the place and the innermost calls, status 101. Any other fault keeps its usual end.
void report_stack_exhaustion();

// Writing to a pipe nobody reads gives an error instead of a signal.
void ignore_broken_pipes();

}  // namespace skein::fault
