// A worker's deque of continuations: Cilk's THE protocol.
//
// The owner pushes and pops at the bottom, thieves take from the top. The owner never does a
// read-modify-write, not even for the last entry, which in a loop that spawns and goes on is the
// only one. When owner and thief may have met over an entry, the owner takes the thieves' lock and
// looks again.
//
//        top_            bottom_
//          |                |
//   ... [ ] [a] [b] [c] [d] [ ] ...      indices only grow and shrink at their own end; slot = index
//            ^ steal    ^ pop  ^ push    modulo kSlots
//
// Invariant: kSlots is more than can ever be pending. Each entry belongs to an activation of a
// suspending function on the owner's native stack; these suspend themselves when the stack is used
// up to kSuspendStack, and each takes at least a return address and its alignment.
//
// (Rejected: Chase–Lev, whose owner needs a compare-and-swap for the last entry: 7.0 ns a spawn in
// a flat loop against 3.0.)
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/base/spin_lock.h"
#include "runtime/sched/adaptive_fence.h"

namespace skein::sched {

using abi::Frame;

// How much native stack suspending functions use before they move to the heap.
constexpr size_t kSuspendStack = size_t(256) << 10;

class Deque {
 public:
  static constexpr int64_t kSlots = base::kModel ? 4 : 1 << 15;
  static_assert(base::kModel || kSlots > int64_t(kSuspendStack / 16));

  Deque() {}

  // The owner's end. May only be used by the worker it belongs to.
  SKEIN_INLINE void push(Frame* frame) {
    const int64_t bottom = bottom_.load(Order::Relaxed);
    slot(bottom).store(frame, Order::Relaxed);
    // Pairs with: the acquire in Thief::steal, so that a thief who sees the entry sees its frame.
    bottom_.store(bottom + 1, Order::Release);
  }

  // The latest entry, or null when thieves have taken all there was.
  SKEIN_INLINE Frame* pop() {
    const int64_t bottom = bottom_.load(Order::Relaxed) - 1;
    bottom_.store(bottom, Order::Release);
    if (fence_.owner_must_fence()) fence_pop();
    if (SKEIN_LIKELY(top_.load(Order::Relaxed) <= bottom)) {
      return slot(bottom).load(Order::Relaxed);
    }
    return pop_contested();
  }

  void fence_always() { fence_.fence_always(); }

 private:
  friend class Thief;

  SKEIN_INLINE base::AtomicRef<Frame*> slot(int64_t index) {
    return base::AtomicRef<Frame*>(slots_[index & (kSlots - 1)]);
  }
  SKEIN_COLD void fence_pop();
  SKEIN_COLD Frame* pop_contested();

  // Owner: the owner. Thieves read it.
  base::Atomic<int64_t> bottom_;
  AdaptiveFence fence_;
  // Owner: whoever holds lock_. The owner reads it.
  alignas(128) base::Atomic<int64_t> top_;
  base::SpinLock lock_;
  // Not initialised: pages of it that are never used are never touched.
  alignas(128) Frame* slots_[kSlots];
};

// The other end: all that another worker may do to a deque.
class Thief {
 public:
  explicit Thief(Deque& victim) : victim_(victim) {}

  // A glance without a promise.
  bool sees_work() const { return entries() > 0; }
  int64_t entries() const {
    return victim_.bottom_.load(Order::Relaxed) - victim_.top_.load(Order::Relaxed);
  }
  int64_t top() const { return victim_.top_.load(Order::Relaxed); }

  // The oldest entry; null when there is none, or another thief is at it.
  Frame* steal();

 private:
  Deque& victim_;
};

}  // namespace skein::sched
