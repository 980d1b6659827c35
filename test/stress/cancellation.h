// Cancellation from several sides at once: each gives what it counted, which does not depend on who was first.
#pragma once

#include "test/stress/coroutine.h"

namespace skein::stress {

// Sleepers that three tasks and a deadline cancel at the same time. Gives how many were cut short.
Ramp<int64_t> contested_cancels(int64_t rounds);

// Blocks within a token that is cancelled while they are entered and left. Gives how many ended.
Ramp<int64_t> tokens(int64_t rounds);

// Scopes of which several tasks panic while others sleep. Gives the panics, those attached included.
Ramp<int64_t> failing_scopes(int64_t rounds);

// Receivers that are cancelled while values are sent. Gives the values received and those left.
Ramp<int64_t> cancelled_receivers(int64_t rounds);

}  // namespace skein::stress
