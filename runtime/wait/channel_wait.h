// Tasks that wait at channels and for locks, as wait.h has it.
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/sched/worker.h"

namespace skein::wait {

// A Waiter lies behind the record. True: `frame` stays suspended until the operation has happened.
bool send(abi::Wait* wait, abi::Frame* frame);
bool receive(abi::Wait* wait, abi::Frame* frame);

// A Select lies behind it. True: until an arm was served, or it has to be tried again.
bool select(abi::Wait* wait, abi::Frame* frame);

// A Waiter with a LockRequest lies behind it. True: until the task has the lock.
bool lock(abi::Wait* wait, abi::Frame* frame);

// What was served is ready to go on: next, while what it was handed is in the cache; null is nobody. Of
// several, linked by `next`, each takes its turn.
SKEIN_INLINE void wake(abi::Frame* frame) {
  if (frame != nullptr) sched::current().make_ready(frame);
}
void wake_all(abi::Waiter* served);

// What a wait at a channel is about, for reports.
const abi::Waiter* waiter_behind(const abi::Wait* wait);

}  // namespace skein::wait
