// Entering and leaving `within` blocks.
#pragma once

#include "runtime/abi/layout.h"

namespace skein::wait {

// The task enters a block, whose bytes are zero, that is to end within so many nanoseconds.
void enter_within(abi::Scope* scope, int64_t nanoseconds);

// It leaves it, with no child left. True: the deadline has passed. `unwinds`: the task is cancelled;
// true then means that it was by this deadline alone, and unwinding ends here.
bool leave_within(abi::Scope* scope, bool unwinds);

}  // namespace skein::wait
