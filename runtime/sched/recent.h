// What a worker ran lately: a small ring that is always kept, and shown by reports of panics and
// deadlocks (fault/recent.h).
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/base/atomic.h"
#include "runtime/task/reasons.h"

namespace skein::sched {

// A task went on.
struct RecentRun {
  uint32_t spawned;          // site of its spawn
  uint32_t at;               // site at which it went on
  task::WaitReason reason;   // that it had waited for

  bool operator==(const RecentRun&) const = default;
};

class Recent {
 public:
  static constexpr uint32_t kRuns = 16;

  // Owner: the worker. A run is one word, so that whoever reads it meanwhile gets an old one or a new one:
  // the site and the bits above it of the node, the site of the frame, and above that the reason.
  SKEIN_INLINE void note(uint32_t node_site, uint32_t at, task::WaitReason reason) {
    const uint64_t upper = uint64_t(at) | uint64_t(reason) << abi::kSiteBits;
    runs_[next_++ % kRuns].store(uint64_t(node_site) | upper << 32, base::Order::Relaxed);
  }

  // Anybody: gives how many there are, the latest first.
  uint32_t look(RecentRun* runs) const {
    uint32_t count = 0;
    for (uint32_t next = next_; count < kRuns; ++count) {
      const uint64_t run = runs_[--next % kRuns].load(base::Order::Relaxed);
      if (run == 0) break;
      runs[count] = {static_cast<uint32_t>(run) & kSite, static_cast<uint32_t>(run >> 32) & kSite,
                     static_cast<task::WaitReason>(run >> (32 + abi::kSiteBits))};
    }
    return count;
  }

 private:
  static constexpr uint32_t kSite = (uint32_t(1) << abi::kSiteBits) - 1;

  uint32_t next_ = 0;   // a reader may be one behind
  base::Atomic<uint64_t> runs_[kRuns];
};

}  // namespace skein::sched
