// The only spelling of atomics in the runtime.
//
// Orders are always written out. Words in structures that compiled code knows (runtime/abi) are
// plain integers, reached through AtomicRef; all others are Atomic.
//
// Where SKEIN_MODEL names a header, that one spells them instead: the runtime's own sources then run
// in a simulated memory that shows every value the orders allow to be seen (test/model).
#pragma once

#include <cstdint>

namespace skein::base {

enum class Order : int {
  Relaxed = __ATOMIC_RELAXED,
  Acquire = __ATOMIC_ACQUIRE,
  Release = __ATOMIC_RELEASE,
  AcqRel = __ATOMIC_ACQ_REL,
};

#define SKEIN_INLINE __attribute__((always_inline)) inline
#define SKEIN_COLD __attribute__((preserve_most, noinline, cold))
#define SKEIN_LIKELY(condition) __builtin_expect(static_cast<bool>(condition), 1)
#define SKEIN_UNLIKELY(condition) __builtin_expect(static_cast<bool>(condition), 0)

#ifdef SKEIN_MODEL
}  // namespace skein::base
#include SKEIN_MODEL
namespace skein::base {
// Rings and batches are so small there that every edge is met.
constexpr bool kModel = true;
#else
constexpr bool kModel = false;

template <class T>
class AtomicRef {
 public:
  SKEIN_INLINE explicit AtomicRef(T& word) : word_(&word) {}

  SKEIN_INLINE T load(Order order) const { return __atomic_load_n(word_, int(order)); }
  SKEIN_INLINE void store(T value, Order order) { __atomic_store_n(word_, value, int(order)); }
  SKEIN_INLINE T exchange(T value, Order order) {
    return __atomic_exchange_n(word_, value, int(order));
  }
  // On failure `expected` becomes what was there, read with the second order.
  SKEIN_INLINE bool compare_exchange(T& expected, T value, Order order,
                                     Order failure = Order::Acquire) {
    return __atomic_compare_exchange_n(word_, &expected, value, false, int(order), int(failure));
  }
  SKEIN_INLINE T fetch_add(T value, Order order) {
    return __atomic_fetch_add(word_, value, int(order));
  }
  SKEIN_INLINE T fetch_sub(T value, Order order) {
    return __atomic_fetch_sub(word_, value, int(order));
  }
  SKEIN_INLINE T fetch_or(T bits, Order order) { return __atomic_fetch_or(word_, bits, int(order)); }
  SKEIN_INLINE T fetch_and(T bits, Order order) {
    return __atomic_fetch_and(word_, bits, int(order));
  }

 private:
  T* word_;
};

template <class T>
class Atomic {
 public:
  constexpr Atomic() = default;
  constexpr explicit Atomic(T value) : value_(value) {}
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;

  SKEIN_INLINE T load(Order order) const { return __atomic_load_n(&value_, int(order)); }
  SKEIN_INLINE void store(T value, Order order) { ref().store(value, order); }
  SKEIN_INLINE T exchange(T value, Order order) { return ref().exchange(value, order); }
  SKEIN_INLINE bool compare_exchange(T& expected, T value, Order order,
                                     Order failure = Order::Acquire) {
    return ref().compare_exchange(expected, value, order, failure);
  }
  SKEIN_INLINE T fetch_add(T value, Order order) { return ref().fetch_add(value, order); }
  SKEIN_INLINE T fetch_sub(T value, Order order) { return ref().fetch_sub(value, order); }

  // For a word that one thread alone writes: no locked instruction.
  SKEIN_INLINE void add_by_owner(T value) { store(load(Order::Relaxed) + value, Order::Relaxed); }

  // The address, for futex calls.
  const T* address() const { return &value_; }

 private:
  SKEIN_INLINE AtomicRef<T> ref() { return AtomicRef<T>(value_); }
  T value_ = T();
};

// Keeps the compiler, but not the processor, from moving memory operations across it.
SKEIN_INLINE void compiler_fence() { __atomic_signal_fence(__ATOMIC_SEQ_CST); }

// Orders all memory operations of this thread, stores before later loads included.
SKEIN_INLINE void full_fence() {
  // A locked instruction on the own stack is faster than mfence (5 ns against 20), and the thread
  // sanitizer, which does not know fences, needs neither.
  __asm__ volatile("lock; orl $0, -8(%%rsp)" ::: "memory", "cc");
}

// The same right behind an operation of this thread that reads and writes a word in one: where such
// instructions are locked, the processor has done it already.
SKEIN_INLINE void fence_after_locked() { compiler_fence(); }

SKEIN_INLINE void spin_pause() { __builtin_ia32_pause(); }
#endif

}  // namespace skein::base
