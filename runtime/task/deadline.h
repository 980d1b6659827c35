// What ends a `within` block from outside: mostly a timer, its deadline, and else a token that is
// cancelled (wait/token.h).
//
// It may fire while the block is being left. Both sides change `state` once, and whoever comes second
// frees the record; a body that finds the timer at work waits for the few instructions that takes.
#pragma once

#include "runtime/task/host.h"
#include "runtime/task/reasons.h"

#include <cstring>

namespace skein::task {

enum class DeadlineState : uint32_t { Armed, Firing, Fired, Left };

struct Deadline {
  abi::Wait wait;     // its reason says that it is one, or stands for a token
  abi::Timer timer;
  abi::Scope* scope;
  int64_t when;       // nanoseconds of base::now()
  int64_t outer;      // what the node had before
  uint32_t state;     // DeadlineState
  uint32_t size;      // of the record that begins with this
};

// `size` bytes, zero behind the deadline.
SKEIN_INLINE Deadline* new_deadline(abi::Scope* scope, int64_t when, size_t size, Host& host) {
  Deadline* deadline = static_cast<Deadline*>(host.frames.allocate(size));
  memset(static_cast<void*>(deadline), 0, size);
  deadline->size = static_cast<uint32_t>(size);
  deadline->wait.reason = static_cast<uint8_t>(WaitReason::Deadline);
  deadline->scope = scope;
  deadline->when = when;
  return deadline;
}

// Its timer has fired, or the token is cancelled.
void fire_deadline(Deadline* deadline, Host& host);

// The block is being left, and what ends it could not be taken back any more.
void leave_fired_deadline(Deadline* deadline, Host& host);

void free_deadline(Deadline* deadline, Host& host);
// One that nobody but its block has seen, by the worker that made it.
SKEIN_INLINE void free_deadline_in_place(Deadline* deadline, Host& host) {
  host.frames.free_in_place(deadline, sizeof(Deadline));
}

}  // namespace skein::task
