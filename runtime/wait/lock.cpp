// See lock.h.
#include "runtime/wait/lock.h"

#include "runtime/base/atomic.h"
#include "runtime/base/platform.h"
#include "runtime/base/spin_lock.h"
#include "runtime/sched/worker.h"
#include "runtime/task/record.h"
#include "runtime/wait/readers.h"
#include "runtime/wait/wait_queue.h"

#include <cstdlib>
#include <new>

namespace skein::wait {

using base::AtomicRef;
using base::Order;

// The word: who has the lock.
constexpr uint32_t kWriter = abi::kCellWriter;
constexpr uint32_t kReader = 2;  // one; they are counted above the lowest bit

// A taken lock is looked at so often before waiting, with so many pauses before each look: 0.4 µs, and 10 µs in
// all, about what it takes to suspend, to be woken and to try again. A look takes the holder's cache line away,
// which costs it as much as twenty short sections; so it is better to look late than often.
constexpr int kLooks = base::kModel ? 1 : 24;
constexpr int kPauses = base::kModel ? 1 : 16;

// Who was woken so often and found the lock taken again each time is handed it.
constexpr uint8_t kMostPassedOver = base::kModel ? 1 : 4;

static AtomicRef<uint32_t> state_of(Cell* cell) { return AtomicRef<uint32_t>(cell->state); }

Cell* make_cell(int64_t size) {
  void* memory = nullptr;
  int64_t bytes = 0;
  if (!__builtin_add_overflow(size, int64_t(abi::kCellContent) + 15, &bytes)) {
    memory = aligned_alloc(abi::kAlignment, static_cast<size_t>(bytes & ~int64_t(15)));
  }
  if (memory == nullptr) base::fatal("out of memory");
  Cell* cell = new (memory) Cell{};
  cell->count = 1;
  return cell;
}

void free_cell(Cell* cell) { free(cell); }

static bool is_free(uint32_t state, bool reads) {
  return reads ? (state & kWriter) == 0 : state == 0;
}

static uint32_t taken(uint32_t state, bool reads) {
  return reads ? state + kReader : state | kWriter;
}

// Relaxed: who has the lock sees what the one before it wrote, and to others it is a hint.
bool is_poisoned(const Cell* cell) {
  return AtomicRef<uint32_t>(const_cast<Cell*>(cell)->poisoned).load(Order::Relaxed) != 0;
}

void clear_poison(Cell* cell) { AtomicRef<uint32_t>(cell->poisoned).store(0, Order::Relaxed); }

static AtomicRef<abi::Node*> owner_word(Cell* cell) { return AtomicRef<abi::Node*>(cell->owner); }

const abi::Node* owner_of(const Cell* cell) {
  return owner_word(const_cast<Cell*>(cell)).load(Order::Relaxed);
}

// A task finds itself only if it wrote that, so the word needs no order.
static bool has_already(LockRequest request, const abi::Node* task) {
  Cell* cell = request.cell();
  if (owner_of(cell) == task) return true;
  return state_of(cell).load(Order::Relaxed) >= kReader && is_reader(cell, task);
}

// `task` has taken it, and gives it back if it is poisoned.
static int32_t note_taken(LockRequest request, abi::Node* task) {
  if (request.reads()) {
    add_reader(request.cell(), task);
  } else {
    owner_word(request.cell()).store(task, Order::Relaxed);
  }
  return is_poisoned(request.cell()) ? abi::kLockPoisoned : abi::kLockTaken;
}

void forget_holder(LockRequest request) {
  if (request.reads()) {
    remove_reader(request.cell(), sched::skn_node);
  } else {
    owner_word(request.cell()).store(nullptr, Order::Relaxed);
  }
}

static bool take(LockRequest request) {
  AtomicRef<uint32_t> word = state_of(request.cell());
  uint32_t state = word.load(Order::Relaxed);
  while (is_free(state, request.reads())) {
    if (word.compare_exchange(state, taken(state, request.reads()), Order::Acquire,
                              Order::Relaxed)) {
      return true;
    }
  }
  return false;
}

// Readers do not overtake a writer who waits.
static bool may_take(LockRequest request) {
  return !request.reads() || seems_empty(request.cell()->waiting);
}

int32_t try_lock(LockRequest request) {
  abi::Node* task = sched::skn_node;
  // A share of what the task shares already could be had; a writer who waits would not get by.
  if (request.reads() && has_already(request, task)) return abi::kLockHeld;
  if (may_take(request) && take(request)) return note_taken(request, task);
  if (has_already(request, task)) return abi::kLockHeld;
  // On a single worker the holder does not run meanwhile.
  if (sched::is_alone()) return abi::kLockBusy;
  for (int look = 0; look < kLooks; ++look) {
    for (int i = 0; i < kPauses; ++i) base::spin_pause();
    if (may_take(request) && take(request)) return note_taken(request, task);
  }
  return abi::kLockBusy;
}

// --- Waiting -------------------------------------------------------------------------------------

// What a node is used for while it waits: since when, and how often it was woken in vain.
static void begin_count(Cell* cell, Waiter* waiter) {
  waiter->value = reinterpret_cast<void*>(base::now());
  if (waiter->kind == 0) ++cell->waits;
}

static void end_count(Cell* cell, const Waiter* waiter) {
  const int64_t since = reinterpret_cast<int64_t>(waiter->value);
  cell->waited += static_cast<uint64_t>(base::now() - since);
}

static void leave_queue(Cell* cell, Waiter* waiter) {
  remove(cell->waiting, waiter);
  end_count(cell, waiter);
}

Contention contention_of(Cell* cell) {
  base::WordGuard guard(cell->queue_lock);
  return {cell->waits, static_cast<int64_t>(cell->waited)};
}

// The owner gives the lock back by a plain store and then looks for us: we run its fence for it. Now
// either it sees us or we see the lock free.
static void fence_owner() {
  if (sched::is_alone()) return;
  if (sched::skn_fences_always) {
    base::full_fence();
  } else {
    base::process_fence();
  }
}

bool wait_for_lock(LockRequest request, Waiter* waiter) {
  Cell* cell = request.cell();
  base::WordGuard guard(cell->queue_lock);
  begin_count(cell, waiter);
  if (waiter->kind == 0) {
    add_last(cell->waiting, waiter);
  } else {
    add_first(cell->waiting, waiter);
  }
  fence_owner();
  if (cell->waiting.first != waiter || !take(request)) return true;
  leave_queue(cell, waiter);
  waiter->outcome = static_cast<uint8_t>(note_taken(request, task::frame_of(waiter)->node));
  return false;
}

bool stop_waiting_for_lock(Waiter* waiter) {
  Cell* cell = LockRequest(waiter->chan).cell();
  base::WordGuard guard(cell->queue_lock);
  if (!waiter->is_linked) return false;
  leave_queue(cell, waiter);
  return true;
}

// With the queue: the lock goes to the first, and to the readers behind it if it reads.
static Waiter* hand_over(Cell* cell) {
  Waiter* served = nullptr;
  Waiter** end = &served;
  while (Waiter* waiter = cell->waiting.first) {
    const LockRequest request(waiter->chan);
    if (!take(request)) break;
    leave_queue(cell, waiter);
    waiter->outcome = static_cast<uint8_t>(note_taken(request, task::frame_of(waiter)->node));
    waiter->next = nullptr;
    *end = waiter;
    end = &waiter->next;
  }
  return served;
}

Waiter* wake_for_lock(Cell* cell) {
  base::WordGuard guard(cell->queue_lock);
  Waiter* first = cell->waiting.first;
  if (first == nullptr) return nullptr;
  const bool reads = LockRequest(first->chan).reads();
  if (reads || first->kind >= kMostPassedOver) return hand_over(cell);
  // Who took it meanwhile finds the queue when it gives it back.
  if (!is_free(state_of(cell).load(Order::Relaxed), reads)) return nullptr;
  leave_queue(cell, first);
  ++first->kind;
  first->outcome = static_cast<uint8_t>(abi::kLockBusy);
  first->next = nullptr;
  return first;
}

Waiter* release_lock(LockRequest request, bool poisons) {
  Cell* cell = request.cell();
  if (poisons && !request.reads()) AtomicRef<uint32_t>(cell->poisoned).store(1, Order::Relaxed);
  forget_holder(request);
  if (request.reads()) {
    state_of(cell).fetch_sub(kReader, Order::Release);
    base::fence_after_locked();
  } else {
    state_of(cell).store(0, Order::Release);
    base::full_fence();
  }
  return seems_empty(cell->waiting) ? nullptr : wake_for_lock(cell);
}

// There are few, and the library has no use for the templates of the standard one.
bool sort_requests(void** requests, int64_t count) {
  bool has_twice = false;
  for (int64_t i = 1; i < count; ++i) {
    void* request = requests[i];
    int64_t at = i;
    for (; at > 0 && LockRequest(requests[at - 1]).cell() > LockRequest(request).cell(); --at) {
      requests[at] = requests[at - 1];
    }
    requests[at] = request;
    has_twice |= at > 0 && LockRequest(requests[at - 1]).cell() == LockRequest(request).cell();
  }
  return has_twice;
}

}  // namespace skein::wait
