// See scheduler.h.
#include "runtime/sched/scheduler.h"

#include "runtime/base/cores.h"

#include <cstdio>
#include <new>

namespace skein::sched {

extern "C" {
bool skn_fences_always = false;
}

uint32_t Scheduler::wanted() {
  uint32_t wanted = wanted_.load(Order::Relaxed);
  if (wanted != 0) return wanted;
  const int64_t asked = base::environment_number("SKEIN_WORKERS");
  wanted = static_cast<uint32_t>(asked > 0 ? asked : base::usable_cores());
  if (asked > int64_t(kMostWorkers) || wanted > kMostWorkers) wanted = kMostWorkers;
  wanted_.store(wanted, Order::Relaxed);
  return wanted;
}

Worker* Scheduler::make_worker(uint32_t id) {
  static_assert(alignof(Worker) <= 4096);
  void* memory = base::try_reserve_pages(sizeof(Worker));
  if (memory == nullptr) return nullptr;
  Worker* worker = new (memory) Worker(*this, id);
  if (always_fenced_) worker->fence_always();
  return worker;
}

// The one of that number may be there already: it got no thread.
bool Scheduler::has_worker(uint32_t id) {
  if (id == kMostWorkers || (id > 0 && id >= base::most_stacks())) return false;
  if (workers_[id] == nullptr) workers_[id] = make_worker(id);
  return workers_[id] != nullptr;
}

void Scheduler::release_worker(Worker& worker) {
  worker.~Worker();
  base::release_pages(&worker, sizeof(Worker));
}

Worker& Scheduler::start(const base::Stack& stack) {
  if (!has_worker(0)) base::fatal("out of memory");
  workers_[0]->enter(stack);
  started_.store(1, Order::Release);
  return *workers_[0];
}

// Before the second thread: registering for membarrier is quick in a process with one thread, and
// slow in others.
void Scheduler::prepare_for_thieves() {
  if (is_prepared_) return;
  is_prepared_ = true;
  if (base::environment_is("SKEIN_FENCE", "always") || !base::enable_process_fence()) {
    always_fenced_ = true;
    skn_fences_always = true;
    workers_[0]->fence_always();
  }
}

static void run_worker(void* memory) {
  Worker* worker = static_cast<Worker*>(memory);
  base::name_thread("worker", worker->id);
  worker->enter(worker->stack);
  worker->run();
  worker->leave();
}

bool Scheduler::start_worker(uint32_t most) {
  if (free_workers() >= most || !starting_.try_lock()) return false;
  bool starts = false;
  if (free_workers() < most && !stopping()) {
    starts = start_thread();
    if (!starts && free_workers() < wanted()) make_do();
  }
  starting_.unlock();
  return starts;
}

// With starting_. False: the system has no thread, or no room for its stack.
bool Scheduler::start_thread() {
  const uint32_t id = started();
  base::Stack stack = {};
  prepare_for_thieves();
  if (!has_worker(id) || !base::reserve_stack(stack)) return false;
  Worker& worker = *workers_[id];
  worker.stack = stack;
  // It counts before it runs, or the others might all sleep and think that nobody is left. Refused, it stays
  // for the next that gets a thread: somebody may be looking at it.
  started_.store(id + 1, Order::Release);
  if (base::start_thread(stack, run_worker, &worker, threads_[id])) return true;
  started_.store(id, Order::Release);
  threads_[id] = {};
  base::release_stack(stack);
  return false;
}

// With starting_: no more are asked for.
void Scheduler::make_do() {
  const uint32_t has = free_workers();
  char line[128];
  snprintf(line, sizeof(line), "the system refuses another thread: %u worker%s instead of %u", has,
           has == 1 ? "" : "s", wanted());
  wanted_.store(has, Order::Relaxed);
  base::warn(line);
}

void Scheduler::wake_one() {
  if (sleepers_.load(Order::Relaxed) > 0) {
    idle_.wake(1);
  } else {
    start_worker(wanted());
  }
  monitor_.start_once();
}

void Scheduler::wake_more() {
  const bool someone = sleepers_.load(Order::Relaxed) > 0 || free_workers() < wanted();
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

// --- Standing in ---------------------------------------------------------------------------------

bool Scheduler::has_waiting_work() {
  if (has_stealable_work()) return true;
  // A frame that is to run next counts too: its worker may be stuck.
  for (uint32_t i = 0; i < started(); ++i) {
    if (!workers_[i]->ready.glance().empty()) return true;
  }
  return false;
}

// An idle worker will do; else one that was retired, or a new one.
void Scheduler::begin_stand_in() {
  surplus_.fetch_sub(1, Order::AcqRel);
  if (sleepers_.load(Order::Relaxed) > 0) return idle_.wake(1);
  if (call_retired()) return;
  if (start_worker(kMostWorkers) && free_workers() > wanted()) surplus_.fetch_add(1, Order::AcqRel);
}

bool Scheduler::call_retired() {
  int32_t retired = retired_.load(Order::Relaxed);
  while (retired > 0) {
    if (!retired_.compare_exchange(retired, retired - 1, Order::AcqRel)) continue;
    surplus_.fetch_add(1, Order::AcqRel);
    called_.fetch_add(1, Order::AcqRel);
    stand_ins_.wake(1);
    return true;
  }
  return false;
}

bool Scheduler::claim_surplus() {
  int32_t surplus = surplus_.load(Order::Relaxed);
  while (surplus > 0) {
    if (surplus_.compare_exchange(surplus, surplus - 1, Order::AcqRel)) return true;
  }
  return false;
}

void Scheduler::stay_retired() {
  retired_.fetch_add(1, Order::AcqRel);
  while (true) {
    const uint32_t prepared = stand_ins_.prepare();
    if (stopping()) return;
    uint32_t called = called_.load(Order::Acquire);
    while (called > 0) {
      if (!called_.compare_exchange(called, called - 1, Order::AcqRel)) continue;
      note_awake();
      return;
    }
    stand_ins_.sleep(prepared, -1);
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
    const Worker& worker = *workers_[i];
    if (worker.timers.due() != kNoTimer || !worker.ready.glance().empty()) return false;
    if (worker.has_bound_frame()) return false;
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
  stand_ins_.wake(INT32_MAX);
}

void Scheduler::join() {
  monitor_.join();
  starting_.lock();
  const uint32_t count = started();
  starting_.unlock();
  for (uint32_t i = 1; i < count; ++i) {
    end_thread(i);
  }
  workers_[0]->leave();
  for (Worker*& worker : workers_) {
    if (worker != nullptr) release_worker(*worker);
    worker = nullptr;
  }
  started_.store(0, Order::Release);
}

}  // namespace skein::sched
