// What ends a `within` block from outside: mostly a timer, its deadline, and else a token that is
// cancelled (wait/token.h).
//
// It may fire while the block is being left. Both sides change `state` once, and whoever comes second
// frees the record; a body that finds the timer at work waits for the few instructions that takes.
#pragma once

#include "runtime/task/host.h"

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
Deadline* new_deadline(abi::Scope* scope, int64_t when, size_t size, Host& host);

// Its timer has fired, or the token is cancelled.
void fire_deadline(Deadline* deadline, Host& host);

// The block is being left, and what ends it could not be taken back any more.
void leave_fired_deadline(Deadline* deadline, Host& host);

void free_deadline(Deadline* deadline, Host& host);

}  // namespace skein::task
