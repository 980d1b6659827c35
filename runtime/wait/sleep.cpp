// See sleep.h.
#include "runtime/wait/sleep.h"

#include "runtime/wait/wait.h"

namespace skein::wait {

static bool withdraw_sleep(abi::Wait* wait) {
  abi::Sleep* sleep = reinterpret_cast<abi::Sleep*>(wait);
  return sched::withdraw_timer(&sleep->timer, wait->detail);
}

bool sleep(abi::Sleep* sleep, abi::Frame* frame) {
  sched::Worker& worker = sched::current();
  sleep->wait.detail = worker.id;
  Waiting waiting(&sleep->wait, frame, WaitReason::Sleep, withdraw_sleep);
  if (waiting.is_cancelled()) return false;
  const int64_t nanoseconds = static_cast<int64_t>(sleep->timer.when);
  if (nanoseconds <= 0) return false;
  waiting.begin();
  worker.timers.insert(&sleep->timer, base::now(), nanoseconds);
  return waiting.settle();
}

}  // namespace skein::wait
