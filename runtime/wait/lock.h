// Locks that tasks wait for: one task to write, or any number to read.
//
// One word says who has the lock; taking a free one and giving it back while nobody waits are an
// atomic instruction each. Who finds it taken spins for a moment, since the holder is likely to be
// running on another core and nearly done, and then waits in a queue. A lock that is given back with
// tasks waiting is handed to the first of them (and to the readers right behind a reader), so
// nobody is overtaken for ever: readers that come while somebody waits, wait too.
//
// Nothing here makes a frame ready: operations give back those that have to run.
#pragma once

#include "runtime/abi/layout.h"

namespace skein::wait {

using abi::Cell;
using abi::Frame;
using abi::Waiter;

// A new cell with room for `size` bytes, count 1. Ends the program when memory is out.
Cell* make_cell(int64_t size);
void free_cell(Cell* cell);

// A lock and how it is wanted, as compiled code passes it: the lowest bit says for reading.
class LockRequest {
 public:
  explicit LockRequest(void* tagged) : bits_(reinterpret_cast<uint64_t>(tagged)) {}
  Cell* cell() const { return reinterpret_cast<Cell*>(bits_ & ~uint64_t(1)); }
  bool reads() const { return (bits_ & 1) != 0; }

 private:
  uint64_t bits_;
};

// Without waiting: abi::kLockTaken, kLockBusy, kLockPoisoned.
int32_t try_lock(LockRequest request);

// False: it did not have to wait. Either way `outcome` of the node says what happened, now or when
// the frame runs again.
bool wait_for_lock(LockRequest request, Waiter* waiter);

// Takes the node out of the queue; false if it has the lock.
bool stop_waiting_for_lock(Waiter* waiter);

// `poisons`: a panic goes through the block. Gives the waiters that have the lock now, linked by
// `next`.
Waiter* release_lock(LockRequest request, bool poisons);

// The task that may change the value, or null. Others can only compare it: it may end at any moment.
const abi::Node* owner_of(const Cell* cell);

bool is_poisoned(const Cell* cell);
void clear_poison(Cell* cell);

// Puts the requests of one `lock` in the order of their addresses, the order of all. True if a lock
// is among them twice.
bool sort_requests(void** requests, int64_t count);

}  // namespace skein::wait
