// Tasks that are dropped with what holds them: left in a channel when its last handle goes, behind a lock, in
// a closure.
//
// No statement of the program gives such a task up, and code that drops cannot wait for it. So the innermost
// block that the dropping task is in counts it, like one that was given up there; where there is none, the
// program does, and ends when it has ended.
#pragma once

#include "runtime/abi/layout.h"

#include <cstddef>

namespace skein::wait {

// `outcome` is what the Task has in place of a future, null left out. `drop` ends the value that it may
// come to, at the given address; null: that needs none.
void drop_task(void* outcome, size_t size, void (*drop)(void* value));

// What counts those that no block does.
abi::Scope* program_scope();

}  // namespace skein::wait
