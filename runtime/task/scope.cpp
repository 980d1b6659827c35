// Counting children: see scope.h.
#include "runtime/task/scope.h"

#include "runtime/base/atomic.h"
#include "runtime/base/spin_lock.h"
#include "runtime/task/node.h"
#include "runtime/task/state.h"

namespace skein::task {

// While the body waits, `pending` says so, and above the children how many of them may be left. Were
// that read from the scope, the body could be taken out of one wait and be in another, for fewer,
// between the look at the word and its change.
constexpr int64_t kBodyWaits = int64_t(1) << 62;
constexpr int kThresholdShift = 32;
constexpr int64_t kMostLeft = (int64_t(1) << (62 - kThresholdShift)) - 1;

static int64_t children_in(int64_t pending) { return pending & ((int64_t(1) << kThresholdShift) - 1); }
static int64_t threshold_in(int64_t pending) { return (pending ^ kBodyWaits) >> kThresholdShift; }

// How many children are cancelled before the others who want the lock get a turn.
constexpr int kCancelledAtOnce = 64;

static AtomicRef<int64_t> pending_of(abi::Scope* scope) {
  return AtomicRef<int64_t>(scope->pending);
}

// Locks the lists of some scopes. A lock in the scope itself could be gone before it is let go.
struct alignas(64) ListLock {
  base::SpinLock lock;
};
constexpr uint64_t kListLocks = 64;
static constinit ListLock list_locks[kListLocks];

static base::SpinLock& lock_of(abi::Scope* scope) {
  const uint64_t number = reinterpret_cast<uint64_t>(scope) / abi::kAlignment;
  return list_locks[(number ^ (number >> 6) ^ (number >> 12)) % kListLocks].lock;
}

// --- The block -----------------------------------------------------------------------------------

// A bit that several blocks share stays as long as one of those further out needs it.
static bool is_still_wanted(abi::Scope* scope) {
  constexpr uint32_t kToBeLeft = abi::kScopeFailed | abi::kScopeTimedOut | abi::kScopeWon;
  if (scope->depth < kDeepest) return false;
  for (abi::Scope* outer = scope->outer; outer != nullptr; outer = outer->outer) {
    if (outer->depth < kDeepest) return false;
    if ((flags_of(outer).load(Order::Relaxed) & kToBeLeft) != 0) return true;
  }
  return false;
}

bool leave_requested_scope(abi::Scope* scope, uint32_t flags, uint32_t requests) {
  abi::Node* owner = scope->owner;
  const uint32_t bit = cancel_bit(scope->depth);
  if ((requests & bit) != 0 && !is_still_wanted(scope)) {
    cancel_of(owner).fetch_and(~bit, Order::Relaxed);
  }
  // Relaxed, as in leave_scope.
  const bool was_asked = (flags_of(scope).load(Order::Relaxed) & flags) != 0;
  return was_asked && !is_cancelled(owner);
}

// --- Children ------------------------------------------------------------------------------------

void add_child(abi::Scope* scope) { pending_of(scope).fetch_add(1, Order::Relaxed); }

abi::Child* list_child(abi::Scope* scope, abi::Node* node, Host& host) {
  add_child(scope);
  abi::Child* child = static_cast<abi::Child*>(host.frames.allocate(sizeof(abi::Child)));
  *child = {scope, node, nullptr, nullptr};
  abi::Frame* woken = nullptr;
  {
    base::SpinGuard guard(lock_of(scope));
    if ((flags_of(scope).load(Order::Relaxed) & abi::kScopeCancelled) != 0) {
      woken = cancel(node, kCancelTask);
    } else {
      child->next = scope->children;
      child->link = &scope->children;
      if (child->next != nullptr) child->next->link = &child->next;
      scope->children = child;
    }
  }
  if (woken != nullptr) host.wake(host, woken);
  return child;
}

static void unlink(abi::Child* child) {
  if (child->link == nullptr) return;
  *child->link = child->next;
  if (child->next != nullptr) child->next->link = child->link;
  child->next = nullptr;
  child->link = nullptr;
}

void unlist_child(abi::Child* child, Host& host) {
  {
    base::SpinGuard guard(lock_of(child->scope));
    unlink(child);
  }
  host.frames.free_later(child, sizeof(abi::Child));
}

abi::Frame* child_done(abi::Scope* scope) {
  int64_t pending = pending_of(scope).load(Order::Relaxed);
  while (true) {
    // One step: were there two, the body could be taken out of its wait and be gone between them.
    const int64_t left = children_in(pending) - 1;
    const bool wakes = pending >= kBodyWaits && left <= threshold_in(pending);
    // Acquires and releases: the body sees what every child wrote, and we see `waiter`, which stands
    // until we make it ready.
    if (pending_of(scope).compare_exchange(pending, wakes ? left : pending - 1, Order::AcqRel,
                                           Order::Relaxed)) {
      return wakes ? scope->waiter : nullptr;
    }
  }
}

bool wait_for_children(abi::Scope* scope, abi::Frame* frame) {
  int64_t pending = pending_of(scope).load(Order::Acquire);
  scope->waiter = frame;
  const int64_t most = scope->threshold < kMostLeft ? scope->threshold : kMostLeft;
  const int64_t waits = kBodyWaits | most << kThresholdShift;
  while (pending > scope->threshold) {
    if (pending_of(scope).compare_exchange(pending, pending | waits, Order::Release)) return true;
  }
  return false;
}

abi::Frame* stop_waiting_for_children(abi::Scope* scope) {
  abi::Frame* waiter = scope->waiter;
  int64_t pending = pending_of(scope).load(Order::Relaxed);
  while (pending >= kBodyWaits) {
    if (pending_of(scope).compare_exchange(pending, children_in(pending), Order::Relaxed,
                                           Order::Relaxed)) {
      return waiter;
    }
  }
  return nullptr;
}

uint32_t look_at_children(abi::Scope* scope, abi::Node** children, uint32_t most) {
  base::SpinLock& lock = lock_of(scope);
  if (!lock.try_lock()) return 0;
  uint32_t count = 0;
  for (abi::Child* child = scope->children; child != nullptr && count < most; child = child->next) {
    children[count++] = child->node;
  }
  lock.unlock();
  return count;
}

// --- Ending --------------------------------------------------------------------------------------

void cancel_children(abi::Scope* scope, Host& host) {
  for (bool more = true; more;) {
    base::SpinGuard guard(lock_of(scope));
    flags_of(scope).fetch_or(abi::kScopeCancelled, Order::Relaxed);
    for (int i = 0; i < kCancelledAtOnce && scope->children != nullptr; ++i) {
      abi::Child* child = scope->children;
      unlink(child);
      if (abi::Frame* woken = cancel(child->node, kCancelTask)) host.wake(host, woken);
    }
    more = scope->children != nullptr;
  }
}

bool claim_scope(abi::Scope* scope, uint32_t why) {
  return (flags_of(scope).fetch_or(why, Order::Relaxed) & why) == 0;
}

void end_scope(abi::Scope* scope, uint32_t why, Host& host) {
  // Relaxed: seen by whoever sees the request to the owner.
  flags_of(scope).fetch_or(why, Order::Relaxed);
  cancel_children(scope, host);
  if (scope->owner == nullptr) return;
  abi::Frame* woken = cancel(scope->owner, cancel_bit(scope->depth));
  if (woken != nullptr) host.wake(host, woken);
}

void note_panic(abi::Scope* scope, abi::Panic* panic, Host& host) {
  uint64_t first = 0;
  AtomicRef<uint64_t> word(scope->panic);
  if (word.compare_exchange(first, reinterpret_cast<uint64_t>(panic), Order::Release)) {
    return end_scope(scope, abi::kScopeFailed, host);
  }
  attach_panic(panic_of(first), panic);
}

abi::Panic* take_panic(abi::Scope* scope) {
  return panic_of(AtomicRef<uint64_t>(scope->panic).exchange(0, Order::Relaxed));
}

void attach_panic(abi::Panic* first, abi::Panic* second) {
  AtomicRef<abi::Panic*> head(first->attached);
  abi::Panic* others = head.load(Order::Relaxed);
  do {
    second->next_attached = others;
  } while (!head.compare_exchange(others, second, Order::Relaxed, Order::Relaxed));
}

}  // namespace skein::task
