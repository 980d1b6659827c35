// Timers of one worker: a hierarchical wheel, 4 levels of 256 slots, one tick a millisecond.
//
// A timer is a node in a coroutine frame, so setting one allocates nothing: insert 3 to 5 ns,
// remove 10. Most are taken out again soon, so the last ones have no slot yet. Level l holds what is
// due within 256^(l+1) ticks, in the slot of its l-th byte; when the wheel turns to a slot of a higher
// level, that slot's timers move down. A bit for each slot says whether it may hold something, so
// standing still for an hour costs nothing to catch up. Ticks have 48 bits: 8900 years.
//
// Not safe for threads; the worker's owner lock guards it.
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/base/atomic.h"

namespace skein::sched {

using abi::Timer;

constexpr uint64_t kNever = UINT64_MAX;

inline uint64_t tick_of(const Timer& timer) {
  return uint64_t(timer.when_high) << 32 | timer.when;
}

class TimerWheel {
 public:
  // Due at tick `when`, or at the next one if that has passed. Sets all its fields.
  SKEIN_INLINE void insert(Timer* timer, uint64_t when) {
    const uint64_t due = when > now_ ? when : now_ + 1;
    timer->when = static_cast<uint32_t>(due);
    timer->when_high = static_cast<uint16_t>(due >> 32);
    push(fresh_, timer);
    ++count_;
    if (SKEIN_UNLIKELY(++inserted_ % kMostFresh == 0)) place_fresh();
  }

  // Takes a timer out that has not fired.
  SKEIN_INLINE void remove(Timer* timer) {
    *timer->link = timer->next;
    if (timer->next != nullptr) timer->next->link = timer->link;
    timer->link = nullptr;
    --count_;
    // The slot's bit stays; it is cleared when the wheel comes by.
  }

  // Turns the wheel to tick `now` and gives the timers that fired, linked by `next`, those due
  // earlier first.
  Timer* advance(uint64_t now);

  // The same for an empty wheel, where nothing can fire.
  SKEIN_INLINE void advance_empty(uint64_t now) {
    if (now > now_) now_ = now;
  }

  // The earliest tick at which `advance` has something to do: never later than the first timer,
  // often earlier when that is far away. kNever if there is none.
  uint64_t next_tick();

  bool empty() const { return count_ == 0; }

 private:
  static constexpr int kLevels = 4;
  static constexpr uint32_t kSlots = 256;

  // So few that they are still in the cache when they are placed.
  static constexpr uint32_t kMostFresh = 64;

  static SKEIN_INLINE void push(Timer*& first, Timer* timer) {
    timer->next = first;
    if (first != nullptr) first->link = &timer->next;
    timer->link = &first;
    first = timer;
  }
  static uint32_t slot_of(uint64_t tick, int level) {
    return static_cast<uint32_t>(tick >> (8 * level)) & (kSlots - 1);
  }
  SKEIN_COLD void place_fresh();
  void place(Timer* timer);
  void place_all(Timer* list);
  void cascade();
  uint32_t distance_to_occupied(int level) const;
  Timer* take_slot(int level, uint32_t slot);

  Timer* slots_[kLevels][kSlots] = {};
  uint64_t occupied_[kLevels][kSlots / 64] = {};
  Timer* fresh_ = nullptr;  // a stack
  uint32_t inserted_ = 0;
  uint64_t now_ = 0;
  uint64_t count_ = 0;
};

}  // namespace skein::sched
