// Waiting for the tasks of a block at its end.
#pragma once

#include "runtime/abi/layout.h"

namespace skein::wait {

// True: `frame` stays suspended until the last child has ended, or the task is cancelled.
bool end_of_scope(abi::Scope* scope, abi::Frame* frame);

}  // namespace skein::wait
