// See monitor.h.
#include "runtime/sched/monitor.h"

#include "runtime/sched/scheduler.h"
#include "runtime/memory/depot.h"

#include <cstdlib>

namespace skein::sched {

// Nanoseconds. A slice ends after 8 to 11 ms, and a worker that goes on is replaced 3 ms later.
constexpr int64_t kLook = 3'000'000;
constexpr int64_t kSlice = 8'000'000;
constexpr int64_t kStuck = kSlice + kLook - kLook / 4;
// Who takes less processor time than that meanwhile is blocked.
constexpr int64_t kBlocked = 300'000;
// Memory that no task has used for so long goes back to the system.
constexpr int64_t kGiveBack = 1'000'000'000;
// How much later than due a timer of a busy worker is fired from here.
constexpr int64_t kTimerPatience = 1'000'000;
// How often the time until the next stand-in is doubled.
constexpr int64_t kMostDoubled = 16;
constexpr size_t kStack = size_t(1) << 22;

// ---- the thread ----------------------------------------------------------------------------------

void Monitor::start() {
  if (started_.exchange(1, Order::AcqRel) != 0) return;
  // While there is one thread that is quick.
  scheduler_.prepare_for_thieves();
  has_thread_ = start_thread();
  if (!has_thread_) {
    base::warn("the system refuses another thread: a task that computes for long holds up the others of its worker");
  }
}

bool Monitor::start_thread() {
  if (!base::reserve_stack(stack_, kStack)) return false;
  seen_ = static_cast<Seen*>(calloc(kMostWorkers, sizeof(Seen)));
  self_ = scheduler_.new_guest();
  auto body = [](void* monitor) { static_cast<Monitor*>(monitor)->run(); };
  if (seen_ != nullptr && self_ != nullptr && base::start_thread(stack_, body, this, thread_)) return true;
  release();
  return false;
}

void Monitor::release() {
  base::release_stack(stack_);
  if (self_ != nullptr) scheduler_.release_worker(*self_);
  free(seen_);
}

void Monitor::join() {
  if (!has_thread_) return;
  wake();
  base::join_thread(thread_);
  release();
}

void Monitor::wake() {
  asleep_.store(0, Order::Relaxed);
  wake_.wake(1);
}

void Monitor::run() {
  base::name_thread("monitor", 0);
  self_->enter(stack_);
  while (!scheduler_.stopping()) {
    wait_for_work();
    const uint32_t prepared = wake_.prepare();
    if (!scheduler_.stopping()) wake_.sleep(prepared, kLook);
    look();
  }
  self_->leave();
}

// While all workers sleep there is nothing to look at, but for what they left.
void Monitor::wait_for_work() {
  may_give_back_ = true;
  while (scheduler_.everybody_sleeps() && !scheduler_.stopping()) {
    const uint32_t prepared = wake_.prepare();
    asleep_.store(1, Order::Relaxed);
    base::full_fence();
    const int64_t limit = may_give_back_ ? kGiveBack : -1;
    if (scheduler_.everybody_sleeps() && !scheduler_.stopping()) wake_.sleep(prepared, limit);
    asleep_.store(0, Order::Relaxed);
    give_back(base::now());
  }
}

// ---- looking -------------------------------------------------------------------------------------

void Monitor::look() {
  const int64_t now = base::now();
  for (uint32_t i = 0; i < scheduler_.started(); ++i) {
    look_at(scheduler_.worker(i), seen_[i], now);
  }
  give_back(now);
}

// What tasks have not used since the last time.
void Monitor::give_back(int64_t now) {
  if (now - gave_back_ < kGiveBack) return;
  gave_back_ = now;
  may_give_back_ = memory::give_back_unused();
}

void Monitor::look_at(Worker& worker, Seen& seen, int64_t now) {
  fire_timers_of(worker, now);
  if (worker.is_bound() || !worker.has_entered()) return;
  const uint64_t activity = worker.activity();
  if (!Worker::is_running(activity) || activity != seen.activity) {
    return see(worker, seen, activity, now);
  }
  const int64_t age = now - seen.since;
  if (seen.is_stuck || age < kSlice || !scheduler_.has_waiting_work()) return;
  if (age < kStuck) return worker.ask_to_give_way();
  if (!may_stand_in(worker, seen, now)) return;
  seen.is_stuck = true;
  scheduler_.begin_stand_in();
}

// It runs another frame than at the last look, or none.
void Monitor::see(Worker& worker, Seen& seen, uint64_t activity, int64_t now) {
  if (seen.is_stuck) scheduler_.end_stand_in();
  if (seen.computes) --computing_;
  const int64_t time = Worker::is_running(activity) ? worker.processor_time() : 0;
  seen = {activity, now, time, false, false};
}

bool Monitor::may_stand_in(Worker& worker, Seen& seen, int64_t now) {
  // A thread that gets no core takes no processor time either. It gets none the sooner for another thread that
  // wants one too, so one that computes is stuck after its own time, not that of the clock.
  const int64_t taken = worker.processor_time() - seen.processor_time;
  if (taken < kBlocked && worker.is_blocked()) return true;
  if (taken < kSlice) return false;
  if (computing_ > 0) {
    const int64_t doubled = computing_ - 1 < kMostDoubled ? computing_ - 1 : kMostDoubled;
    if (now - replaced_ < kStuck << doubled) return false;
  }
  seen.computes = true;
  ++computing_;
  replaced_ = now;
  return true;
}

// ---- timers --------------------------------------------------------------------------------------

// Of a worker that is busy with a frame, or retired.
void Monitor::fire_timers_of(Worker& worker, int64_t now) {
  const int64_t due = worker.timers.due();
  if (due == kNoTimer || now - due < kTimerPatience) return;
  // A timer that is out of its wheel while its task is in no queue yet would look like a deadlock.
  scheduler_.begin_outside();
  scheduler_.note_awake();
  self_->fire_for(worker, now);
  scheduler_.end_outside();
}

}  // namespace skein::sched
