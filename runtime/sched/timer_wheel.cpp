// See timer_wheel.h.
#include "runtime/sched/timer_wheel.h"

namespace skein::sched {

// The slots are stacks; what comes out is in order of insertion.
Timer* TimerWheel::take_slot(int level, uint32_t slot) {
  Timer* stack = slots_[level][slot];
  slots_[level][slot] = nullptr;
  occupied_[level][slot / 64] &= ~(uint64_t(1) << (slot % 64));
  Timer* list = nullptr;
  while (stack != nullptr) {
    Timer* timer = stack;
    stack = timer->next;
    timer->next = list;
    list = timer;
  }
  return list;
}

// How many slots ahead of the current one the next occupied one is: 1 … 256, or 0 for none. The
// current slot itself is a whole turn away.
uint32_t TimerWheel::distance_to_occupied(int level) const {
  const uint32_t start = slot_of(now_, level) + 1;
  for (uint32_t step = 0; step < kSlots;) {
    const uint32_t slot = (start + step) & (kSlots - 1);
    const uint64_t bits = occupied_[level][slot / 64] >> (slot % 64);
    if (bits != 0) {
      const uint32_t distance = step + static_cast<uint32_t>(__builtin_ctzll(bits));
      return distance < kSlots ? distance + 1 : 0;
    }
    step += 64 - slot % 64;
  }
  return 0;
}

uint64_t TimerWheel::next_tick() const {
  if (count_ == 0) return kNever;
  uint64_t earliest = kNever;
  for (int level = 0; level < kLevels; ++level) {
    const uint32_t distance = distance_to_occupied(level);
    if (distance == 0) continue;
    const uint64_t tick = ((now_ >> (8 * level)) + distance) << (8 * level);
    if (tick < earliest) earliest = tick;
  }
  return earliest;
}

// At a tick whose lower bytes are zero: brings the higher levels' slots for it down.
void TimerWheel::cascade() {
  for (int level = kLevels - 1; level > 0; --level) {
    if ((now_ & ((uint64_t(1) << (8 * level)) - 1)) != 0) continue;
    Timer* list = take_slot(level, slot_of(now_, level));
    while (list != nullptr) {
      Timer* timer = list;
      list = timer->next;
      place(timer, tick_of(*timer));
    }
  }
}

Timer* TimerWheel::advance(uint64_t now) {
  Timer* fired = nullptr;
  Timer** end = &fired;
  while (now_ < now) {
    const uint64_t next = next_tick();
    if (next > now) {
      now_ = now;
      break;
    }
    now_ = next;
    cascade();
    for (Timer* timer = take_slot(0, slot_of(now_, 0)); timer != nullptr; timer = timer->next) {
      *end = timer;
      end = &timer->next;
      timer->link = nullptr;
      --count_;
    }
  }
  *end = nullptr;
  return fired;
}

}  // namespace skein::sched
