// See scheduler.h.
#include "runtime/sched/scheduler.h"

#include <new>

namespace skein::sched {

uint32_t Scheduler::wanted() {
  uint32_t wanted = wanted_.load(Order::Relaxed);
  if (wanted != 0) return wanted;
  const int64_t asked = base::environment_number("SKEIN_WORKERS");
  wanted = static_cast<uint32_t>(asked > 0 ? asked : base::usable_cores());
  if (asked > int64_t(kMostWorkers) || wanted > kMostWorkers) wanted = kMostWorkers;
  wanted_.store(wanted, Order::Relaxed);
  return wanted;
}

Worker& Scheduler::new_worker(uint32_t id) {
  static_assert(alignof(Worker) <= 4096);
  Worker* worker = new (base::reserve_pages(sizeof(Worker))) Worker(*this, id);
  if (always_fenced_) worker->fence_always();
  workers_[id] = worker;
  return *worker;
}

Worker& Scheduler::start(const base::Stack& stack) {
  Worker& worker = new_worker(0);
  worker.enter(stack);
  started_.store(1, Order::Release);
  return worker;
}

// Before the second thread: registering for membarrier is quick in a process with one thread, and
// slow in others.
void Scheduler::prepare_for_thieves() {
  if (base::environment_is("SKEIN_FENCE", "always") || !base::enable_process_fence()) {
    always_fenced_ = true;
    workers_[0]->fence_always();
  }
}

static void run_worker(void* memory) {
  Worker* worker = static_cast<Worker*>(memory);
  worker->enter(worker->stack);
  worker->run();
  worker->leave();
}

bool Scheduler::start_worker() {
  if (started() >= wanted() || !starting_.try_lock()) return false;
  const uint32_t id = started();
  const bool starts = id < wanted() && !stopping();
  if (starts) {
    if (id == 1) prepare_for_thieves();
    Worker& worker = new_worker(id);
    worker.stack = base::reserve_stack();
    started_.store(id + 1, Order::Release);
    threads_[id] = base::start_thread(worker.stack, run_worker, &worker);
  }
  starting_.unlock();
  return starts;
}

void Scheduler::wake_one() {
  if (sleepers_.load(Order::Relaxed) > 0) {
    idle_.wake(1);
  } else {
    start_worker();
  }
}

void Scheduler::wake_more() {
  const bool someone = sleepers_.load(Order::Relaxed) > 0 || started() < wanted();
  if (!someone) return;
  for (uint32_t i = 0; i < started(); ++i) workers_[i]->ask_for_wake();
  if (has_stealable_work()) wake_one();
}

void Scheduler::ask_for_wake() {
  for (uint32_t i = 0; i < started(); ++i) workers_[i]->ask_for_wake();
  if (started() > 1 && !always_fenced_) {
    base::process_fence();
  } else {
    base::full_fence();
  }
}

bool Scheduler::has_stealable_work() {
  if (global.sees_work()) return true;
  for (uint32_t i = 0; i < started(); ++i) {
    if (workers_[i]->has_stealable_work()) return true;
  }
  return false;
}

// While all of them sleep nothing changes; so what is seen between two looks that find them asleep,
// with nobody awake meanwhile, was true at one moment.
bool Scheduler::nothing_can_happen() {
  const uint32_t ends = ends_of_sleep_.load(Order::Acquire);
  if (!everybody_sleeps() || outside_.load(Order::Acquire) != 0 || stopping()) return false;
  for (uint32_t i = 0; i < started(); ++i) {
    if (workers_[i]->timers.due() != kNoTimer || !workers_[i]->ready.glance().empty()) return false;
  }
  if (has_stealable_work()) return false;
  base::full_fence();
  return everybody_sleeps() && ends_of_sleep_.load(Order::Acquire) == ends;
}

bool Scheduler::look_if_due() {
  if (look_ == nullptr) return true;
  const int64_t now = base::now();
  int64_t due = look_due_.load(Order::Relaxed);
  if (now < due || !look_due_.compare_exchange(due, now + kBetweenLooks, Order::AcqRel)) return false;
  // Nothing has lasted yet when a program begins.
  if (due != 0) look_();
  return due != 0;
}

void Scheduler::stop() {
  stopping_.store(1, Order::Release);
  idle_.wake(INT32_MAX);
}

void Scheduler::join() {
  starting_.lock();
  const uint32_t count = started();
  starting_.unlock();
  for (uint32_t i = 1; i < count; ++i) {
    base::join_thread(threads_[i]);
    base::release_stack(workers_[i]->stack);
  }
  workers_[0]->leave();
  for (uint32_t i = 0; i < count; ++i) {
    workers_[i]->~Worker();
    base::release_pages(workers_[i], sizeof(Worker));
  }
  started_.store(0, Order::Release);
}

}  // namespace skein::sched
