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
  Waiter* first = queue.first;
  waiter->next = nullptr;
  waiter->is_linked = true;
  if (first == nullptr) {
    waiter->previous = waiter;
    first_of(queue).store(waiter, base::Order::Relaxed);
    return;
  }
  waiter->previous = first->previous;
  first->previous->next = waiter;
  first->previous = waiter;
}

inline void add_first(WaitQueue& queue, Waiter* waiter) {
  Waiter* first = queue.first;
  waiter->next = first;
  waiter->previous = first != nullptr ? first->previous : waiter;
  if (first != nullptr) first->previous = waiter;
  first_of(queue).store(waiter, base::Order::Relaxed);
  waiter->is_linked = true;
}

// The same for the first of a queue that has one.
inline void remove_first(WaitQueue& queue) {
  Waiter* first = queue.first;
  if (first->next != nullptr) first->next->previous = first->previous;
  first_of(queue).store(first->next, base::Order::Relaxed);
  first->is_linked = false;
}

inline void remove(WaitQueue& queue, Waiter* waiter) {
  Waiter* first = queue.first;
  if (waiter == first) {
    first_of(queue).store(waiter->next, base::Order::Relaxed);
  } else {
    waiter->previous->next = waiter->next;
  }
  // Of the last it is the first that has to know of the one before it.
  Waiter* knows = waiter->next != nullptr ? waiter->next : first;
  knows->previous = waiter->previous;
  waiter->is_linked = false;
}

}  // namespace skein::wait
