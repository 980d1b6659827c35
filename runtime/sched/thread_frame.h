// A thread that waits like a task: it puts a frame into some queue that, when it is made ready and run
// by a worker, wakes the thread. For plain code, which cannot suspend. The monitor sees to what the
// thread should be doing meanwhile.
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/base/park.h"

namespace skein::sched {

class ThreadFrame {
 public:
  ThreadFrame();
  ThreadFrame(const ThreadFrame&) = delete;
  ThreadFrame& operator=(const ThreadFrame&) = delete;

  abi::Frame* frame() { return &frame_; }
  abi::Waiter* waiter() { return &waiter_; }
  // Until the frame has run. It has to be in a queue by now.
  void wait();

 private:
  static void run(void* frame);

  abi::Frame frame_ = {};   // first: a pointer to it is one to all of this
  abi::Waiter waiter_ = {};  // its record
  base::EventCount* event_;
  base::Atomic<uint32_t> has_run_;
};

}  // namespace skein::sched
