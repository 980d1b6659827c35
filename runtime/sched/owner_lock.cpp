// The contended ways through owner_lock.h.
#include "runtime/sched/owner_lock.h"

#include "runtime/base/backoff.h"

namespace skein::sched {

static void wait_until_zero(const base::Atomic<int32_t>& word) {
  base::Backoff backoff;
  while (word.load(Order::Acquire) != 0) backoff.pause();
}

void OwnerLock::enter_closed() {
  do {
    // Relaxed: owner or guest has passed a full fence since the owner was last inside.
    inside_.store(0, Order::Relaxed);
    wait_until_zero(closed_);
    inside_.store(1, Order::Relaxed);
    base::full_fence();
  } while (closed_.load(Order::Acquire) != 0);
}

void OwnerLock::enter_fenced() {
  const bool quiet = fence_.fence_by_owner();
  if (closed_.load(Order::Acquire) != 0) return enter_closed();
  // We are inside, so no guest can be; one who has closed meanwhile keeps the fence.
  int32_t open = 0;
  if (quiet && closed_.compare_exchange(open, 1, Order::Relaxed, Order::Relaxed)) {
    fence_.calm();
    closed_.store(0, Order::Release);
  }
}

bool OwnerLock::try_close() {
  if (closed_.load(Order::Relaxed) != 0 || closed_.exchange(1, Order::Acquire) != 0) return false;
  fence_.fence_by_thief();
  wait_until_zero(inside_);
  return true;
}

}  // namespace skein::sched
