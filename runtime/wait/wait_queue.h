// Tasks in a row that wait for the same thing. Their nodes lie in their frames, so nothing is allocated.
// Whatever they wait for has a lock, which is held here.
#pragma once

#include "runtime/abi/layout.h"

namespace skein::wait {

using abi::Waiter;
using abi::WaitQueue;

inline void add_last(WaitQueue& queue, Waiter* waiter) {
  waiter->next = nullptr;
  waiter->previous = queue.last;
  (queue.last != nullptr ? queue.last->next : queue.first) = waiter;
  queue.last = waiter;
  waiter->is_linked = true;
}

inline void remove(WaitQueue& queue, Waiter* waiter) {
  (waiter->previous != nullptr ? waiter->previous->next : queue.first) = waiter->next;
  (waiter->next != nullptr ? waiter->next->previous : queue.last) = waiter->previous;
  waiter->is_linked = false;
}

}  // namespace skein::wait
