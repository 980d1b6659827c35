// How an operation waits: one protocol for sleeping, results, scopes, and whatever queues tasks.
//
//   I1 skn_await_thing(Ptr record, Ptr frame) {
//     Waiting waiting(frame, WaitReason::Thing);
//     if (waiting.is_cancelled()) return false;       // before it begins, ready or not
//     if (it is ready) return false;
//     waiting.begin();
//     put the record into the thing's queue, under its lock; if it is ready by now, take nothing
//       and return waiting.drop();
//     return waiting.settle();
//   }
//
// The record lies behind the frame's header (task/record.h). From the moment it is queued, the waker may make
// the frame ready: it takes the record out of the queue under the same lock, stores what it has to give
// into it, unlocks, and calls make_ready with the frame. Nothing else: the frame does not run before
// `settle` is through, since whoever resumes it asks node.h.
//
// The function in the reason's row of task/reasons.def is called with the task's wait locked, by a canceller on
// any worker or by `settle`. It takes the record out of the queue under the thing's lock and gives true; or finds
// that a waker was first and gives false. Whoever takes it out owns the wait: so a value goes to a waiter that is
// there, or stays where it is. It may take the thing's lock, and no other wait's.
//
// Compiled code looks at `cancelled` in the frame when it goes on, and unwinds if it is set.
#pragma once

#include "runtime/sched/worker.h"
#include "runtime/task/node.h"
#include "runtime/task/reasons.h"
#include "runtime/task/record.h"

namespace skein::wait {

using task::WaitReason;

class Waiting {
 public:
  Waiting(abi::Frame* frame, WaitReason reason, uint32_t detail = 0)
      : frame_(frame), node_(sched::skn_node) {
    frame->wait = {static_cast<uint8_t>(reason), 0, static_cast<uint16_t>(detail)};
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  // The task is to unwind instead.
  bool is_cancelled() {
    if (!task::is_cancelled(node_)) return false;
    frame_->wait.cancelled = 1;
    return true;
  }

  void begin() { task::begin_wait(node_, reinterpret_cast<uint64_t>(frame_)); }

  // True: the task stays suspended.
  bool settle() {
    base::full_fence();
    return settle_behind_lock();
  }
  // The same where a lock was taken since `begin`.
  bool settle_behind_lock() {
    base::fence_after_locked();
    return task::settle_wait(node_, reinterpret_cast<uint64_t>(frame_));
  }

  // Nothing to wait for after all: the record is in no queue.
  bool drop() {
    task::drop_wait(node_);
    return false;
  }

 private:
  abi::Frame* frame_;
  abi::Node* node_;
};

}  // namespace skein::wait
