// Waiting for time to pass.
#pragma once

#include "runtime/abi/layout.h"

namespace skein::wait {

// The nanoseconds are in the timer. True: `frame` stays suspended until then.
bool sleep(abi::Sleep* sleep, abi::Frame* frame);

}  // namespace skein::wait
