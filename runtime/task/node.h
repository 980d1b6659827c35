// Cancelling a task: what its node says, how a wait is begun, left and taken back.
//
// Requests. `cancel` is a set of bits: bit 0 asks the task to end, bit d its block of depth d to be
// left. The task looks at it where it is about to wait; requests for blocks outside of a `shield` are
// held back meanwhile. Nobody but the task acts on a request, by unwinding, and in doing so cancels
// what it started: cancellation travels down the tree by the tasks' own clean-up, which knows every
// handle and scope, and no list of all descendants has to be kept.
//
// Waits. `wait` says what the task is parked on:
//
//   0                 it runs, or is ready to
//   Frame*            the frame, which says more, has a record
//   Future* | 2       the result of another task; the frame is in that future's state word
//   Scope* | 4        the end of a scope; the frame is in the scope
//
// and bit 0 locks it: whoever has set it may look at the thing waited for, which lives until then.
//
//   the task      begin_wait: writes it, locked; takes its place in the queue of whatever it is;
//                 settle_wait: looks for requests once more, unlocks
//   its waker     needs nothing of this: it makes the frame ready
//   who resumes   leave_wait: waits for the lock, clears the word. Only then does the task run on
//   a canceller   sets a request; if the word is not 0, locks it, withdraws, clears it, and has
//                 the frame to make ready; or finds that the waker was first, and unlocks
//
// A request and a wait that begin at the same time see each other: each writes its own word before it
// reads the other's, with a full fence in between.
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/task/reasons.h"
#include "runtime/task/state.h"

