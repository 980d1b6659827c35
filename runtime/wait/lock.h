// Locks that tasks wait for: one task to write, or any number to read.
//
// One word says who has the lock. Taking a free one for writing is one atomic instruction, giving it
// back a plain store: who begins to wait has the owner's processor pass a fence, so that one of the two
// sees the other. Who finds a lock taken spins for a moment, since the holder is likely to be running on
// another core and nearly done, and then waits in a queue.
//
// A lock that is given back is free for all: the first who waits is woken to try once more, and until it
// runs others may take the lock again and again. Handing it over at once would have each section wait for
// a task to be woken, ten times as long as the section (143 ns against 13). Who was woken in vain
// several times is handed the lock, so nobody is overtaken for ever; readers are handed it at once, all
// who wait in a row, and readers that come while somebody waits, wait too.
//
// A lock knows the task that may change its value, and readers.h which tasks look at it: a task that
// asks for what it has would wait for itself, and is told so.
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

// Without waiting: abi::kLockTaken, kLockBusy, kLockPoisoned, kLockHeld.
int32_t try_lock(LockRequest request);

// False: it did not have to wait. Either way `outcome` of the node says what happened, now or when
// the frame runs again; kLockBusy: it has to try again. `kind` of a new one is 0.
bool wait_for_lock(LockRequest request, Waiter* waiter);

// Takes the node out of the queue; false if it is not there any more. Then those behind it are to be woken
// by wake_for_lock: they may have waited for its sake alone.
bool stop_waiting_for_lock(Waiter* waiter);

// `poisons`: a panic goes through the block. Gives the waiters that are to go on now, linked by `next`.
Waiter* release_lock(LockRequest request, bool poisons);
// The same for a lock that was given back already, or by who was woken and does not want it any more.
Waiter* wake_for_lock(Cell* cell);

// The task that runs has it, and it is not known any more which task does.
void forget_holder(LockRequest request);

// What tasks have waited for it so far.
struct Contention {
  int64_t waits;
  int64_t nanoseconds;
};
Contention contention_of(Cell* cell);

// The task that may change the value, or null. Others can only compare it: it may end at any moment.
const abi::Node* owner_of(const Cell* cell);

bool is_poisoned(const Cell* cell);
void clear_poison(Cell* cell);

// Puts the requests of one `lock` in the order of their addresses, the order of all. True if a lock
// is among them twice.
bool sort_requests(void** requests, int64_t count);

}  // namespace skein::wait
