// See node.h.
#include "runtime/task/node.h"

#include "runtime/base/backoff.h"
#include "runtime/task/scope.h"

namespace skein::task {

uint32_t set_shield(abi::Node* node, uint32_t shield) {
  AtomicRef<uint32_t> word = site_of(node);
  const uint32_t old = word.load(Order::Relaxed);
  constexpr uint32_t kRest = ((uint32_t(1) << abi::kSiteBits) - 1) | abi::kNodeBound;
  word.store((old & kRest) | (shield << abi::kSiteBits), Order::Relaxed);
  return (old & ~abi::kNodeBound) >> abi::kSiteBits;
}

void set_bound(abi::Node* node, bool is_bound) {
  AtomicRef<uint32_t> word = site_of(node);
  const uint32_t rest = word.load(Order::Relaxed) & ~abi::kNodeBound;
  word.store(is_bound ? rest | abi::kNodeBound : rest, Order::Relaxed);
}

uint32_t raise_shield(abi::Node* node, bool everything) {
  const uint32_t depth = node->block == nullptr ? 0 : node->block->depth;
  const uint32_t blocks = (depth < kDeepest ? depth : kDeepest) + 1;
  const uint32_t before = shield_of(node);
  const uint32_t wanted = everything ? kShieldAll : blocks;
  return set_shield(node, wanted > before ? wanted : before);
}

bool is_cancelled_slowly(abi::Node* node) {
  const uint64_t requests = cancel_of(node).load(Order::Acquire);
  return (requests >> shield_of(node)) != 0;
}

// Takes the wait back. Gives the frame that waited, or null when its waker was first. The word is
// locked.
static abi::Frame* withdraw(uint64_t what) {
  constexpr uint64_t kTags = kWaitFuture | kWaitScope;
  if ((what & kWaitFuture) != 0) {
    return StateWord(reinterpret_cast<abi::Future*>(what & ~kTags)->state).withdraw();
  }
  if ((what & kWaitScope) != 0) {
    return stop_waiting_for_children(reinterpret_cast<abi::Scope*>(what & ~kTags));
  }
  abi::Frame* frame = reinterpret_cast<abi::Frame*>(what);
  if (!withdraws[frame->wait.reason](frame)) return nullptr;
  frame->wait.cancelled = 1;
  return frame;
}

bool settle_cancelled_wait(abi::Node* node, uint64_t what) {
  const bool stays = !is_cancelled_slowly(node) || withdraw(what) == nullptr;
  // A canceller who comes later finds the wait, or that there is none.
  wait_of(node).store(stays ? what : 0, Order::Release);
  return stays;
}

uint64_t leave_wait_slowly(abi::Node* node) {
  base::Backoff backoff;
  while (true) {
    uint64_t what = wait_of(node).load(Order::Relaxed);
    if (what == 0) return 0;
    // Acquire: whoever had it locked is through with the record.
    if ((what & kWaitLocked) == 0 &&
        wait_of(node).compare_exchange(what, 0, Order::Acquire, Order::Relaxed)) {
      return what;
    }
    backoff.pause();
  }
}

abi::Frame* cancel(abi::Node* node, uint32_t bit) {
  if ((cancel_of(node).fetch_or(bit, Order::Release) & bit) != 0) return nullptr;
  return end_cancelled_wait(node);
}

abi::Frame* end_cancelled_wait(abi::Node* node) {
  base::fence_after_locked();
  base::Backoff backoff;
  uint64_t what = 0;
  while (true) {
    what = wait_of(node).load(Order::Relaxed);
    if (what == 0) return nullptr;
    if ((what & kWaitLocked) == 0 &&
        wait_of(node).compare_exchange(what, what | kWaitLocked, Order::Acquire, Order::Relaxed)) {
      break;
    }
    backoff.pause();
  }
  abi::Frame* frame = is_cancelled_slowly(node) ? withdraw(what) : nullptr;
  wait_of(node).store(frame != nullptr ? 0 : what, Order::Release);
  return frame;
}

uint64_t try_lock_wait(abi::Node* node) {
  uint64_t what = wait_of(node).load(Order::Relaxed);
  if (what == 0 || (what & kWaitLocked) != 0) return 0;
  const bool locked =
      wait_of(node).compare_exchange(what, what | kWaitLocked, Order::Acquire, Order::Relaxed);
  return locked ? what : 0;
}

void unlock_wait(abi::Node* node, uint64_t what) { wait_of(node).store(what, Order::Release); }

}  // namespace skein::task
