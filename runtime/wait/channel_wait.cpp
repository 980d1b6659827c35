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

// A task that was handed something runs next, while that is in the cache.
static void make_ready(Frame* frame) {
  if (frame != nullptr) sched::current().make_ready(frame);
}

// Whoever served it has taken it out of the queue, under the channel's lock.
static bool withdraw_waiter(abi::Wait* wait) {
  Waiter* waiter = static_cast<Waiter*>(behind(wait));
  return static_cast<Channel*>(waiter->chan)->withdraw(waiter);
}

static Waiter* prepare(abi::Wait* wait, Frame* frame, abi::Arm kind) {
  Waiter* waiter = static_cast<Waiter*>(behind(wait));
  waiter->frame = frame;
  waiter->claim = nullptr;
  waiter->kind = static_cast<uint8_t>(kind);
  return waiter;
}

bool send(abi::Wait* wait, Frame* frame) {
  Waiter* waiter = prepare(wait, frame, abi::Arm::Send);
  Waiting waiting(wait, frame, WaitReason::Send, withdraw_waiter);
  waiting.begin();
  Frame* other = nullptr;
  const bool waits = static_cast<Channel*>(waiter->chan)->wait_to_send(waiter, other);
  make_ready(other);
  return waits ? waiting.settle() : waiting.drop();
}

bool receive(abi::Wait* wait, Frame* frame) {
  Waiter* waiter = prepare(wait, frame, abi::Arm::Receive);
  Waiting waiting(wait, frame, WaitReason::Receive, withdraw_waiter);
  waiting.begin();
  Frame* other = nullptr;
  const bool waits = static_cast<Channel*>(waiter->chan)->wait_to_receive(waiter, other);
  make_ready(other);
  return waits ? waiting.settle() : waiting.drop();
}

// The arms stay where they are: the task takes them out itself, as it does with those that lost.
static bool withdraw_select(abi::Wait* wait) {
  return take_back(*static_cast<abi::Select*>(behind(wait)));
}

bool select(abi::Wait* wait, Frame* frame) {
  abi::Select& select = *static_cast<abi::Select*>(behind(wait));
  Waiting waiting(wait, frame, WaitReason::Select, withdraw_select);
  waiting.begin();
  switch (offer_arms(select, frame, make_ready)) {
    case Offered::Waits:
      return waiting.settle();
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

static bool withdraw_from_lock(abi::Wait* wait) {
  return stop_waiting_for_lock(static_cast<Waiter*>(behind(wait)));
}

bool lock(abi::Wait* wait, Frame* frame) {
  Waiter* waiter = static_cast<Waiter*>(behind(wait));
  waiter->frame = frame;
  Waiting waiting(wait, frame, WaitReason::Lock, withdraw_from_lock);
  if (waiting.is_cancelled()) return false;
  waiting.begin();
  const bool waits = wait_for_lock(LockRequest(waiter->chan), waiter);
  return waits ? waiting.settle() : waiting.drop();
}

}  // namespace skein::wait
