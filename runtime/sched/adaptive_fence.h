// A fence that costs its owner nothing while nobody steals.
//
// Deque and owner lock both rest on this pattern: each side writes its own word and then reads the
// other's, and one of them at least must see the other. That takes a full fence on both sides,
// 5 ns on the owner's side for each operation. Here the thief runs the owner's fence for it, by
// membarrier, which costs the thief 0.3 to 6 µs; and since one of those for each steal would make
// flat loops slower than serial ones (measured: 7 times), it also asks the owner to fence itself
// from then on. The owner drops the habit after some thousand operations without a steal.
//
// Where the kernel has no membarrier, or SKEIN_FENCE=always, the owner fences always.
#pragma once

#include "runtime/base/atomic.h"
#include "runtime/base/platform.h"

namespace skein::sched {

using base::Order;

class AdaptiveFence {
 public:
  // Owner: between its own store and its load of the thief's word.
  // True: call `fence_by_owner` before the load.
  SKEIN_INLINE bool owner_must_fence() const {
    base::compiler_fence();
    // Read after the owner's store: a mode read before it could miss a second thief.
    return SKEIN_UNLIKELY(mode_.load(Order::Relaxed) != kNone);
  }

  // Owner: fences. True: nobody has stolen for long, so take the thief's lock and `calm`.
  bool fence_by_owner() {
    base::full_fence();
    if (--credit_ > 0) return false;
    credit_ = kCredit;
    const int32_t mode = mode_.load(Order::Relaxed);
    if (mode == kStolen) mode_.store(kQuiet, Order::Relaxed);
    return mode == kQuiet;
  }

  // Owner, holding the lock that thieves take.
  void calm() {
    if (mode_.load(Order::Relaxed) == kQuiet) mode_.store(kNone, Order::Relaxed);
  }

  // Thief, holding its lock: between its own store and its load of the owner's word.
  void fence_by_thief() {
    const int32_t mode = mode_.load(Order::Relaxed);
    if (mode == kAlways) return base::full_fence();
    mode_.store(kStolen, Order::Relaxed);
    if (mode == kNone) {
      base::process_fence();
    } else {
      base::full_fence();
    }
  }

  // Before any thief exists.
  void fence_always() { mode_.store(kAlways, Order::Relaxed); }

 private:
  enum Mode : int32_t {
    kNone,    // the owner does not fence
    kQuiet,   // it fences; nobody stole since its credit was last renewed
    kStolen,  // it fences; somebody did
    kAlways,
  };
  static constexpr int32_t kCredit = base::kModel ? 1 : 2000;

  base::Atomic<int32_t> mode_;
  int32_t credit_ = kCredit;  // Owner: the owner
};

}  // namespace skein::sched
