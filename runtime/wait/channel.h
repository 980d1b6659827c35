// Channels: a ring of values under a spin lock, and the tasks that wait for room or for a value.
//
// A value goes straight to a task that waits for one, so where tasks wait to receive the ring is
// empty, and where tasks wait to send it is full. Each operation takes the lock once. Values are
// moved as bytes; whoever waits has a node in its frame (abi::Waiter), so nothing is allocated.
//
// A task that waits for several things has a node at each, with one word in common (task/claim.h).
// Whoever wants to serve a node claims it first; a node that lost stays in its queue until its own
// task withdraws it.
//
// Nothing here makes a frame ready: operations give back the frame that has to run next, or null.
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/base/spin_lock.h"
#include "runtime/task/claim.h"
#include "runtime/task/record.h"
#include "runtime/wait/ticker.h"
#include "runtime/wait/wait_queue.h"

namespace skein::wait {

using abi::Frame;

// What became of an operation.
enum class Outcome : uint8_t {
  Done = abi::kChanDone,
  Closed = abi::kChanClosed,    // a value cannot be sent any more, or all have been received
  Blocked = abi::kChanBlocked,  // it would have to wait
  Waiting,                      // of a node: it was not served yet
};

constexpr int64_t kUnbounded = static_cast<int64_t>(abi::kUnbounded);
// No channel holds more values than that.
constexpr int64_t kMostValues = INT32_MAX;

class Channel {
 public:
  // `capacity` values of `size` bytes; 0: each send waits for a receive; kUnbounded. `name` is that
  // of the variable it was made for and outlives it, or null. Ends the program when memory is out.
  static Channel* make(int64_t capacity, uint32_t size, const char* name);
  // The last owner: nobody waits, and what was in it has been taken out.
  static void free(Channel* channel);

  // One more owner, and one less, of a channel whose values need no drop.
  void retain();
  static void release(Channel* channel);

  // What fills it, and is stopped when it is closed. Before anybody else knows the channel.
  void set_ticker(Ticker* ticker) {
    name_or_ticker_ = ticker;
    has_ticker_ = true;
  }

  // Where there is room and nobody waits to receive, or a value and nobody waits to send: inlined into
  // compiled code, which knows the size. False: nothing has happened, and the others have to look.
  bool send_at_once(const void* value, size_t size);
  bool receive_at_once(void* value, size_t size);

  // Any thread. `value` points at the bytes sent, or to where those received go; on Done they have
  // moved. `wake` is the frame of the other side, if there is one to be made ready.
  Outcome send(const void* value, Frame*& wake);
  Outcome receive(void* value, Frame*& wake);

  // The same for a task that waits when it has to: false if that was not needed, `outcome` of the
  // node then says what happened. The frame may be running before `true` comes back.
  bool wait_to_send(Waiter* waiter, Frame*& wake);
  bool wait_to_receive(Waiter* waiter, Frame*& wake);

  // An arm of a select that is being offered.
  enum class Offer : uint8_t {
    Linked,  // it waits
    Served,  // its task has won, and the operation is done
    Lost,    // its task was served through another node
    Again,   // the other side was lost; the select has to withdraw and try once more
  };
  Offer offer(abi::SelectArm* waiter, Frame*& wake);

  // Takes the node out of its queue; false if it is not there any more. Afterwards what was written by
  // whoever served it can be read.
  bool withdraw(Waiter* waiter);

  // Hints, without the lock: whether somebody waits to receive, and whether the operation would not wait.
  bool has_receivers() const { return !seems_empty(receivers_); }
  bool may_send() const;
  bool may_receive() const;

  // No more values are sent. Gives the tasks that waited, linked by `next`, each served as Closed.
  Waiter* close();
  bool is_closed() const { return closed_.load(Order::Acquire) != 0; }

  // The moment it was asked: others may change it.
  int64_t length() const { return length_.load(Order::Relaxed); }
  int64_t capacity() const {
    return is_unbounded_ ? kUnbounded : slots_.load(Order::Relaxed);
  }
  const char* name() const {
    return has_ticker_ ? nullptr : static_cast<const char*>(name_or_ticker_);
  }

 private:
  using Order = base::Order;

  Channel(bool is_unbounded, uint32_t size, const char* name)
      : is_unbounded_(is_unbounded), size_(size), name_or_ticker_(name) {}
  // The rest of the operations, where their first look was not enough; the second of each has the lock,
  // and gives it back.
  Outcome send_slowly(const void* value, Frame*& wake);
  Outcome receive_slowly(void* value, Frame*& wake);
  Outcome send_locked(const void* value, Frame*& wake);
  Outcome receive_locked(void* value, Frame*& wake);
  // Where what the task waits for has come since it looked.
  SKEIN_COLD bool wait_to_send_locked(Waiter* waiter, Frame*& wake);
  SKEIN_COLD bool wait_to_receive_locked(Waiter* waiter, Frame*& wake);
  bool try_send(const void* value, Frame*& wake);
  bool try_receive(void* value, Frame*& wake);
  bool has_room() const;
  bool may_meet(const abi::SelectArm* waiter, bool sends) const;
  WaitQueue& queue_of(const Waiter* waiter);
  void put_last(const void* value);
  void take_first(void* value, uint32_t length, size_t size);
  // Of a waiter's value: itself, if it is small and the waiter no arm.
  void* place_of(Waiter* waiter) const {
    const bool is_here = size_ <= abi::kSmallValue && !waiter->is_arm;
    return is_here ? &waiter->value : waiter->value;
  }
  Waiter* serve_all_closed();
  void make_ring(int64_t slots);
  void grow();
  char* slot(uint64_t index) const { return ring_ + index * size_; }
  void move(void* to, const void* from) const;

