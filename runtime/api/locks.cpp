// The part of the ABI for locks and shared values: operations of wait/lock.h, and what they wake
// handed to the scheduler.
#include "runtime/api/api.h"
#include "runtime/base/atomic.h"
#include "runtime/fault/panic.h"
#include "runtime/sched/thread_frame.h"
#include "runtime/sched/worker.h"
#include "runtime/value/handle_cell.h"
#include "runtime/wait/channel_wait.h"
#include "runtime/wait/lock.h"

using namespace skein;
using namespace skein::api;
using abi::Cell;
using base::AtomicRef;
using base::Order;
using value::HandleCell;
using wait::LockRequest;

static Cell* cell_at(Ptr cell) { return static_cast<Cell*>(cell); }

static LockRequest request_of(Ptr cell, bool reads) {
  const uint64_t bits = reinterpret_cast<uint64_t>(cell) | (reads ? 1 : 0);
  return LockRequest(reinterpret_cast<void*>(bits));
}

static void release(LockRequest request, bool poisons) {
  wait::wake_all(wait::release_lock(request, poisons));
}

extern "C" {

Ptr skn_cell_new(I64 size) {
  Cell* cell = wait::make_cell(size);
  cell->weak = 1;
  return cell;
}

void skn_cell_free(Ptr cell) { skn_weak_release(cell); }

void skn_weak_release(Ptr cell) {
  if (AtomicRef<int64_t>(cell_at(cell)->weak).fetch_sub(1, Order::AcqRel) == 1) {
    wait::free_cell(cell_at(cell));
  }
}

Ptr skn_handle_lock(Ptr cell) { return HandleCell(*static_cast<uint64_t*>(cell)).lock(); }

void skn_handle_unlock(Ptr cell, Ptr handle) {
  HandleCell(*static_cast<uint64_t*>(cell)).unlock(handle);
}

I1 skn_weak_upgrade(Ptr cell) {
  AtomicRef<int64_t> count(cell_at(cell)->count);
  int64_t handles = count.load(Order::Relaxed);
  while (handles > 0) {
    if (count.compare_exchange(handles, handles + 1, Order::AcqRel)) return true;
  }
  return false;
}

I32 skn_lock_try_slowly(Ptr request) { return wait::try_lock(LockRequest(request)); }

// For plain code: the thread waits in the queue in place of a task. Woken, it may have to try again, as
// a task does.
I32 skn_lock_block(Ptr request) {
  const LockRequest wanted(request);
  uint8_t times_woken = 0;
  int32_t outcome = wait::try_lock(wanted);
  while (outcome == int32_t(abi::kLockBusy)) {
    sched::ThreadFrame thread;
    abi::Waiter* waiter = thread.waiter();
    waiter->chan = request;
    waiter->kind = times_woken;
    if (wait::wait_for_lock(wanted, waiter)) thread.wait();
    outcome = waiter->outcome;
    times_woken = waiter->kind;
    if (outcome == int32_t(abi::kLockBusy)) outcome = wait::try_lock(wanted);
  }
  return outcome;
}

I1 skn_await_lock(Ptr waiter, Ptr frame) {
  return wait::lock(static_cast<abi::Waiter*>(waiter), static_cast<abi::Frame*>(frame));
}

SKEIN_COLD void skn_locks_give_back(Ptr requests, I64 taken) {
  void** list = static_cast<void**>(requests);
  for (int64_t i = 0; i < taken; ++i) release(LockRequest(list[i]), false);
}

void skn_lock_wake(Ptr cell) { wait::wake_all(wait::wake_for_lock(cell_at(cell))); }

void skn_lock_release_slowly(Ptr cell, I1 reads, I1 poisons) {
  release(request_of(cell, reads), poisons);
}

void skn_lock_travels(Ptr cell, I1 reads) { wait::forget_holder(request_of(cell, reads)); }

Ptr skn_locks_sort(Ptr requests, I64 count, I32 site) {
  if (!wait::sort_requests(static_cast<void**>(requests), count)) return nullptr;
  return fault::panic_with(site, "`lock` names the same lock twice");
}

SKEIN_COLD Ptr skn_lock_failed(Ptr requests, I64 taken, I32 site) {
  skn_locks_give_back(requests, taken);
  return fault::panic_with(site,
                           "the lock is poisoned: a task panicked while it could change the value");
}

SKEIN_COLD Ptr skn_lock_held(Ptr requests, I64 taken, I32 site) {
  skn_locks_give_back(requests, taken);
  return fault::panic_with(site, "this task has the lock already");
}

I64 skn_lock_waits(Ptr cell) { return wait::contention_of(cell_at(cell)).waits; }
I64 skn_lock_waited(Ptr cell) { return wait::contention_of(cell_at(cell)).nanoseconds; }

I1 skn_lock_is_poisoned(Ptr cell) { return wait::is_poisoned(cell_at(cell)); }
void skn_lock_clear_poison(Ptr cell) { wait::clear_poison(cell_at(cell)); }

}  // extern "C"
