// See timer_wheel.h.
#include "runtime/sched/timer_wheel.h"

namespace skein::sched {

// What comes out of a stack is in order of insertion.
static Timer* take_all(Timer*& first) {
  Timer* stack = first;
  first = nullptr;
  Timer* list = nullptr;
  while (stack != nullptr) {
    Timer* timer = stack;
    stack = timer->next;
    timer->next = list;
    list = timer;
  }
  return list;
}

// By the highest byte that is not zero.
static int level_of(uint64_t distance) { return (63 - __builtin_clzll(distance | 1)) / 8; }

void TimerWheel::place(Timer* timer) {
  constexpr uint64_t kFarthest = (uint64_t(1) << 32) - 1;
  const uint64_t due = tick_of(*timer);
  const bool is_in_reach = due - now_ <= kFarthest;
  // Beyond the last level: as far as it goes; it will be placed again from there.
  const uint64_t tick = is_in_reach ? due : now_ + kFarthest;
  const int level = level_of(tick - now_);
  const uint32_t slot = slot_of(tick, level);
  push(slots_[level][slot], timer);
  occupied_[level][slot / 64] |= uint64_t(1) << (slot % 64);
}

void TimerWheel::place_all(Timer* list) {
  while (list != nullptr) {
    Timer* timer = list;
    list = timer->next;
    place(timer);
  }
}

void TimerWheel::place_fresh() { place_all(take_all(fresh_)); }

Timer* TimerWheel::take_slot(int level, uint32_t slot) {
  occupied_[level][slot / 64] &= ~(uint64_t(1) << (slot % 64));
  return take_all(slots_[level][slot]);
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

uint64_t TimerWheel::next_tick() {
  if (count_ == 0) return kNever;
  place_fresh();
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
    place_all(take_slot(level, slot_of(now_, level)));
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
