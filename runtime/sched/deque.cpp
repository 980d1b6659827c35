// Where owner and thieves meet: see deque.h.
#include "runtime/sched/deque.h"

namespace skein::sched {

void Deque::fence_pop() {
  if (!fence_.fence_by_owner()) return;
  if (!lock_.try_lock()) return;
  fence_.calm();
  lock_.unlock();
}

// bottom_ is already lowered, and top_ was seen above it: either a thief has the entry, or it is
// still deciding. It decides under the lock.
Frame* Deque::pop_contested() {
  const int64_t bottom = bottom_.load(Order::Relaxed);
  // Relaxed: owner or thief has passed a full fence since the entries were pushed.
  bottom_.store(bottom + 1, Order::Relaxed);
  base::SpinGuard guard(lock_);
  if (top_.load(Order::Relaxed) > bottom) return nullptr;
  bottom_.store(bottom, Order::Relaxed);
  return slot(bottom).load(Order::Relaxed);
}

Frame* Thief::steal() {
  if (!sees_work() || !victim_.lock_.try_lock()) return nullptr;
  const int64_t top = victim_.top_.load(Order::Relaxed);
  victim_.top_.store(top + 1, Order::Relaxed);
  victim_.fence_.fence_by_thief();
  Frame* frame = nullptr;
  if (top < victim_.bottom_.load(Order::Acquire)) {
    frame = victim_.slot(top).load(Order::Relaxed);
  } else {
    victim_.top_.store(top, Order::Relaxed);
  }
  victim_.lock_.unlock();
  return frame;
}

}  // namespace skein::sched
