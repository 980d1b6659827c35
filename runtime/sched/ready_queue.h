// The frames of a worker that can go on: one that runs next, and a queue.
//
// A frame woken by what this worker just did runs next, while its data is in the cache; it pushes
// an older one to the end of the queue. After 16 of those in a row the queue is served once, so two
// tasks that wake each other cannot starve the rest. Frames that give way go to the end.
//
// The owner takes no locked instruction (owner_lock.h); a thief takes half.
#pragma once

#include "runtime/sched/global_queue.h"
#include "runtime/sched/owner_lock.h"

namespace skein::sched {

// What a thief sees from outside.
struct ReadyGlance {
  uint32_t head;
  uint32_t tail;
  uint32_t picks;
  Frame* next;

  uint32_t queued() const { return tail - head; }
  bool empty() const { return head == tail && next == nullptr; }
};

class ReadyQueue {
 public:
  static constexpr uint32_t kCapacity = base::kModel ? 4 : 1024;
  static constexpr uint32_t kInRow = base::kModel ? 2 : 16;
  static constexpr uint32_t kMostStolen = 128;

  // What an addition means for others.
  struct Added {
    bool more_than_one;  // another worker would find something to do
    Batch* overflow;     // the oldest frames, when there was no room; for the global queue
  };

  ReadyQueue() {}

  // Owner.
  Added add_next(Frame* frame);
  Added add_last(Frame* frame);
  // Gives what did not fit, as a list of batches.
  Batch* add_all(Frame* const* frames, uint32_t count);
  // The frame to run, or null.
  Frame* pick();

  // Anybody.
  ReadyGlance glance() const {
    return {head_.load(Order::Relaxed), tail_.load(Order::Relaxed), picks_.load(Order::Relaxed),
            next_.load(Order::Relaxed)};
  }

  // Thief: takes the older half, at most kMostStolen, or the next one when the queue is empty.
  // Gives how many.
  uint32_t steal(Frame** into);

  void fence_always() { lock_.fence_always(); }

 private:
  Batch* append(Frame* frame);
  base::AtomicRef<Frame*> slot(uint32_t index) {
    return base::AtomicRef<Frame*>(slots_[index & (kCapacity - 1)]);
  }

  OwnerLock lock_;
  uint32_t in_row_ = 0;
  // Invariant: written inside the lock only.
  alignas(128) base::Atomic<Frame*> next_;
  base::Atomic<uint32_t> head_;
  base::Atomic<uint32_t> tail_;
  base::Atomic<uint32_t> picks_;
  alignas(128) Frame* slots_[kCapacity];  // not initialised
};

// Inline: every wait and every wake comes through these two.
SKEIN_INLINE ReadyQueue::Added ReadyQueue::add_next(Frame* frame) {
  OwnerGuard guard(lock_);
  Frame* older = next_.load(Order::Relaxed);
  next_.store(frame, Order::Relaxed);
  if (SKEIN_LIKELY(older == nullptr)) return {false, nullptr};
  return {true, append(older)};
}

SKEIN_INLINE Frame* ReadyQueue::pick() {
  // Thieves only take away: what the owner sees empty is empty.
  if (next_.load(Order::Relaxed) == nullptr &&
      head_.load(Order::Relaxed) == tail_.load(Order::Relaxed)) {
    return nullptr;
  }
  OwnerGuard guard(lock_);
  picks_.add_by_owner(1);
  Frame* next = next_.load(Order::Relaxed);
  const uint32_t head = head_.load(Order::Relaxed);
  const bool queued = head != tail_.load(Order::Relaxed);
  if (next != nullptr && (!queued || ++in_row_ < kInRow)) {
    next_.store(nullptr, Order::Relaxed);
    return next;
  }
  in_row_ = 0;
  if (!queued) return nullptr;
  Frame* frame = slot(head).load(Order::Relaxed);
  head_.store(head + 1, Order::Relaxed);
  return frame;
}

}  // namespace skein::sched
