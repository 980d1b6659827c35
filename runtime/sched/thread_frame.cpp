// See thread_frame.h.
#include "runtime/sched/thread_frame.h"

namespace skein::sched {

using base::Order;

// The waker may still be in here when the thread has gone on, so it lives as long as the thread.
static __thread base::EventCount event;

ThreadFrame::ThreadFrame() : event_(&event) { frame_.resume = reinterpret_cast<void*>(run); }

void ThreadFrame::run(void* frame) {
  ThreadFrame* self = static_cast<ThreadFrame*>(frame);
  base::EventCount* event = self->event_;
  self->has_run_.store(1, Order::Release);
  event->wake(1);
}

void ThreadFrame::wait() {
  while (true) {
    const uint32_t prepared = event_->prepare();
    if (has_run_.load(Order::Acquire) != 0) return;
    event_->sleep(prepared, -1);
  }
}

}  // namespace skein::sched
