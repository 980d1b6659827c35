// The cell of an `Atomic` that holds a counted handle: a Shared, Weak or Chan.
//
// Who loads a handle counts itself as an owner, and who stores another one gives up the cell's own
// count. Between reading the pointer and counting, the last owner must not go. So the lowest bit of
// the word, which is 0 in every handle, is a lock for these few instructions:
//
//     load             lock; count; unlock with the same handle
//     store, swap      lock; unlock with the new handle; the old one is the caller's now
//     compare_exchange lock; unlock with the new handle if the old one was expected
//
// All operations on one cell are ordered by its lock, so they are sequentially consistent.
#pragma once

#include <cstdint>

#include "runtime/base/atomic.h"
#include "runtime/base/backoff.h"

namespace skein::value {

class HandleCell {
 public:
  explicit HandleCell(uint64_t& word) : word_(word) {}

  // The handle that is there. It stays, and keeps its count, until `unlock`.
  void* lock() {
    base::Backoff backoff;
    uint64_t word = word_.fetch_or(kLocked, base::Order::Acquire);
    while ((word & kLocked) != 0) {
      do {
        backoff.pause();
      } while ((word_.load(base::Order::Relaxed) & kLocked) != 0);
      word = word_.fetch_or(kLocked, base::Order::Acquire);
    }
    return reinterpret_cast<void*>(word);
  }

  // The handle that is there from now on.
  void unlock(void* handle) {
    word_.store(reinterpret_cast<uint64_t>(handle), base::Order::Release);
  }

 private:
  static constexpr uint64_t kLocked = 1;

  base::AtomicRef<uint64_t> word_;
};

}  // namespace skein::value
