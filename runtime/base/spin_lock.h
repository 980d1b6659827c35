// A lock for a few instructions, between threads that rarely meet.
#pragma once

#include "runtime/base/atomic.h"
#include "runtime/base/platform.h"

namespace skein::base {

class SpinLock {
 public:
  constexpr SpinLock() = default;

  bool try_lock() {
    return locked_.load(Order::Relaxed) == 0 && locked_.exchange(1, Order::Acquire) == 0;
  }
  void lock() {
    int tries = 0;
    while (locked_.exchange(1, Order::Acquire) != 0) {
      do {
        // The holder may have lost its core: give it ours now and then.
        if (++tries % 64 == 0) {
          yield_thread();
        } else {
          spin_pause();
        }
      } while (locked_.load(Order::Relaxed) != 0);
    }
  }
  void unlock() { locked_.store(0, Order::Release); }

 private:
  Atomic<int32_t> locked_;
};

class SpinGuard {
 public:
  explicit SpinGuard(SpinLock& lock) : lock_(lock) { lock_.lock(); }
  ~SpinGuard() { lock_.unlock(); }
  SpinGuard(const SpinGuard&) = delete;
  SpinGuard& operator=(const SpinGuard&) = delete;

 private:
  SpinLock& lock_;
};

}  // namespace skein::base
