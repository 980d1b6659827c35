// A block that ends when a token is cancelled: `within token { … }`.
//
// A token is a channel, which is closed to cancel it. The block stands in the queue of those who receive, with
// a frame that is no coroutine: the worker that runs it ends the block, as the timer of a deadline does.
#pragma once

#include "runtime/task/deadline.h"
#include "runtime/wait/channel.h"

namespace skein::wait {

// The task enters a block, whose bytes are zero.
void enter_within_token(abi::Scope* scope, Channel* token);

// It leaves it, with no child left: as leave_within does, of which this is a part.
bool leave_within_token(abi::Scope* scope, bool unwinds);

SKEIN_INLINE bool is_token(const task::Deadline* deadline) {
  return deadline->wait.reason == static_cast<uint8_t>(task::WaitReason::Token);
}

}  // namespace skein::wait
