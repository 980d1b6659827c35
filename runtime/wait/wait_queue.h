// Tasks in a row that wait for the same thing. Their nodes lie in their frames, so nothing is allocated.
// Whatever they wait for has a lock, which is held here, but for the one glance that says so.
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/base/atomic.h"

namespace skein::wait {

using abi::Waiter;
using abi::WaitQueue;

inline base::AtomicRef<Waiter*> first_of(const WaitQueue& queue) {
  return base::AtomicRef<Waiter*>(const_cast<Waiter*&>(queue.first));
}

// A hint, without the lock: whether nobody waits.
inline bool seems_empty(const WaitQueue& queue) {
  return first_of(queue).load(base::Order::Relaxed) == nullptr;
}

inline void add_last(WaitQueue& queue, Waiter* waiter) {
  waiter->next = nullptr;
  waiter->previous = queue.last;
  if (queue.last != nullptr) {
    queue.last->next = waiter;
  } else {
    first_of(queue).store(waiter, base::Order::Relaxed);
  }
  queue.last = waiter;
  waiter->is_linked = true;
}

inline void add_first(WaitQueue& queue, Waiter* waiter) {
  waiter->next = queue.first;
  waiter->previous = nullptr;
  (queue.first != nullptr ? queue.first->previous : queue.last) = waiter;
  first_of(queue).store(waiter, base::Order::Relaxed);
  waiter->is_linked = true;
}

inline void remove(WaitQueue& queue, Waiter* waiter) {
  if (waiter->previous != nullptr) {
    waiter->previous->next = waiter->next;
  } else {
    first_of(queue).store(waiter->next, base::Order::Relaxed);
  }
  (waiter->next != nullptr ? waiter->next->previous : queue.last) = waiter->previous;
  waiter->is_linked = false;
}

}  // namespace skein::wait
