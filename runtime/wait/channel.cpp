// See channel.h.
#include "runtime/wait/channel.h"

#include "runtime/base/platform.h"
#include "runtime/task/record.h"

#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <new>

namespace skein::wait {

using abi::SelectArm;
using base::Order;
using base::SpinGuard;
using task::Claim;
using task::claim;

static void serve(Waiter* waiter, Claim won, Outcome outcome, Frame*& wake) {
  waiter->outcome = static_cast<uint8_t>(outcome);
  if (won == Claim::Won) wake = task::frame_of(waiter);
}

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
  channel->slots_.store(capacity, Order::Relaxed);
  return channel;
}

void Channel::free(Channel* channel) {
  ::free(channel->ring_);
  ::free(channel);
}

void Channel::retain() { base::AtomicRef<int64_t>(count_).fetch_add(1, Order::Relaxed); }

void Channel::release(Channel* channel) {
  if (base::AtomicRef<int64_t>(channel->count_).fetch_sub(1, Order::AcqRel) == 1) free(channel);
}

// Most values are a word, and a call to copy one costs more than all the rest.
SKEIN_INLINE void Channel::move(void* to, const void* from) const {
  if (size_ == 8) {
    memcpy(to, from, 8);
  } else {
    memcpy(to, from, size_);
  }
}

void Channel::grow() {
  const int64_t length = length_.load(Order::Relaxed);
  const int64_t before = slots_.load(Order::Relaxed);
  const int64_t slots = before == 0 ? 16 : before * 2;
  char* ring = static_cast<char*>(malloc(static_cast<size_t>(slots * int64_t(size_)) + 1));
  if (ring == nullptr) base::fatal("out of memory: a channel is too large");
  const int64_t until_end = before - head_ < length ? before - head_ : length;
  if (length > 0) {
    memcpy(ring, slot(head_), static_cast<size_t>(until_end * size_));
    memcpy(ring + until_end * size_, ring_, static_cast<size_t>((length - until_end) * size_));
  }
  ::free(ring_);
  ring_ = ring;
  slots_.store(slots, Order::Relaxed);
  head_ = 0;
}

SKEIN_INLINE void Channel::put_last(const void* value) {
  const int64_t length = length_.load(Order::Relaxed);
  if (SKEIN_UNLIKELY(length == slots_.load(Order::Relaxed))) grow();
  const int64_t slots = slots_.load(Order::Relaxed);
  int64_t at = head_ + length;
  if (at >= slots) at -= slots;
  move(slot(at), value);
  length_.store(length + 1, Order::Relaxed);
}

// With the lock.
SKEIN_INLINE bool Channel::try_send(const void* value, Frame*& wake) {
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

SKEIN_INLINE bool Channel::try_receive(void* value, Frame*& wake) {
  const int64_t length = length_.load(Order::Relaxed);
  if (length > 0) {
    move(value, slot(head_));
    if (++head_ == slots_.load(Order::Relaxed)) head_ = 0;
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
  if (!may_send()) return Outcome::Blocked;
  SpinGuard guard(lock_);
  if (closed_.load(Order::Relaxed) != 0) return Outcome::Closed;
  return try_send(value, wake) ? Outcome::Done : Outcome::Blocked;
}

Outcome Channel::receive(void* value, Frame*& wake) {
  if (!may_receive()) return Outcome::Blocked;
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
bool Channel::may_meet(const SelectArm* waiter, bool sends) const {
  if (closed_.load(Order::Relaxed) != 0) return true;
  if (sends ? has_room() : length_.load(Order::Relaxed) > 0) return true;
  const WaitQueue& others = sends ? receivers_ : senders_;
  for (const Waiter* other = others.first; other != nullptr; other = other->next) {
    if (!other->is_arm || static_cast<const SelectArm*>(other)->claim != waiter->claim) return true;
  }
  return false;
}

// Nobody may serve a task twice, so it claims itself before it takes what is there. If the other
// side is then lost to a third, others have passed this task over meanwhile, who will not look for it
// again: it cannot just go on waiting.
Channel::Offer Channel::offer(SelectArm* waiter, Frame*& wake) {
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

Waiter* Channel::close() {
  Waiter* served = nullptr;
  {
    SpinGuard guard(lock_);
    if (closed_.load(Order::Relaxed) != 0) return nullptr;
    closed_.store(1, Order::Release);
    served = serve_all_closed();
  }
  if (ticker_ != nullptr) stop_ticker(ticker_);
  return served;
}

// With the lock. Those that are to be made ready, linked by `next`.
Waiter* Channel::serve_all_closed() {
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
