// Putting a thread to sleep and waking it, by futex.
//
// Protocol of an EventCount: a sleeper takes `prepare()`, looks once more whether there is anything
// to do, and calls `sleep` with what it took; it returns at once if `wake` came in between.
#pragma once

#include "runtime/base/atomic.h"

namespace skein::base {

class EventCount {
 public:
  constexpr EventCount() = default;

  uint32_t prepare() const { return epoch_.load(Order::Acquire); }

  // Sleeps until woken, or for so many nanoseconds; negative = without limit. May return early.
  void sleep(uint32_t prepared, int64_t nanoseconds);

  // Wakes up to `count` sleepers.
  void wake(int count);

 private:
  Atomic<uint32_t> epoch_;
};

}  // namespace skein::base
