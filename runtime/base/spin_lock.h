// A lock for a few instructions, between threads that rarely meet.
#pragma once

#include "runtime/base/atomic.h"
#include "runtime/base/backoff.h"

namespace skein::base {

// Takes the lock that a word is: 0 while nobody has it.
template <class Word>
void lock_word(Word& word) {
  Backoff backoff;
  while (word.exchange(1, Order::Acquire) != 0) {
    do {
      backoff.pause();
    } while (word.load(Order::Relaxed) != 0);
  }
}

class SpinLock {
 public:
  constexpr SpinLock() = default;

  // Where it is most likely free: without looking first.
  SKEIN_INLINE bool try_lock_at_once() { return locked_.exchange(1, Order::Acquire) == 0; }
  bool try_lock() {
    return locked_.load(Order::Relaxed) == 0 && locked_.exchange(1, Order::Acquire) == 0;
  }
  void lock() { lock_word(locked_); }
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

// The same over a word in a structure that compiled code knows.
class WordGuard {
 public:
  explicit WordGuard(uint32_t& word) : word_(word) { lock_word(word_); }
  ~WordGuard() { word_.store(0, Order::Release); }
  WordGuard(const WordGuard&) = delete;
  WordGuard& operator=(const WordGuard&) = delete;

 private:
  AtomicRef<uint32_t> word_;
};

}  // namespace skein::base
