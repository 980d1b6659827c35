// See timers.h.
#include "runtime/sched/timers.h"

#include "runtime/base/backoff.h"

namespace skein::sched {

void Timers::publish() {
  const uint64_t tick = wheel_.next_tick();
  due_.store(tick == kNever ? kNoTimer : static_cast<int64_t>(tick) * kTick, Order::Release);
}

void Timers::close() {
  base::Backoff backoff;
  while (!lock_.try_close()) backoff.pause();
}

SKEIN_INLINE void Timers::add(abi::Timer* timer, int64_t now, int64_t nanoseconds) {
  const int64_t latest = INT64_MAX - kTick - now;
  const int64_t when = now + (nanoseconds < latest ? nanoseconds : latest);
  constexpr uint64_t kLength = kTick;
  // A wheel that stood still is as far behind as its last use; one step puts it right.
  if (wheel_.empty()) wheel_.advance_empty(static_cast<uint64_t>(now) / kLength);
  // Rounded up: a sleep lasts at least as long as it was asked to.
  const uint64_t tick = (static_cast<uint64_t>(when) + kLength - 1) / kLength;
  wheel_.insert(timer, tick);
  // First is what was first, or this one. To look through the levels of the wheel instead is a third of what a
  // deadline costs (benchmarks/timers).
  const int64_t due = static_cast<int64_t>(tick * kLength);
  if (due < due_.load(Order::Relaxed)) due_.store(due, Order::Release);
}

void Timers::insert(abi::Timer* timer, int64_t now, int64_t nanoseconds) {
  OwnerGuard guard(lock_);
  add(timer, now, nanoseconds);
}

void Timers::insert_as_guest(abi::Timer* timer, int64_t now, int64_t nanoseconds) {
  close();
  add(timer, now, nanoseconds);
  lock_.open();
}

abi::Timer* Timers::advance(int64_t now) {
  abi::Timer* fired = wheel_.advance(static_cast<uint64_t>(now / kTick));
  publish();
  return fired;
}

abi::Timer* Timers::fire(int64_t now) {
  OwnerGuard guard(lock_);
  return advance(now);
}

abi::Timer* Timers::fire_as_guest(int64_t now) {
  if (!lock_.try_close()) return nullptr;
  abi::Timer* fired = advance(now);
  lock_.open();
  return fired;
}

bool Timers::withdraw_as_guest(abi::Timer* timer) {
  close();
  const bool removed = remove(timer);
  lock_.open();
  return removed;
}

}  // namespace skein::sched
