// See channel_wait.h.
#include "runtime/wait/channel_wait.h"

#include "runtime/wait/channel.h"
#include "runtime/wait/lock.h"
#include "runtime/wait/select.h"
#include "runtime/wait/wait.h"

namespace skein::wait {

static void* behind(abi::Wait* wait) {
  return reinterpret_cast<char*>(wait) + abi::kBehindWait;
}

const abi::Waiter* waiter_behind(const abi::Wait* wait) {
  return static_cast<const Waiter*>(behind(const_cast<abi::Wait*>(wait)));
}

void wake_all(Waiter* served) {
  while (served != nullptr) {
    // The node lies in the frame, which may run and be gone as soon as it is ready.
    Waiter* next = served->next;
    sched::current().make_ready_last(served->frame);
    served = next;
  }
}

// Whoever served it has taken it out of the queue, under the channel's lock.
static bool withdraw_waiter(abi::Wait* wait) {
  Waiter* waiter = static_cast<Waiter*>(behind(wait));
  return static_cast<Channel*>(waiter->chan)->withdraw(waiter);
}

// `operation` queues the node if it has to wait.
template <bool (Channel::*operation)(Waiter*, Frame*&)>
static SKEIN_INLINE bool wait_at_channel(abi::Wait* wait, Frame* frame, abi::Arm kind,
                                         WaitReason reason) {
  Waiter* waiter = static_cast<Waiter*>(behind(wait));
  waiter->frame = frame;
  waiter->claim = nullptr;
  waiter->kind = static_cast<uint8_t>(kind);
  Waiting waiting(wait, frame, reason, withdraw_waiter);
  waiting.begin();
  Frame* other = nullptr;
  const bool waits = (static_cast<Channel*>(waiter->chan)->*operation)(waiter, other);
  wake(other);
  return waits ? waiting.settle_behind_lock() : waiting.drop();
}

bool send(abi::Wait* wait, Frame* frame) {
  return wait_at_channel<&Channel::wait_to_send>(wait, frame, abi::Arm::Send, WaitReason::Send);
}

bool receive(abi::Wait* wait, Frame* frame) {
  return wait_at_channel<&Channel::wait_to_receive>(wait, frame, abi::Arm::Receive,
                                                    WaitReason::Receive);
}

// The arms stay where they are: the task takes them out itself, as it does with those that lost.
static bool withdraw_select(abi::Wait* wait) {
  return take_back(*static_cast<abi::Select*>(behind(wait)));
}

bool select(abi::Wait* wait, Frame* frame) {
  abi::Select& select = *static_cast<abi::Select*>(behind(wait));
  Waiting waiting(wait, frame, WaitReason::Select, withdraw_select);
  waiting.begin();
  switch (offer_arms(select, frame, wake)) {
    case Offered::Waits:
      return waiting.settle_behind_lock();
    case Offered::Served:
      return waiting.drop();
    case Offered::Again:
      break;
  }
  waiting.drop();
  // Whoever was lost has to run before trying again can help.
  sched::current().make_ready_last(frame);
  return true;
}

// Who waited for a lock does not want it any more. Those behind it may have waited for its sake alone, or it
// was the one that was woken to take it.
static void leave_to_next(const Waiter* waiter) {
  wake_all(wake_for_lock(LockRequest(waiter->chan).cell()));
}

static bool withdraw_from_lock(abi::Wait* wait) {
  Waiter* waiter = static_cast<Waiter*>(behind(wait));
  if (!stop_waiting_for_lock(waiter)) return false;
  leave_to_next(waiter);
  return true;
}

bool lock(abi::Wait* wait, Frame* frame) {
  Waiter* waiter = static_cast<Waiter*>(behind(wait));
  waiter->frame = frame;
  Waiting waiting(wait, frame, WaitReason::Lock, withdraw_from_lock);
  if (waiting.is_cancelled()) {
    if (waiter->kind != 0) leave_to_next(waiter);
    return false;
  }
  waiting.begin();
  const bool waits = wait_for_lock(LockRequest(waiter->chan), waiter);
  return waits ? waiting.settle_behind_lock() : waiting.drop();
}

}  // namespace skein::wait
