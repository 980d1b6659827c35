// A thread that sees to it that nobody waits for a worker that does not come to its queues.
//
// Plain functions have no tests for giving way, and calls of the system may block. So the monitor looks
// at all workers every few milliseconds, while any of them runs:
//
//   a frame runs for 8 ms while others wait     the worker's stack limit is raised, so the next test
//                                               of a suspending function gives way
//   and still runs 3 ms later                   it is stuck: another worker takes its place, an idle
//                                               one, one that was retired, or a new one
//   it came back                                a worker is too many again: one that stood in retires
//                                               when it is between two frames (Scheduler::retires)
//
// A thread that is blocked leaves its core to others, so it is replaced at once. One that computes is replaced
// when it has taken that much processor time: on a busy machine a worker that waits for a core is not stuck, and
// stand-ins would rob each other of what one of them could do alone. Of those that compute, each
// one more waits twice as long for its stand-in: else a program of long plain tasks would soon have a thread
// for each of them. There is no number at which that ends, since they may wait for a task that has not run.
//
// It also gives memory back that tasks do not use any more (memory/depot.h).
//
// A stuck worker keeps what it has. Its deque and its ready frames are there to be stolen like those
// of any other, and timers that are due there are fired from here.
#pragma once

#include "runtime/base/park.h"
#include "runtime/base/platform.h"

namespace skein::sched {

class Scheduler;
class Worker;

class Monitor {
 public:
  explicit constexpr Monitor(Scheduler& scheduler) : scheduler_(scheduler) {}

  // Any worker; the first time it starts the thread. Where the system refuses one there is nobody who looks.
  void start_once() {
    if (started_.load(base::Order::Relaxed) == 0) start();
  }
  // A worker that has slept runs again.
  void notice_work() {
    if (asleep_.load(base::Order::Relaxed) != 0) wake();
  }
  // When the scheduler stops: ends the thread and waits for it.
  void join();

 private:
  // What was seen of a worker.
  struct Seen {
    uint64_t activity;
    int64_t since;
    int64_t processor_time;  // then
    bool is_stuck;
    bool computes;           // it is stuck and not blocked
  };

  void start();
  bool start_thread();
  void release();
  void wake();
  void run();
  void wait_for_work();
  void look();
  void look_at(Worker& worker, Seen& seen, int64_t now);
  void see(Worker& worker, Seen& seen, uint64_t activity, int64_t now);
  bool may_stand_in(Worker& worker, Seen& seen, int64_t now);
  void fire_timers_of(Worker& worker, int64_t now);
  void give_back(int64_t now);

  Scheduler& scheduler_;
  // None of those that run tasks, and not in their list: what a timer or a deadline does, it does as a
  // worker does it.
  Worker* self_ = nullptr;
  base::Atomic<uint32_t> started_;
  base::Atomic<uint32_t> asleep_;
  base::EventCount wake_;
  base::Stack stack_ = {};
  base::Thread thread_ = {};
  bool has_thread_ = false;
  Seen* seen_ = nullptr;
  int64_t computing_ = 0;  // stuck workers that compute
  int64_t replaced_ = 0;   // when the last of them was replaced
  int64_t gave_back_ = 0;  // when memory was last looked for
  bool may_give_back_ = false;
};

}  // namespace skein::sched
