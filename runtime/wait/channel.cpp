// See channel.h.
#include "runtime/wait/channel.h"

#include "runtime/base/platform.h"
#include "runtime/memory/buffer_pool.h"
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
  Channel* channel = new (memory::buffers.allocate(sizeof(Channel))) Channel(capacity == kUnbounded, size, name);
  if (capacity > 0) channel->make_ring(capacity);
  return channel;
}

// Without room for a first one there is none.
void Channel::make_ring(int64_t slots) {
  const size_t bytes = static_cast<size_t>(slots) * size_;
  if (slots <= kMostValues) ring_ = static_cast<char*>(malloc(bytes == 0 ? 1 : bytes));
  if (ring_ == nullptr) base::fatal("out of memory: a channel is too large");
  slots_.store(static_cast<uint32_t>(slots), Order::Relaxed);
}

void Channel::free(Channel* channel) {
  ::free(channel->ring_);
  memory::buffers.free(channel, sizeof(Channel));
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
  const uint64_t length = length_.load(Order::Relaxed);
  const uint64_t before = slots_.load(Order::Relaxed);
  char* old = ring_;
  make_ring(before == 0 ? 16 : static_cast<int64_t>(before * 2));
  const uint64_t until_end = before - head_ < length ? before - head_ : length;
  if (length > 0) {
    memcpy(ring_, old + head_ * uint64_t(size_), until_end * size_);
    memcpy(ring_ + until_end * size_, old, (length - until_end) * size_);
  }
  ::free(old);
  head_ = 0;
}

SKEIN_INLINE void Channel::put_last(const void* value) {
  const uint32_t length = length_.load(Order::Relaxed);
  if (SKEIN_UNLIKELY(length == slots_.load(Order::Relaxed))) grow();
  const uint32_t slots = slots_.load(Order::Relaxed);
  uint32_t at = head_ + length;
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
    move(place_of(waiter), value);
    serve(waiter, won, Outcome::Done, wake);
    return true;
  }
  if (!has_room()) return false;
  put_last(value);
  return true;
}

SKEIN_INLINE bool Channel::try_receive(void* value, Frame*& wake) {
  const uint32_t length = length_.load(Order::Relaxed);
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
      put_last(place_of(waiter));
    } else {
      move(value, place_of(waiter));
    }
    serve(waiter, won, Outcome::Done, wake);
    return true;
  }
  return length > 0;
}

Outcome Channel::send_slowly(const void* value, Frame*& wake) {
  if (!may_send()) return Outcome::Blocked;
  lock_.lock();
  return send_locked(value, wake);
}

Outcome Channel::send_locked(const void* value, Frame*& wake) {
  Outcome outcome = Outcome::Closed;
  if (closed_.load(Order::Relaxed) == 0) {
    outcome = try_send(value, wake) ? Outcome::Done : Outcome::Blocked;
  }
  lock_.unlock();
  return outcome;
}

Outcome Channel::receive_slowly(void* value, Frame*& wake) {
  if (!may_receive()) return Outcome::Blocked;
  lock_.lock();
  return receive_locked(value, wake);
}

Outcome Channel::receive_locked(void* value, Frame*& wake) {
  Outcome outcome = Outcome::Done;
  if (!try_receive(value, wake)) {
    outcome = closed_.load(Order::Relaxed) != 0 ? Outcome::Closed : Outcome::Blocked;
  }
  lock_.unlock();
  return outcome;
}

bool Channel::wait_to_send_locked(Waiter* waiter, Frame*& wake) {
  Outcome outcome = Outcome::Waiting;
  if (closed_.load(Order::Relaxed) != 0) {
    outcome = Outcome::Closed;
  } else if (try_send(place_of(waiter), wake)) {
    outcome = Outcome::Done;
  } else {
    add_last(senders_, waiter);
  }
  waiter->outcome = static_cast<uint8_t>(outcome);
  lock_.unlock();
  return outcome == Outcome::Waiting;
}

bool Channel::wait_to_receive_locked(Waiter* waiter, Frame*& wake) {
  Outcome outcome = Outcome::Waiting;
  if (try_receive(place_of(waiter), wake)) {
    outcome = Outcome::Done;
  } else if (closed_.load(Order::Relaxed) != 0) {
    outcome = Outcome::Closed;
  } else {
    add_last(receivers_, waiter);
  }
  waiter->outcome = static_cast<uint8_t>(outcome);
  lock_.unlock();
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
  if (has_ticker_) stop_ticker(static_cast<Ticker*>(const_cast<void*>(name_or_ticker_)));
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
