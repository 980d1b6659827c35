// A task that is offered several things and takes one: whoever has one of them claims the task first.
//
// All its nodes share a word (abi::Select, `claim`). Once it is claimed through one, the others are
// worth nothing, and their task withdraws them itself.
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/base/atomic.h"

namespace skein::task {

// Whether a node may be served by the caller, who then has to.
enum class Claim : uint8_t {
  Lost,     // somebody else served its task
  Won,      // its frame waits, and has to be made ready
  WonEarly  // its task has not suspended yet and will notice
};
Claim claim_arm(abi::SelectArm* arm);
// Whoever finds one that waits for a single thing serves it.
SKEIN_INLINE Claim claim(abi::Waiter* waiter) {
  if (SKEIN_LIKELY(!waiter->is_arm)) return Claim::Won;
  return claim_arm(static_cast<abi::SelectArm*>(waiter));
}

// Serves an arm that no queue holds, of a task that ended or a time that has passed: gives the frame
// to make ready, or null. The task may take the arm away as soon as this is done with it.
[[nodiscard]] abi::Frame* serve_arm(abi::SelectArm* arm);

// The task itself: somebody is at such an arm; waits for the few instructions that takes.
void wait_until_served(abi::SelectArm* arm);

inline base::AtomicRef<uint8_t> offered_of(abi::SelectArm* arm) {
  return base::AtomicRef<uint8_t>(arm->is_linked);
}

}  // namespace skein::task
