// See ready_queue.h.
#include "runtime/sched/ready_queue.h"

namespace skein::sched {

// Inside the lock. When the ring is full its oldest frames come out as a batch.
Batch* ReadyQueue::append(Frame* frame) {
  Batch* overflow = nullptr;
  uint32_t tail = tail_.load(Order::Relaxed);
  const uint32_t head = head_.load(Order::Relaxed);
  if (tail - head == kCapacity) {
    overflow = new_batch();
    for (uint32_t i = 0; i < kGlobalBatch; ++i) {
      overflow->frames[overflow->count++] = slot(head + i).load(Order::Relaxed);
    }
    head_.store(head + kGlobalBatch, Order::Relaxed);
  }
  slot(tail).store(frame, Order::Relaxed);
  tail_.store(tail + 1, Order::Relaxed);
  return overflow;
}

ReadyQueue::Added ReadyQueue::add_last(Frame* frame) {
  OwnerGuard guard(lock_);
  Batch* overflow = append(frame);
  const ReadyGlance now = glance();
  return {now.queued() > 1 || now.next != nullptr, overflow};
}

Batch* ReadyQueue::add_all(Frame* const* frames, uint32_t count) {
  OwnerGuard guard(lock_);
  Batch* overflow = nullptr;
  for (uint32_t i = 0; i < count; ++i) {
    Batch* batch = append(frames[i]);
    if (batch == nullptr) continue;
    batch->next = overflow;
    overflow = batch;
  }
  return overflow;
}

uint32_t ReadyQueue::steal(Frame** into) {
  if (!lock_.try_close()) return 0;
  uint32_t taken = 0;
  const uint32_t head = head_.load(Order::Relaxed);
  const uint32_t queued = tail_.load(Order::Relaxed) - head;
  if (queued > 0) {
    const uint32_t half = (queued + 1) / 2;
    const uint32_t most = half < kMostStolen ? half : kMostStolen;
    while (taken < most) {
      into[taken] = slot(head + taken).load(Order::Relaxed);
      ++taken;
    }
    head_.store(head + taken, Order::Relaxed);
  } else if (Frame* next = next_.load(Order::Relaxed)) {
    next_.store(nullptr, Order::Relaxed);
    into[taken++] = next;
  }
  lock_.open();
  return taken;
}

}  // namespace skein::sched
