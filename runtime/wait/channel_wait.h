// Tasks that wait at channels and for locks, as wait.h has it.
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/sched/worker.h"

namespace skein::wait {

// The waiter is the record of the frame. True: `frame` stays suspended until the operation has happened.
bool send(abi::Waiter* waiter, abi::Frame* frame);
bool receive(abi::Waiter* waiter, abi::Frame* frame);
bool withdraw_waiter(abi::Frame* frame);

// The record is the address of the select. True: until an arm was served, or it has to be tried again.
bool select(abi::Select* select, abi::Frame* frame);
bool withdraw_select(abi::Frame* frame);

// The record is a waiter with a LockRequest. True: until the task has the lock.
bool lock(abi::Waiter* waiter, abi::Frame* frame);
bool withdraw_from_lock(abi::Frame* frame);

// What was served is ready to go on: next, while what it was handed is in the cache; null is nobody. Of
// several, linked by `next`, each takes its turn.
SKEIN_INLINE void wake(abi::Frame* frame) {
  if (frame != nullptr) sched::current().make_ready(frame);
}
void wake_all(abi::Waiter* served);

}  // namespace skein::wait
