// See deadline.h.
#include "runtime/task/deadline.h"

#include "runtime/base/atomic.h"
#include "runtime/base/backoff.h"
#include "runtime/task/scope.h"

namespace skein::task {

using base::AtomicRef;
using base::Order;

static AtomicRef<uint32_t> state_of(Deadline* deadline) {
  return AtomicRef<uint32_t>(deadline->state);
}

void free_deadline(Deadline* deadline, Host& host) {
  host.frames.free_later(deadline, deadline->size);
}

void fire_deadline(Deadline* deadline, Host& host) {
  uint32_t state = static_cast<uint32_t>(DeadlineState::Armed);
  const uint32_t firing = static_cast<uint32_t>(DeadlineState::Firing);
  if (!state_of(deadline).compare_exchange(state, firing, Order::Relaxed)) {
    return free_deadline(deadline, host);
  }
  end_scope(deadline->scope, abi::kScopeTimedOut, host);
  state_of(deadline).store(static_cast<uint32_t>(DeadlineState::Fired), Order::Release);
}

void leave_fired_deadline(Deadline* deadline, Host& host) {
  uint32_t state = static_cast<uint32_t>(DeadlineState::Armed);
  const uint32_t left = static_cast<uint32_t>(DeadlineState::Left);
  if (state_of(deadline).compare_exchange(state, left, Order::Release)) return;
  base::Backoff backoff;
  while (state != static_cast<uint32_t>(DeadlineState::Fired)) {
    backoff.pause();
    state = state_of(deadline).load(Order::Acquire);
  }
  free_deadline(deadline, host);
}

}  // namespace skein::task
