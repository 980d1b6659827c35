// See channel.h.
#include "runtime/wait/channel.h"

#include "runtime/base/platform.h"

#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <new>

namespace skein::wait {

using base::AtomicRef;
using base::Order;
using base::SpinGuard;

// --- Waiters -------------------------------------------------------------------------------------

Claim claim(Waiter* waiter) {
  if (waiter->claim == nullptr) return Claim::Won;
  AtomicRef<uint32_t> word(*waiter->claim);
  // Relaxed, here and in select.cpp: the word only says who. Whatever else is written is ordered by the
  // locks of the channels, each of which the task takes once more before it goes on.
  uint32_t seen = word.load(Order::Relaxed);
  while (seen == abi::kSelectRegisters || seen == abi::kSelectWaits) {
    if (word.compare_exchange(seen, abi::kSelectChosen + waiter->arm, Order::Relaxed,
                              Order::Relaxed)) {
      return seen == abi::kSelectWaits ? Claim::Won : Claim::WonEarly;
    }
  }
  return Claim::Lost;
}

static void serve(Waiter* waiter, Claim won, Outcome outcome, Frame*& wake) {
  waiter->outcome = static_cast<uint8_t>(outcome);
  if (won == Claim::Won) wake = waiter->frame;
}

// --- Channels ------------------------------------------------------------------------------------

Channel* Channel::make(int64_t capacity, uint32_t size, const char* name) {
  void* memory = aligned_alloc(abi::kAlignment, sizeof(Channel));
  if (memory == nullptr) base::fatal("out of memory");
  Channel* channel = new (memory) Channel(capacity, size, name);
  if (capacity <= 0) return channel;
  int64_t bytes = 0;
  if (!__builtin_mul_overflow(capacity, int64_t(size), &bytes)) {
    channel->ring_ = static_cast<char*>(malloc(static_cast<size_t>(bytes == 0 ? 1 : bytes)));
  }
  if (channel->ring_ == nullptr) base::fatal("out of memory: a channel is too large");
  channel->slots_ = capacity;
  return channel;
}

void Channel::free(Channel* channel) {
  ::free(channel->ring_);
  ::free(channel);
}

// Most values are a word, and a call to copy one costs more than all the rest.
inline void Channel::move(void* to, const void* from) const {
  if (size_ == 8) {
    memcpy(to, from, 8);
  } else {
    memcpy(to, from, size_);
  }
}

inline bool Channel::has_room() const {
  return capacity_ == kUnbounded || length_.load(Order::Relaxed) < capacity_;
}

void Channel::grow() {
  const int64_t length = length_.load(Order::Relaxed);
  const int64_t slots = slots_ == 0 ? 16 : slots_ * 2;
  char* ring = static_cast<char*>(malloc(static_cast<size_t>(slots * int64_t(size_)) + 1));
  if (ring == nullptr) base::fatal("out of memory: a channel is too large");
  const int64_t until_end = slots_ - head_ < length ? slots_ - head_ : length;
  if (length > 0) {
    memcpy(ring, slot(head_), static_cast<size_t>(until_end * size_));
    memcpy(ring + until_end * size_, ring_, static_cast<size_t>((length - until_end) * size_));
  }
  ::free(ring_);
  ring_ = ring;
  slots_ = slots;
  head_ = 0;
}

inline void Channel::put_last(const void* value) {
  const int64_t length = length_.load(Order::Relaxed);
  if (SKEIN_UNLIKELY(length == slots_)) grow();
  int64_t at = head_ + length;
  if (at >= slots_) at -= slots_;
  move(slot(at), value);
  length_.store(length + 1, Order::Relaxed);
}

// With the lock.
inline bool Channel::try_send(const void* value, Frame*& wake) {
  for (Waiter *waiter = receivers_.first, *next; waiter != nullptr; waiter = next) {
    next = waiter->next;
    // Claimed before it is unlinked: a node that lost is its task's to take out.
    const Claim won = claim(waiter);
    if (won == Claim::Lost) continue;
    remove(receivers_, waiter);
    move(waiter->value, value);
    serve(waiter, won, Outcome::Done, wake);
    return true;
  }
  if (!has_room()) return false;
  put_last(value);
  return true;
}

inline bool Channel::try_receive(void* value, Frame*& wake) {
  const int64_t length = length_.load(Order::Relaxed);
  if (length > 0) {
    move(value, slot(head_));
    if (++head_ == slots_) head_ = 0;
    length_.store(length - 1, Order::Relaxed);
  }
  for (Waiter *waiter = senders_.first, *next; waiter != nullptr; waiter = next) {
    next = waiter->next;
    const Claim won = claim(waiter);
    if (won == Claim::Lost) continue;
    remove(senders_, waiter);
    if (length > 0) {
      put_last(waiter->value);
    } else {
      move(value, waiter->value);
    }
    serve(waiter, won, Outcome::Done, wake);
    return true;
  }
  return length > 0;
}

Outcome Channel::send(const void* value, Frame*& wake) {
  SpinGuard guard(lock_);
  if (closed_.load(Order::Relaxed) != 0) return Outcome::Closed;
  return try_send(value, wake) ? Outcome::Done : Outcome::Blocked;
}

Outcome Channel::receive(void* value, Frame*& wake) {
  SpinGuard guard(lock_);
  if (try_receive(value, wake)) return Outcome::Done;
  return closed_.load(Order::Relaxed) != 0 ? Outcome::Closed : Outcome::Blocked;
}

bool Channel::wait_to_send(Waiter* waiter, Frame*& wake) {
  SpinGuard guard(lock_);
  Outcome outcome = Outcome::Waiting;
  if (closed_.load(Order::Relaxed) != 0) {
    outcome = Outcome::Closed;
  } else if (try_send(waiter->value, wake)) {
    outcome = Outcome::Done;
  } else {
    add_last(senders_, waiter);
  }
  waiter->outcome = static_cast<uint8_t>(outcome);
  return outcome == Outcome::Waiting;
}

bool Channel::wait_to_receive(Waiter* waiter, Frame*& wake) {
  SpinGuard guard(lock_);
  Outcome outcome = Outcome::Waiting;
  if (try_receive(waiter->value, wake)) {
    outcome = Outcome::Done;
  } else if (closed_.load(Order::Relaxed) != 0) {
    outcome = Outcome::Closed;
  } else {
    add_last(receivers_, waiter);
  }
  waiter->outcome = static_cast<uint8_t>(outcome);
  return outcome == Outcome::Waiting;
}

WaitQueue& Channel::queue_of(const Waiter* waiter) {
  return waiter->kind == uint8_t(abi::Arm::Send) ? senders_ : receivers_;
}

// Whether the operation could be done now; a select that both sends and receives here is no partner
// for itself.
bool Channel::may_meet(const Waiter* waiter, bool sends) const {
  if (closed_.load(Order::Relaxed) != 0) return true;
  if (sends ? has_room() : length_.load(Order::Relaxed) > 0) return true;
  const WaitQueue& others = sends ? receivers_ : senders_;
  for (const Waiter* other = others.first; other != nullptr; other = other->next) {
    if (other->claim != waiter->claim) return true;
  }
  return false;
}

// Nobody may serve a task twice, so it claims itself before it takes what is there. If the other
// side is then lost to a third, others have passed this task over meanwhile, who will not look for it
// again: it cannot just go on waiting.
Channel::Offer Channel::offer(Waiter* waiter, Frame*& wake) {
  const bool sends = waiter->kind == uint8_t(abi::Arm::Send);
  SpinGuard guard(lock_);
  waiter->outcome = static_cast<uint8_t>(Outcome::Waiting);
  if (!may_meet(waiter, sends)) {
    add_last(queue_of(waiter), waiter);
    return Offer::Linked;
  }
  if (claim(waiter) == Claim::Lost) return Offer::Lost;
  Outcome outcome = Outcome::Done;
  const bool is_closed = closed_.load(Order::Relaxed) != 0;
  if (sends && is_closed) {
    outcome = Outcome::Closed;
  } else if (!(sends ? try_send(waiter->value, wake) : try_receive(waiter->value, wake))) {
    if (!is_closed) return Offer::Again;
    outcome = Outcome::Closed;
  }
  waiter->outcome = static_cast<uint8_t>(outcome);
  return Offer::Served;
}

bool Channel::withdraw(Waiter* waiter) {
  SpinGuard guard(lock_);
  if (!waiter->is_linked) return false;
  remove(queue_of(waiter), waiter);
  return true;
}

bool Channel::may_send() const {
  return has_room() || !seems_empty(receivers_) || closed_.load(Order::Relaxed) != 0;
}

bool Channel::may_receive() const {
  return length_.load(Order::Relaxed) > 0 || !seems_empty(senders_) ||
         closed_.load(Order::Relaxed) != 0;
}

Waiter* Channel::close() {
  SpinGuard guard(lock_);
  if (closed_.load(Order::Relaxed) != 0) return nullptr;
  closed_.store(1, Order::Release);
  Waiter* served = nullptr;
  for (WaitQueue* queue : {&senders_, &receivers_}) {
    for (Waiter *waiter = queue->first, *next; waiter != nullptr; waiter = next) {
      next = waiter->next;
      const Claim won = claim(waiter);
      if (won == Claim::Lost) continue;
      remove(*queue, waiter);
      waiter->outcome = static_cast<uint8_t>(Outcome::Closed);
      // An early one may run on, and end, at any moment: its node is not to be touched again.
      if (won == Claim::WonEarly) continue;
      waiter->next = served;
      served = waiter;
    }
  }
  return served;
}

}  // namespace skein::wait
