// See sleep.h.
#include "runtime/wait/sleep.h"

#include "runtime/wait/wait.h"

namespace skein::wait {

bool withdraw_sleep(abi::Frame* frame) {
  return sched::withdraw_timer(task::record_in<abi::Timer>(frame), frame->wait.detail);
}

bool sleep(abi::Timer* timer, abi::Frame* frame) {
  sched::Worker& worker = sched::current();
  Waiting waiting(frame, WaitReason::Sleep, worker.id);
  if (waiting.is_cancelled()) return false;
  const int64_t nanoseconds = timer->nanoseconds;
  if (nanoseconds <= 0) return false;
  waiting.begin();
  worker.timers.insert(timer, base::now(), nanoseconds);
  return waiting.settle();
}

}  // namespace skein::wait
