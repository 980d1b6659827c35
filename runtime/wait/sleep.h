// Waiting for time to pass.
#pragma once

#include "runtime/abi/layout.h"

namespace skein::wait {

// The nanoseconds are in the timer, the record of the frame. True: `frame` stays suspended until then.
bool sleep(abi::Timer* timer, abi::Frame* frame);
bool withdraw_sleep(abi::Frame* frame);

}  // namespace skein::wait