namespace skein::task {

constexpr uint64_t kWaitLocked = 1;
constexpr uint64_t kWaitFuture = 2;
constexpr uint64_t kWaitScope = 4;

// Takes the record of a frame back, with the wait locked: false where its waker was first. One for each
// WaitReason, null where there is no record; wait/withdraw.cpp has them all.
using Withdraw = bool (*)(abi::Frame* frame);
extern const Withdraw withdraws[];

constexpr uint32_t kCancelTask = 1;
// Set while values are dropped by unwinding: tasks among them are cancelled.
constexpr uint32_t kCancelDropped = uint32_t(1) << 31;
// Blocks deeper than that share its bit.
constexpr uint32_t kDeepest = 30;
// A shield that holds everything back.
constexpr uint32_t kShieldAll = 32;

inline uint32_t cancel_bit(uint32_t depth) {
  return uint32_t(1) << (depth < kDeepest ? depth : kDeepest);
}

SKEIN_INLINE abi::Node* node_of(abi::Future* future) {
  return reinterpret_cast<abi::Node*>(reinterpret_cast<char*>(future) - abi::kNodeFuture);
}
SKEIN_INLINE abi::Future* future_of(abi::Node* node) {
  return reinterpret_cast<abi::Future*>(&node->state);
}

// Of the block that a node and its future lie in. A node has room for a block its task is in.
SKEIN_INLINE size_t node_bytes(size_t future_bytes) {
  const size_t bytes = abi::kNodeFuture + future_bytes;
  return bytes > sizeof(abi::Node) ? bytes : sizeof(abi::Node);
}

SKEIN_INLINE AtomicRef<uint32_t> cancel_of(abi::Node* node) {
  return AtomicRef<uint32_t>(node->cancel);
}
SKEIN_INLINE AtomicRef<uint64_t> wait_of(abi::Node* node) { return AtomicRef<uint64_t>(node->wait); }
SKEIN_INLINE AtomicRef<uint32_t> site_of(abi::Node* node) { return AtomicRef<uint32_t>(node->site); }

// Where it was spawned.
inline uint32_t spawned_at(const abi::Node* node) {
  const uint32_t site = site_of(const_cast<abi::Node*>(node)).load(Order::Relaxed);
  return site & ((uint32_t(1) << abi::kSiteBits) - 1);
}
// What a task that is about to run on has waited for, for who owns its frame; and the same from its word.
SKEIN_INLINE WaitReason reason_in(uint64_t what) {
  if (what <= kWaitLocked) return WaitReason::None;
  if ((what & kWaitFuture) != 0) return WaitReason::Task;
  if ((what & kWaitScope) != 0) return WaitReason::Scope;
  return static_cast<WaitReason>(reinterpret_cast<abi::Frame*>(what & ~kWaitLocked)->wait.reason);
}
inline WaitReason reason_of(abi::Node* node) {
  if (node == nullptr) return WaitReason::None;
  return reason_in(wait_of(node).load(Order::Acquire));
}

// How many of the lowest bits of `cancel` are held back.
inline uint32_t shield_of(abi::Node* node) {
  return (site_of(node).load(Order::Relaxed) & ~abi::kNodeBound) >> abi::kSiteBits;
}
// Whether the task may run on one thread only, that of `Thread.spawn`. The task itself sets it.
inline bool is_bound(abi::Node* node) {
  return (site_of(node).load(Order::Relaxed) & abi::kNodeBound) != 0;
}
void set_bound(abi::Node* node, bool is_bound);

// The task itself: gives what it was before.
uint32_t set_shield(abi::Node* node, uint32_t shield);
// The same, up to the block it is in, or everything.
uint32_t raise_shield(abi::Node* node, bool everything);

// Whether there is a request the task has to act on.
bool is_cancelled_slowly(abi::Node* node);
SKEIN_INLINE bool is_cancelled(abi::Node* node) {
  if (SKEIN_LIKELY(cancel_of(node).load(Order::Relaxed) == 0)) return false;
  return is_cancelled_slowly(node);
}

// The task itself, before it waits for `what`; and after it has taken its place. `settle_wait` is false
// when the wait was taken back and the task goes on: its waker cannot have been there, nor will be.
// Before it is called, a full fence must have been passed since `begin_wait`.
SKEIN_INLINE void begin_wait(abi::Node* node, uint64_t what) {
  wait_of(node).store(what | kWaitLocked, Order::Relaxed);
}
bool settle_cancelled_wait(abi::Node* node, uint64_t what);
SKEIN_INLINE bool settle_wait(abi::Node* node, uint64_t what) {
  if (SKEIN_UNLIKELY(cancel_of(node).load(Order::Relaxed) != 0)) {
    return settle_cancelled_wait(node, what);
  }
  wait_of(node).store(what, Order::Release);
  return true;
}
// The task itself: there was nothing to wait for.
SKEIN_INLINE void drop_wait(abi::Node* node) { wait_of(node).store(0, Order::Relaxed); }

// Before a frame of the task runs again: gives the word of the wait that is over, for reason_in.
uint64_t leave_wait_slowly(abi::Node* node);
SKEIN_INLINE uint64_t leave_wait(abi::Node* node) {
  uint64_t what = wait_of(node).load(Order::Relaxed);
  if (what == 0) return 0;
  const bool is_over = (what & kWaitLocked) == 0 &&
                       wait_of(node).compare_exchange(what, 0, Order::Acquire, Order::Relaxed);
  return SKEIN_LIKELY(is_over) ? what : leave_wait_slowly(node);
}

// Anybody to whom the node cannot be lost meanwhile: sets the request. Gives the frame to make ready if
// that ended a wait, or null.
[[nodiscard]] abi::Frame* cancel(abi::Node* node, uint32_t bit);
// The two halves of it, where the first has to be quick: a request alone, in a signal handler, and the
// end of the wait of a task that was asked before.
inline void request_cancel(abi::Node* node, uint32_t bit) {
  cancel_of(node).fetch_or(bit, Order::AcqRel);
}
[[nodiscard]] abi::Frame* end_cancelled_wait(abi::Node* node);

// Locks what the task waits for, so that it can be looked at; 0 if it waits for nothing or the lock is
// taken. Unlocked by unlock_wait with the same word.
uint64_t try_lock_wait(abi::Node* node);
void unlock_wait(abi::Node* node, uint64_t what);

}  // namespace skein::task
