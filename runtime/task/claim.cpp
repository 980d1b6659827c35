// See claim.h.
#include "runtime/task/claim.h"

#include "runtime/base/backoff.h"

namespace skein::task {

using base::AtomicRef;
using base::Order;

Claim claim_arm(abi::SelectArm* arm) {
  AtomicRef<uint32_t> word(*arm->claim);
  // Relaxed, here and in wait/select.cpp: the word only says who. Whatever else is written is ordered by
  // the locks of the channels, each of which the task takes once more before it goes on, and by the word
  // that says an arm without a queue is let go.
  uint32_t seen = word.load(Order::Relaxed);
  while (seen == abi::kSelectRegisters || seen == abi::kSelectWaits) {
    if (word.compare_exchange(seen, abi::kSelectChosen + arm->arm, Order::Relaxed,
                              Order::Relaxed)) {
      return seen == abi::kSelectWaits ? Claim::Won : Claim::WonEarly;
    }
  }
  return Claim::Lost;
}

abi::Frame* serve_arm(abi::SelectArm* arm) {
  // Read before the arm is let go; the frame itself waits until it is made ready.
  abi::Frame* frame = arm->frame;
  const bool wakes = claim_arm(arm) == Claim::Won;
  offered_of(arm).store(false, Order::Release);
  return wakes ? frame : nullptr;
}

void wait_until_served(abi::SelectArm* arm) {
  base::Backoff backoff;
  while (offered_of(arm).load(Order::Acquire)) backoff.pause();
}

}  // namespace skein::task
