// All workers of a program: starting them, waking them, stopping.
//
// Threads start one by one, when somebody offers work and nobody is there to take it: a program
// that spawns nothing has one thread. The first worker is the thread that creates the scheduler.
//
// Waking. A worker that goes to sleep sets `wake_wanted` in every worker, fences all of them, and
// looks once more for work. The next one to offer something finds its own flag set, clears it and
// wakes one sleeper. So an offer costs a load of the worker's own memory, and a wake happens once
// for each time somebody goes to sleep. A woken worker that finds work wakes the next while there
// is more to be had; one that finds none sleeps unasked for a while (64 µs, doubling to 2 ms)
// before it sets flags again: a loop of tiny tasks is not worth a futex call each round.
//
// Standing in. A worker that is stuck in one frame (sched/monitor.h) has another one beside it for as
// long, so that as many as are wanted get on with the rest.
//
// One sleeper is the watcher: it looks every 10 ms, while anybody runs, for frames that a busy
// worker made ready and does not get to, and for timers that are due there.
#pragma once

#include "runtime/base/park.h"
#include "runtime/base/platform.h"
#include "runtime/base/spin_lock.h"
#include "runtime/sched/global_queue.h"
#include "runtime/sched/monitor.h"
#include "runtime/sched/worker.h"

namespace skein::sched {

constexpr uint32_t kMostWorkers = 256;
// Nanoseconds between two looks for tasks that wait for each other.
constexpr int64_t kBetweenLooks = 200'000'000;

class Scheduler {
 public:
  // `workers` 0: SKEIN_WORKERS, or else as many as there are cores to use.
  explicit constexpr Scheduler(uint32_t workers) : wanted_(workers), monitor_(*this) {}

  // Makes the calling thread, which runs on `stack`, the first worker.
  Worker& start(const base::Stack& stack);

  // Waits for the threads of all other workers, and frees every worker. On the first worker's
  // thread, after stop().
  void join();

  // Any thread: makes all loops end.
  void stop();
  bool stopping() const { return stopping_.load(Order::Acquire) != 0; }

  // Workers that exist now; worker(i) is one for i below that.
  uint32_t started() const { return started_.load(Order::Acquire); }
  Worker& worker(uint32_t i) { return *workers_[i]; }
  // Less than was asked for where the system has refused a thread.
  uint32_t wanted();
  // Those that are not bound to one task (sched/bound_thread.h).
  uint32_t free_workers() const { return started() - bound_.load(Order::Acquire); }

  // Wakes a sleeper, or starts a worker while there are fewer than wanted.
  void wake_one();
  // Wakes one more if there is still something to be had.
  void wake_more();

  // Called by a worker that finds that nothing can happen any more. None: it sleeps on.
  void on_deadlock(void (*report)()) { on_deadlock_ = report; }
  void report_deadlock() {
    if (on_deadlock_ != nullptr && nothing_can_happen()) on_deadlock_();
  }
  // Around what a thread that is no worker, or the system, does for a task that waits meanwhile: until
  // then there is no deadlock.
  void begin_outside() { outside_.fetch_add(1, Order::AcqRel); }
  void end_outside() { outside_.fetch_sub(1, Order::AcqRel); }

  // Every now and then, while anything runs and once after that, a worker calls this between two frames.
  void look_with(void (*look)()) { look_ = look; }
  // Gives whether it was time to.
  bool look_if_due();

  // Something a worker is to do between two frames, soon: for signal handlers, which may do little
  // themselves. One errand at a time; a later one takes the place of the one before.
  void send(void (*errand)()) {
    errand_.store(errand, Order::Release);
    idle_.wake(1);
  }
  bool has_errand() const { return errand_.load(Order::Relaxed) != nullptr; }
  void run_errand() {
    if (SKEIN_LIKELY(!has_errand())) return;
    void (*errand)() = errand_.exchange(nullptr, Order::AcqRel);
    if (errand != nullptr) errand();
  }

  // Those who sleep are to look how long they may, since a timer was set for one of them.
  void look_at_timers() { idle_.wake(INT32_MAX); }

  // Somebody is awake, if only for a moment: what was seen of sleepers before does not count.
  void note_awake() { ends_of_sleep_.fetch_add(1, Order::AcqRel); }

  // --- For workers going to sleep ----------------------------------------------------------------

