// A lock whose owner takes it with two plain stores.
//
// For structures that one worker uses all the time and others now and then (ready queue, timer
// wheel). The owner says that it is inside and looks whether somebody has closed the door; the
// others close the door and wait until the owner is outside.
//
// A guest must not enter another owner lock, its own included, before it has opened this one again:
// two workers robbing each other would wait for ever.
#pragma once

#include "runtime/base/atomic.h"
#include "runtime/sched/adaptive_fence.h"

namespace skein::sched {

class OwnerLock {
 public:
  // Owner only.
  void enter() {
    inside_.store(1, Order::Relaxed);
    if (fence_.owner_must_fence()) return enter_fenced();
    // Relaxed: no guest has been inside since the fence mode was last left, or we would fence.
    if (SKEIN_UNLIKELY(closed_.load(Order::Relaxed) != 0)) enter_closed();
  }
  void leave() { inside_.store(0, Order::Release); }

  // Anybody else. False: another guest is there.
  bool try_close();
  void open() { closed_.store(0, Order::Release); }

  void fence_always() { fence_.fence_always(); }

 private:
  SKEIN_COLD void enter_fenced();
  SKEIN_COLD void enter_closed();

  base::Atomic<int32_t> inside_;  // Owner: the owner
  AdaptiveFence fence_;
  alignas(128) base::Atomic<int32_t> closed_;  // Owner: guests
};

class OwnerGuard {
 public:
  explicit OwnerGuard(OwnerLock& lock) : lock_(lock) { lock_.enter(); }
  ~OwnerGuard() { lock_.leave(); }
  OwnerGuard(const OwnerGuard&) = delete;
  OwnerGuard& operator=(const OwnerGuard&) = delete;

 private:
  OwnerLock& lock_;
};

}  // namespace skein::sched
