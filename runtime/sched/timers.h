// A worker's timers, as its own thread and its watchers see them.
//
// The owner inserts and fires. When it is busy for long, an idle worker may fire for it: `due` says
// when, without entering.
#pragma once

#include "runtime/sched/owner_lock.h"
#include "runtime/sched/timer_wheel.h"

namespace skein::sched {

constexpr int64_t kTick = 1'000'000;  // nanoseconds
constexpr int64_t kNoTimer = INT64_MAX;

// A timer for which no frame waits, and what is done when it is due.
struct Alarm {
  abi::Wait wait;    // Tick
  abi::Timer timer;
  void (*act)(Alarm*);
};
static_assert(offsetof(Alarm, timer) == abi::kTimerAfterWait);

class Timers {
 public:
  // Owner: the Wait before the timer is filled in; fires `nanoseconds` from `now` at the earliest. It may have
  // fired before this returns.
  void insert(abi::Timer* timer, int64_t now, int64_t nanoseconds);
  // Anybody else. The owner may sleep and not know of it.
  void insert_as_guest(abi::Timer* timer, int64_t now, int64_t nanoseconds);

  // The time at which `fire` should be called; kNoTimer if there is no timer. Who sees that a timer is gone
  // sees also that its owner or guest was awake by then (Scheduler::nothing_can_happen).
  int64_t due() const { return due_.load(Order::Acquire); }

  // Owner, or a guest that found a time due: the timers that are due, linked by `next`.
  abi::Timer* fire(int64_t now);
  abi::Timer* fire_as_guest(int64_t now);

  // Owner, or anybody else: takes a timer out. False: it has fired.
  SKEIN_INLINE bool withdraw(abi::Timer* timer) {
    OwnerGuard guard(lock_);
    return remove(timer);
  }
  bool withdraw_as_guest(abi::Timer* timer);

  void fence_always() { lock_.fence_always(); }

 private:
  void add(abi::Timer* timer, int64_t now, int64_t nanoseconds);
  abi::Timer* advance(int64_t now);
  SKEIN_INLINE bool remove(abi::Timer* timer) {
    if (timer->link == nullptr) return false;
    wheel_.remove(timer);
    // Else the owner may wake once for nothing.
    if (wheel_.empty()) due_.store(kNoTimer, Order::Release);
    return true;
  }
  void close();
  void publish();

  OwnerLock lock_;
  // Invariant: written inside the lock only.
  base::Atomic<int64_t> due_{kNoTimer};
  TimerWheel wheel_;
};

}  // namespace skein::sched
