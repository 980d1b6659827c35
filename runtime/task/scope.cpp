// Counting children: see scope.h.
#include "runtime/task/scope.h"

#include "runtime/base/atomic.h"
#include "runtime/task/state.h"

namespace skein::task {

static AtomicRef<int64_t> pending_of(abi::Scope* scope) {
  return AtomicRef<int64_t>(scope->pending);
}

void add_child(abi::Scope* scope) { pending_of(scope).fetch_add(1, Order::Relaxed); }

// The body's count is given back before it runs again, so that the scope can be waited for anew
// (while unwinding, for instance).
abi::Frame* child_done(abi::Scope* scope) {
  // Acquires and releases: the body sees what every child wrote, and we see `waiter`.
  if (pending_of(scope).fetch_sub(1, Order::AcqRel) != 0) return nullptr;
  abi::Frame* waiter = scope->waiter;
  pending_of(scope).store(0, Order::Relaxed);
  return waiter;
}

bool wait_for_children(abi::Scope* scope, abi::Frame* frame) {
  if (pending_of(scope).load(Order::Acquire) == 0) return false;
  scope->waiter = frame;
  if (pending_of(scope).fetch_sub(1, Order::AcqRel) != 0) return true;
  pending_of(scope).store(0, Order::Relaxed);
  return false;
}

void note_panic(abi::Scope* scope, abi::Panic* panic) {
  uint64_t first = 0;
  AtomicRef<uint64_t> word(scope->panic);
  if (word.compare_exchange(first, reinterpret_cast<uint64_t>(panic), Order::AcqRel)) return;
  attach_panic(panic_of(first), panic);
}

abi::Panic* take_panic(abi::Scope* scope) {
  return panic_of(AtomicRef<uint64_t>(scope->panic).exchange(0, Order::AcqRel));
}

void attach_panic(abi::Panic* first, abi::Panic* second) {
  AtomicRef<abi::Panic*> head(first->attached);
  abi::Panic* others = head.load(Order::Relaxed);
  do {
    second->next_attached = others;
  } while (!head.compare_exchange(others, second, Order::AcqRel));
}

}  // namespace skein::task
