// The classes of base/atomic.h over the simulated memory: each operation says where it stands in the
// source, so that its order can be weakened there alone.
#pragma once

#include "test/model/simulator.h"

#include <type_traits>

// In what is instrumented, memory that is given back is watched.
#if __has_feature(thread_sanitizer)
#pragma redefine_extname malloc skein_model_malloc
#pragma redefine_extname aligned_alloc skein_model_aligned_alloc
#pragma redefine_extname free skein_model_free
#endif

namespace skein::base {

using model::Site;

// The place of the call, as a default argument.
#define SKEIN_HERE \
  const Site& here = Site { __builtin_FILE(), __builtin_LINE(), __builtin_COLUMN() }

template <class T>
class AtomicRef {
 public:
  explicit AtomicRef(T& word) : word_(&word) {}

  T load(Order order, SKEIN_HERE) const {
    return from_bits(model::load(word_, sizeof(T), order, here));
  }
  void store(T value, Order order, SKEIN_HERE) {
    model::store(word_, sizeof(T), to_bits(value), order, here);
  }
  T exchange(T value, Order order, SKEIN_HERE) {
    return change(model::Change::Exchange, value, order, here);
  }
  T fetch_add(T value, Order order, SKEIN_HERE) {
    return change(model::Change::Add, value, order, here);
  }
  T fetch_sub(T value, Order order, SKEIN_HERE) {
    return change(model::Change::Add, T(0) - value, order, here);
  }
  T fetch_or(T bits, Order order, SKEIN_HERE) {
    return change(model::Change::Or, bits, order, here);
  }
  T fetch_and(T bits, Order order, SKEIN_HERE) {
    return change(model::Change::And, bits, order, here);
  }
  bool compare_exchange(T& expected, T value, Order order, Order failure, SKEIN_HERE) {
    uint64_t seen = to_bits(expected);
    if (model::compare_exchange(word_, sizeof(T), seen, to_bits(value), order, failure, here)) {
      return true;
    }
    expected = from_bits(seen);
    return false;
  }
  bool compare_exchange(T& expected, T value, Order order, SKEIN_HERE) {
    return compare_exchange(expected, value, order, Order::Acquire, here);
  }

 private:
  static uint64_t to_bits(T value) {
    if constexpr (std::is_pointer_v<T>) {
      return reinterpret_cast<uint64_t>(value);
    } else {
      return static_cast<uint64_t>(value) & (~uint64_t(0) >> (64 - 8 * sizeof(T)));
    }
  }
  static T from_bits(uint64_t bits) {
    if constexpr (std::is_pointer_v<T>) {
      return reinterpret_cast<T>(bits);
    } else {
      return static_cast<T>(bits);
    }
  }
  T change(model::Change change, T value, Order order, const Site& here) {
    return from_bits(model::change(word_, sizeof(T), change, to_bits(value), order, here));
  }

  T* word_;
};

template <class T>
class Atomic {
 public:
  constexpr Atomic() = default;
  constexpr explicit Atomic(T value) : value_(value) {}
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;

  T load(Order order, SKEIN_HERE) const {
    return AtomicRef<T>(const_cast<T&>(value_)).load(order, here);
  }
  void store(T value, Order order, SKEIN_HERE) { ref().store(value, order, here); }
  T exchange(T value, Order order, SKEIN_HERE) { return ref().exchange(value, order, here); }
  T fetch_add(T value, Order order, SKEIN_HERE) { return ref().fetch_add(value, order, here); }
  T fetch_sub(T value, Order order, SKEIN_HERE) { return ref().fetch_sub(value, order, here); }
  bool compare_exchange(T& expected, T value, Order order, Order failure, SKEIN_HERE) {
    return ref().compare_exchange(expected, value, order, failure, here);
  }
  bool compare_exchange(T& expected, T value, Order order, SKEIN_HERE) {
    return ref().compare_exchange(expected, value, order, Order::Acquire, here);
  }
  void add_by_owner(T value) { store(load(Order::Relaxed) + value, Order::Relaxed); }
  const T* address() const { return &value_; }

 private:
  AtomicRef<T> ref() { return AtomicRef<T>(value_); }
  T value_ = T();
};

// The simulation keeps to the order of the source.
inline void compiler_fence() {}
inline void full_fence(SKEIN_HERE) { model::fence(here); }
inline void fence_after_locked(SKEIN_HERE) { model::fence(here); }
inline void spin_pause() { model::yield(); }

}  // namespace skein::base
