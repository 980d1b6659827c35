// A lock for a few instructions, between threads that rarely meet.
#pragma once

#include "runtime/base/atomic.h"
#include "runtime/base/backoff.h"

namespace skein::base {

// Out of line, so that taking a free lock saves no registers for it.
template <class Word>
SKEIN_COLD void wait_for_word(Word& word) {
  Backoff backoff;
  do {
    backoff.pause();
  } while (word.load(Order::Relaxed) != 0);
}

// Takes the lock that a word is: 0 while nobody has it.
template <class Word>
SKEIN_INLINE void lock_word(Word& word) {
  while (SKEIN_UNLIKELY(word.exchange(1, Order::Acquire) != 0)) wait_for_word(word);
}

class SpinLock {
 public:
  constexpr SpinLock() = default;

  // Where it is most likely free: without looking first.
  SKEIN_INLINE bool try_lock_at_once() { return locked_.exchange(1, Order::Acquire) == 0; }
  bool try_lock() {
    return locked_.load(Order::Relaxed) == 0 && locked_.exchange(1, Order::Acquire) == 0;
  }
  SKEIN_INLINE void lock() { lock_word(locked_); }
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