  // From here on, until `end_sleep`, offers and stop() wake this worker.
  uint32_t begin_sleep() {
    const uint32_t prepared = idle_.prepare();
    sleepers_.fetch_add(1, Order::AcqRel);
    return prepared;
  }
  void ask_for_wake();
  void sleep(uint32_t prepared, int64_t nanoseconds) { idle_.sleep(prepared, nanoseconds); }
  // In this order: who finds everybody asleep after it has read `ends_of_sleep_` sees all that those did who
  // were awake by then, and notices those who wake up later.
  void end_sleep() {
    sleepers_.fetch_sub(1, Order::AcqRel);
    note_awake();
    monitor_.notice_work();
  }
  bool everybody_sleeps() const {
    return sleepers_.load(Order::Acquire) + retired_.load(Order::Acquire) +
               bound_waiting_.load(Order::Acquire) >=
           int32_t(started());
  }
  bool has_stealable_work();
  // Every worker sleeps, no timer is set, and nobody outside will wake a task. For a worker between
  // begin_sleep and end_sleep.
  bool nothing_can_happen();

  bool become_watcher() {
    uint32_t none = 0;
    return watched_.load(Order::Relaxed) == 0 &&
           watched_.compare_exchange(none, 1, Order::AcqRel);
  }
  void stop_watching() { watched_.store(0, Order::Release); }

  // At most half of the workers look for work at a time.
  bool begin_search() {
    const int32_t most = (int32_t(started()) + 1) / 2;
    if (searching_.load(Order::Relaxed) >= most) return false;
    searching_.fetch_add(1, Order::Relaxed);
    return true;
  }
  void end_search() { searching_.fetch_sub(1, Order::Relaxed); }

  // --- For the monitor ---------------------------------------------------------------------------

  // Before a second thread runs.
  void prepare_for_thieves();
  // A worker that runs no tasks, and is in no list. Freed by release_worker. Null: there is no memory.
  Worker* new_guest() { return make_worker(kMostWorkers); }
  static void release_worker(Worker& worker);
  // Whether a task waits for a worker, be it in the queue of one that is stuck.
  bool has_waiting_work();
  // One worker more is stuck, or one less.
  void begin_stand_in();
  void end_stand_in() { surplus_.fetch_add(1, Order::AcqRel); }

  // --- For workers that stand in -----------------------------------------------------------------

  // Whether the worker, between two frames, is one too many. Then it calls stay_retired.
  bool retires(uint32_t id) {
    return SKEIN_UNLIKELY(surplus_.load(Order::Relaxed) > 0) && id >= wanted() && claim_surplus();
  }
  // Until it is to stand in again.
  void stay_retired();

  // --- For threads that run one task (sched/bound_thread.h) --------------------------------------

  // Null: there are too many.
  Worker* new_bound(abi::Node* node);
  // False: the system has no thread for it, or no room for its stack.
  bool start_bound(Worker& worker, Frame* frame, void (*body)(void*));
  void end_bound(Worker& worker);
  // A frame of a bound task is ready.
  void forward(Frame* frame);
  void begin_bound_wait() { bound_waiting_.fetch_add(1, Order::AcqRel); }
  void end_bound_wait() {
    bound_waiting_.fetch_sub(1, Order::AcqRel);
    note_awake();
    monitor_.notice_work();
  }

  GlobalQueue global;

 private:
  Worker* make_worker(uint32_t id);
  bool has_worker(uint32_t id);
  // One more, if there are fewer than that.
  bool start_worker(uint32_t most);
  bool start_thread();
  void make_do();
  bool claim_surplus();
  bool call_retired();
  void end_thread(uint32_t i);

  Worker* workers_[kMostWorkers] = {};
  base::Thread threads_[kMostWorkers] = {};
  base::Atomic<uint32_t> started_;
  base::Atomic<uint32_t> wanted_;
  bool is_prepared_ = false;
  bool always_fenced_ = false;
  base::SpinLock starting_;
  base::EventCount idle_;
  base::Atomic<int32_t> sleepers_;
  // Workers beyond those wanted and those that stand in for a stuck one; below 0: so many are missing.
  base::Atomic<int32_t> surplus_;
  base::Atomic<int32_t> retired_;
  base::Atomic<uint32_t> called_;    // of the retired: so many may go on
  base::EventCount stand_ins_;
  base::Atomic<uint32_t> bound_;            // workers with a thread for one task, or that had one
  base::Atomic<int32_t> bound_waiting_;
  Monitor monitor_;
  base::Atomic<uint32_t> ends_of_sleep_;
  base::Atomic<int32_t> outside_;
  void (*on_deadlock_)() = nullptr;
  void (*look_)() = nullptr;
  base::Atomic<int64_t> look_due_;
  base::Atomic<void (*)()> errand_;
  base::Atomic<int32_t> searching_;
  base::Atomic<uint32_t> watched_;
  base::Atomic<uint32_t> stopping_;
};

}  // namespace skein::sched
