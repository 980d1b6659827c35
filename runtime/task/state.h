// A result's life in one word, and the only code that writes its bits (abi/layout.h draws them).
//
// Who may do what: the task that produces the result calls `finish`, once. The one that owns the
// handle to it calls `wait`, `forward_to` or `count_in`, at most once, and touches the word again
// only after it was woken, or after `finish` by somebody else was seen. Whoever comes second learns
// what the first one left. A wait or an offer may be taken back by `withdraw`; then the owner may
// listen anew.
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/base/atomic.h"

namespace skein::task {

using base::AtomicRef;
using base::Order;

// What stood in a word before it was finished: who wants to hear of it.
class Listener {
 public:
  explicit Listener(uint64_t word) : word_(word) {}

  bool is_frame() const { return word_ != abi::kPending && tag() == 0; }
  bool is_future() const { return tag() == abi::kForward; }
  bool is_child() const { return tag() == abi::kCounted; }
  bool is_arm() const { return tag() == abi::kOffered; }

  abi::Frame* frame() const { return reinterpret_cast<abi::Frame*>(word_); }
  abi::Future* future() const { return reinterpret_cast<abi::Future*>(word_ ^ abi::kForward); }
  abi::Child* child() const { return reinterpret_cast<abi::Child*>(word_ ^ abi::kCounted); }
  abi::SelectArm* arm() const { return reinterpret_cast<abi::SelectArm*>(word_ ^ abi::kOffered); }

 private:
  uint64_t tag() const { return word_ & abi::kListenerMask; }

  uint64_t word_;
};

inline bool is_done(uint64_t state) { return (state & abi::kDone) != 0; }
inline bool is_panic(uint64_t state) {
  return state != abi::kCancelled && (state & abi::kTagMask) == abi::kPanicked;
}

// The panic in a state word, a ramp's handle or a Task's future; tag bits do not matter.
inline abi::Panic* panic_of(uint64_t word) {
  return reinterpret_cast<abi::Panic*>(word & ~abi::kTagMask);
}

class StateWord {
 public:
  SKEIN_INLINE explicit StateWord(uint64_t& word) : word_(word) {}

  // Pairs with: the release in `finish`, so that a reader who sees done sees the result.
  SKEIN_INLINE uint64_t load() const { return word_.load(Order::Acquire); }

  // Pending → waited for. False: it is done.
  SKEIN_INLINE bool wait(abi::Frame* frame) { return listen(reinterpret_cast<uint64_t>(frame)); }
  // Waited for → pending. Gives the frame that waited; null: it is done.
  abi::Frame* withdraw() {
    uint64_t waiter = word_.load(Order::Relaxed);
    if (!Listener(waiter).is_frame()) return nullptr;
    abi::Frame* frame = Listener(waiter).frame();
    const bool withdrawn =
        word_.compare_exchange(waiter, abi::kPending, Order::Relaxed, Order::Relaxed);
    return withdrawn ? frame : nullptr;
  }
  // Pending → passed on. False: it is done.
  bool forward_to(abi::Future* future) {
    return listen(reinterpret_cast<uint64_t>(future) | abi::kForward);
  }
  // Pending → counted by a scope. False: it is done.
  bool count_in(abi::Child* child) {
    return listen(reinterpret_cast<uint64_t>(child) | abi::kCounted);
  }

  // Pending → one of the things a select waits for. False: it is done.
  bool offer_to(abi::SelectArm* arm) {
    return listen(reinterpret_cast<uint64_t>(arm) | abi::kOffered);
  }
  // The reverse. False: it is done, and who finished it is about to look at the arm, or has.
  bool withdraw(abi::SelectArm* arm) {
    uint64_t offered = reinterpret_cast<uint64_t>(arm) | abi::kOffered;
    return word_.compare_exchange(offered, abi::kPending, Order::AcqRel);
  }

  // Any → done. Acquires too: whoever listens wrote its own things before.
  [[nodiscard]] Listener finish(uint64_t state) {
    return Listener(word_.exchange(state, Order::AcqRel));
  }

 private:
  SKEIN_INLINE bool listen(uint64_t listener) {
    uint64_t expected = abi::kPending;
    return word_.compare_exchange(expected, listener, Order::Release);
  }

  AtomicRef<uint64_t> word_;
};

}  // namespace skein::task
