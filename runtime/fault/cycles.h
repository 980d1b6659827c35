// Finding tasks that wait for each other for ever while others run (language rule 74).
#pragma once

namespace skein::fault {

// Looks for tasks in a circle of waits: for a lock that the next one has, for the result of the next, for the
// end of a scope the next one belongs to. Prints them, and ends the program with kDeadlockStatus, or goes on
// where SKEIN_DEADLOCK=warn says so; then each circle is printed once. On a worker, between two frames.
void look_for_cycles();

}  // namespace skein::fault
