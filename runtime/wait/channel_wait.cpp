// See channel_wait.h.
#include "runtime/wait/channel_wait.h"

#include "runtime/wait/channel.h"
#include "runtime/wait/lock.h"
#include "runtime/wait/select.h"
#include "runtime/wait/wait.h"

namespace skein::wait {

void wake_all(Waiter* served) {
  while (served != nullptr) {
    // The node lies in the frame, which may run and be gone as soon as it is ready.
    Waiter* next = served->next;
    sched::current().make_ready_last(task::frame_of(served));
    served = next;
  }
}

// Whoever served it has taken it out of the queue, under the channel's lock.
bool withdraw_waiter(Frame* frame) {
  Waiter* waiter = task::record_in<Waiter>(frame);
  return static_cast<Channel*>(waiter->chan)->withdraw(waiter);
}

// `operation` queues the node if it has to wait.
template <bool (Channel::*operation)(Waiter*, Frame*&)>
static SKEIN_INLINE bool wait_at_channel(Waiter* waiter, Frame* frame, abi::Arm kind,
                                         WaitReason reason) {
  waiter->is_arm = false;
  waiter->kind = static_cast<uint8_t>(kind);
  Waiting waiting(frame, reason);
  waiting.begin();
  Frame* other = nullptr;
  const bool waits = (static_cast<Channel*>(waiter->chan)->*operation)(waiter, other);
  // Who has to wait has met nobody.
  if (SKEIN_LIKELY(waits)) return waiting.settle_behind_lock();
  wake(other);
  return waiting.drop();
}

bool send(Waiter* waiter, Frame* frame) {
  return wait_at_channel<&Channel::wait_to_send>(waiter, frame, abi::Arm::Send, WaitReason::Send);
}

bool receive(Waiter* waiter, Frame* frame) {
  return wait_at_channel<&Channel::wait_to_receive>(waiter, frame, abi::Arm::Receive,
                                                    WaitReason::Receive);
}

// The arms stay where they are: the task takes them out itself, as it does with those that lost.
bool withdraw_select(Frame* frame) { return take_back(**task::record_in<abi::Select*>(frame)); }

bool select(abi::Select* select, Frame* frame) {
  Waiting waiting(frame, WaitReason::Select);
  waiting.begin();
  switch (offer_arms(*select, frame, wake)) {
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

bool withdraw_from_lock(Frame* frame) {
  Waiter* waiter = task::record_in<Waiter>(frame);
  if (!stop_waiting_for_lock(waiter)) return false;
  leave_to_next(waiter);
  return true;
}

bool lock(Waiter* waiter, Frame* frame) {
  waiter->is_arm = false;
  Waiting waiting(frame, WaitReason::Lock);
  if (waiting.is_cancelled()) {
    if (waiter->kind != 0) leave_to_next(waiter);
    return false;
  }
  waiting.begin();
  const bool waits = wait_for_lock(LockRequest(waiter->chan), waiter);
  return waits ? waiting.settle_behind_lock() : waiting.drop();
}

}  // namespace skein::wait
