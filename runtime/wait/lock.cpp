// See lock.h.
#include "runtime/wait/lock.h"

#include "runtime/base/atomic.h"
#include "runtime/base/platform.h"
#include "runtime/base/spin_lock.h"
#include "runtime/sched/worker.h"
#include "runtime/wait/wait_queue.h"

#include <cstdlib>
#include <new>

namespace skein::wait {

using base::AtomicRef;
using base::Order;

// The word: who has the lock, and whether anybody waits.
constexpr uint32_t kWriter = 1;
constexpr uint32_t kWaiters = 2;
constexpr uint32_t kReader = 4;  // one; they are counted above the two bits

// How often a taken lock is looked at before waiting: about as long as the holder of a small section
// needs to finish it, and far less than it takes to suspend and be woken.
constexpr int kSpins = base::kModel ? 1 : 40;

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
  return reads ? (state & (kWriter | kWaiters)) == 0 : (state & ~kWaiters) == 0;
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

// Relaxed: it is only compared.
const abi::Node* owner_of(const Cell* cell) {
  return owner_word(const_cast<Cell*>(cell)).load(Order::Relaxed);
}

// `task` has just taken it, and gives it back if it is poisoned.
static int32_t note_taken(LockRequest request, abi::Node* task) {
  if (!request.reads()) owner_word(request.cell()).store(task, Order::Relaxed);
  return is_poisoned(request.cell()) ? abi::kLockPoisoned : abi::kLockTaken;
}

// A lock with waiters is theirs: those who come now do not overtake them.
static bool take(LockRequest request) {
  AtomicRef<uint32_t> word = state_of(request.cell());
  uint32_t state = word.load(Order::Relaxed);
  while ((state & kWaiters) == 0 && is_free(state, request.reads())) {
    if (word.compare_exchange(state, taken(state, request.reads()), Order::Acquire,
                              Order::Relaxed)) {
      return true;
    }
  }
  return false;
}

int32_t try_lock(LockRequest request) {
  for (int i = 0; i < kSpins; ++i) {
    if (take(request)) return note_taken(request, sched::skn_node);
    if ((state_of(request.cell()).load(Order::Relaxed) & kWaiters) != 0) break;
    base::spin_pause();
  }
  return abi::kLockBusy;
}

bool wait_for_lock(LockRequest request, Waiter* waiter) {
  Cell* cell = request.cell();
  base::WordGuard guard(cell->queue_lock);
  AtomicRef<uint32_t> word = state_of(cell);
  uint32_t state = word.load(Order::Relaxed);
  while (true) {
    if ((state & kWaiters) == 0 && is_free(state, request.reads())) {
      if (!word.compare_exchange(state, taken(state, request.reads()), Order::Acquire,
                                 Order::Relaxed)) {
        continue;
      }
      waiter->outcome = static_cast<uint8_t>(note_taken(request, sched::skn_node));
      return false;
    }
    // Relaxed: who sees the bit takes the queue's lock.
    if (word.compare_exchange(state, state | kWaiters, Order::Relaxed, Order::Relaxed)) break;
  }
  waiter->arm = request.reads() ? 1 : 0;
  add_last(cell->waiting, waiter);
  return true;
}

bool stop_waiting_for_lock(Waiter* waiter) {
  Cell* cell = LockRequest(waiter->chan).cell();
  base::WordGuard guard(cell->queue_lock);
  if (!waiter->is_linked) return false;
  remove(cell->waiting, waiter);
  // Those behind it may have waited for its sake alone: they get the lock when it is given back.
  if (cell->waiting.first == nullptr) state_of(cell).fetch_and(~kWaiters, Order::Relaxed);
  return true;
}

// With the queue: the lock goes to the first, and to the readers behind it if it reads.
static Waiter* hand_over(Cell* cell, uint32_t& state) {
  Waiter* served = nullptr;
  Waiter** end = &served;
  while (Waiter* waiter = cell->waiting.first) {
    const bool reads = waiter->arm != 0;
    const bool fits = reads ? (state & kWriter) == 0 : state == 0;
    if (!fits) break;
    remove(cell->waiting, waiter);
    state = taken(state, reads);
    const int32_t outcome = note_taken(LockRequest(waiter->chan), waiter->frame->node);
    waiter->outcome = static_cast<uint8_t>(outcome);
    waiter->next = nullptr;
    *end = waiter;
    end = &waiter->next;
  }
  return served;
}

Waiter* release_lock(LockRequest request, bool poisons) {
  Cell* cell = request.cell();
  if (poisons && !request.reads()) AtomicRef<uint32_t>(cell->poisoned).store(1, Order::Relaxed);
  if (!request.reads()) owner_word(cell).store(nullptr, Order::Relaxed);
  AtomicRef<uint32_t> word = state_of(cell);
  const uint32_t share = request.reads() ? kReader : kWriter;
  uint32_t state = word.load(Order::Relaxed);
  while ((state & kWaiters) == 0) {
    if (word.compare_exchange(state, state - share, Order::Release, Order::Relaxed)) return nullptr;
  }
  base::WordGuard guard(cell->queue_lock);
  // The last of those who waited may have gone meanwhile, and the word is anybody's again.
  if (cell->waiting.first == nullptr) {
    word.fetch_sub(share, Order::Release);
    return nullptr;
  }
  // Others may still give up their shares for reading, but nobody takes one. Acquire: whoever is served
  // comes after those who gave theirs up without the queue.
  state = word.fetch_sub(share, Order::Acquire) - share;
  uint32_t holders = state & ~kWaiters;
  if (holders != 0) return nullptr;
  Waiter* served = hand_over(cell, holders);
  word.store(holders | (cell->waiting.first != nullptr ? kWaiters : 0), Order::Release);
  return served;
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