  // Owners. First, where compiled code counts them.
  int64_t count_ = 1;
  base::SpinLock lock_;
  // Invariant: written inside the lock only, as what follows.
  base::Atomic<uint16_t> closed_;
  const bool is_unbounded_;
  bool has_ticker_ = false;
  base::Atomic<uint32_t> length_;
  // As many as it has room for now; the capacity, unless it is unbounded.
  base::Atomic<uint32_t> slots_;
  uint32_t head_ = 0;
  const uint32_t size_;
  char* ring_ = nullptr;
  WaitQueue senders_ = {};
  WaitQueue receivers_ = {};
  const void* name_or_ticker_;
};
// A line of the cache, in a block of its own size.
static_assert(sizeof(Channel) == 64);

SKEIN_INLINE bool Channel::has_room() const {
  return is_unbounded_ || length_.load(Order::Relaxed) < slots_.load(Order::Relaxed);
}

SKEIN_INLINE bool Channel::may_send() const {
  return has_room() || !seems_empty(receivers_) || closed_.load(Order::Relaxed) != 0;
}

SKEIN_INLINE bool Channel::may_receive() const {
  return length_.load(Order::Relaxed) > 0 || !seems_empty(senders_) ||
         closed_.load(Order::Relaxed) != 0;
}

SKEIN_INLINE bool Channel::send_at_once(const void* value, size_t size) {
  if (length_.load(Order::Relaxed) >= slots_.load(Order::Relaxed)) return false;
  if (!lock_.try_lock_at_once()) return false;
  const uint32_t length = length_.load(Order::Relaxed);
  const uint32_t slots = slots_.load(Order::Relaxed);
  const bool can = length < slots && receivers_.first == nullptr &&
                   closed_.load(Order::Relaxed) == 0;
  if (SKEIN_LIKELY(can)) {
    uint32_t at = head_ + length;
    if (at >= slots) at -= slots;
    __builtin_memcpy(ring_ + at * size, value, size);
    length_.store(length + 1, Order::Relaxed);
  }
  lock_.unlock();
  return can;
}

// With the lock, of `length` values.
SKEIN_INLINE void Channel::take_first(void* value, uint32_t length, size_t size) {
  const uint32_t head = head_;
  __builtin_memcpy(value, ring_ + head * size, size);
  head_ = head + 1 == slots_.load(Order::Relaxed) ? 0 : head + 1;
  length_.store(length - 1, Order::Relaxed);
}

SKEIN_INLINE bool Channel::receive_at_once(void* value, size_t size) {
  if (length_.load(Order::Relaxed) == 0) return false;
  if (!seems_empty(senders_) || !lock_.try_lock_at_once()) return false;
  const uint32_t length = length_.load(Order::Relaxed);
  const bool can = length > 0 && senders_.first == nullptr;
  if (SKEIN_LIKELY(can)) {
    take_first(value, length, size);
  }
  lock_.unlock();
  return can;
}

// Most often values are words, and who waits at a channel without room waits for nothing else. Such a task
// stands in no queue of a channel that is closed, nor one that receives where there are values.
SKEIN_INLINE Outcome Channel::send(const void* value, Frame*& wake) {
  if (size_ != abi::kSmallValue || seems_empty(receivers_)) return send_slowly(value, wake);
  lock_.lock();
  Waiter* waiter = receivers_.first;
  if (SKEIN_UNLIKELY(waiter == nullptr || waiter->is_arm)) return send_locked(value, wake);
  remove_first(receivers_);
  __builtin_memcpy(&waiter->value, value, abi::kSmallValue);
  waiter->outcome = static_cast<uint8_t>(Outcome::Done);
  wake = task::frame_around(waiter);
  lock_.unlock();
  return Outcome::Done;
}

SKEIN_INLINE Outcome Channel::receive(void* value, Frame*& wake) {
  if (size_ != abi::kSmallValue || !may_receive()) return receive_slowly(value, wake);
  lock_.lock();
  Waiter* waiter = senders_.first;
  const uint32_t length = length_.load(Order::Relaxed);
  if (waiter == nullptr && length > 0) {
    take_first(value, length, abi::kSmallValue);
  } else if (SKEIN_LIKELY(waiter != nullptr && length == 0 && !waiter->is_arm)) {
    remove_first(senders_);
    __builtin_memcpy(value, &waiter->value, abi::kSmallValue);
    waiter->outcome = static_cast<uint8_t>(Outcome::Done);
    wake = task::frame_around(waiter);
  } else {
    return receive_locked(value, wake);
  }
  lock_.unlock();
  return Outcome::Done;
}

SKEIN_INLINE bool Channel::wait_to_send(Waiter* waiter, Frame*& wake) {
  lock_.lock();
  const bool waits = receivers_.first == nullptr && !has_room() && closed_.load(Order::Relaxed) == 0;
  if (SKEIN_UNLIKELY(!waits)) return wait_to_send_locked(waiter, wake);
  waiter->outcome = static_cast<uint8_t>(Outcome::Waiting);
  add_last(senders_, waiter);
  lock_.unlock();
  return true;
}

SKEIN_INLINE bool Channel::wait_to_receive(Waiter* waiter, Frame*& wake) {
  lock_.lock();
  const bool waits = length_.load(Order::Relaxed) == 0 && senders_.first == nullptr &&
                     closed_.load(Order::Relaxed) == 0;
  if (SKEIN_UNLIKELY(!waits)) return wait_to_receive_locked(waiter, wake);
  waiter->outcome = static_cast<uint8_t>(Outcome::Waiting);
  add_last(receivers_, waiter);
  lock_.unlock();
  return true;
}

}  // namespace skein::wait
