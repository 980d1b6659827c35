// One of the threads that run tasks, with everything it owns.
//
// A worker runs ready frames until there are none, then takes a batch from the global queue, then
// steals, then sleeps. Between two frames its native stack holds nothing of any task.
#pragma once

#include "runtime/base/park.h"
#include "runtime/base/platform.h"
#include "runtime/base/trace.h"
#include "runtime/sched/deque.h"
#include "runtime/sched/patience.h"
#include "runtime/sched/ready_queue.h"
#include "runtime/sched/recent.h"
#include "runtime/sched/timers.h"
#include "runtime/task/host.h"
#include "runtime/task/node.h"

namespace skein::sched {

class Scheduler;

// What a worker did, for reports and tests. Owner: the worker.
struct Counters {
  uint64_t picks = 0;
  uint64_t steals = 0;        // continuations from deques
  uint64_t ready_steals = 0;  // frames from ready queues
  uint64_t pauses = 0;        // between two looks for work
  uint64_t sleeps = 0;
  uint64_t wakes = 0;  // of others
};

class alignas(128) Worker {
  friend class Scheduler;

 public:
  Worker(Scheduler& scheduler, uint32_t id);

  // --- For the task that runs on this worker -----------------------------------------------------

  SKEIN_INLINE void push(Frame* frame) {
    deque.push(frame);
    base::compiler_fence();
    if (SKEIN_UNLIKELY(wake_wanted_.load(Order::Relaxed) != 0)) wake_another();
  }

  // True: `frame`, pushed before a call, was not stolen.
  SKEIN_INLINE bool pop_is(Frame* frame) {
    Frame* popped = deque.pop();
    if (SKEIN_LIKELY(popped == frame)) return true;
    return pop_again(popped, frame);
  }

  // `frame` can go on: next, or after all others.
  SKEIN_INLINE void make_ready(Frame* frame) {
    if (SKEIN_UNLIKELY(base::kModel || base::is_tracing || is_bound_)) {
      return make_ready_slowly(frame);
    }
    const ReadyQueue::Added news = ready.add_next(frame);
    if (SKEIN_UNLIKELY(news.more_than_one)) added(news);
  }
  void make_ready_last(Frame* frame);

  // After a test found the stack low, or was asked to.
  void give_way(Frame* frame);

  // A number by chance, for choices that have to be fair.
  uint32_t random() {
    random_ ^= random_ << 13;
    random_ ^= random_ >> 7;
    random_ ^= random_ << 17;
    return static_cast<uint32_t>(random_ >> 16);
  }
  // The same where it is asked for all the time: counts on, so that the processor foresees it, and begins
  // somewhere else now and then, so that it does not stay in step with what asks.
  uint32_t turn() {
    if (SKEIN_UNLIKELY(++turn_ % kTurnsInRow == 0)) turn_ = random();
    return turn_;
  }

  // --- For the thread ----------------------------------------------------------------------------

  // Makes this the current worker of the calling thread, which runs on `stack`.
  void enter(const base::Stack& stack);
  void leave();
  // Runs frames until the scheduler stops.
  void run();
  // The same for the one task of a bound thread.
  void run_bound();
  // Around what runs here without having been a ready frame: the start of the program.
  void begin_activity();
  // Fires what is due there, and gives what that wakes to whoever has time. For a worker that runs no
  // tasks: the monitor's.
  void fire_for(Worker& victim, int64_t now);
  // For SKEIN_TRACE; ask base::is_tracing first.
  void trace(abi::Node* task, base::TraceEvent event);

  // --- For other workers -------------------------------------------------------------------------

  // Counts up when a frame begins to run and when it ends, or suspends.
  uint64_t activity() const { return activity_.load(Order::Relaxed); }
  static bool is_running(uint64_t activity) { return activity % 2 != 0; }
  // Of its thread.
  int64_t processor_time() const { return base::processor_time(processor_clock_); }
  bool is_blocked() const { return !base::is_runnable(thread_); }
  // The task that runs gives way at its next test.
  void ask_to_give_way() {
    limit().store(reinterpret_cast<const char*>(UINTPTR_MAX), Order::Relaxed);
  }

  // Its thread has begun: the three above may be asked for.
  bool has_entered() const { return entered_.load(Order::Acquire) != 0; }

  bool is_bound() const { return is_bound_; }
  // The task that this worker's thread runs, and none else (sched/bound_thread.h); null: none any more.
  abi::Node* bound() const { return bound_.load(Order::Acquire); }
  void bind(abi::Node* node) { bound_.store(node, Order::Release); }
  // One of its frames is ready.
  void give_bound(Frame* frame);
  bool has_bound_frame() const { return inbox_.load(Order::Acquire) != nullptr; }

  void ask_for_wake() { wake_wanted_.store(1, Order::Relaxed); }
  bool has_stealable_work() {
    return !is_bound_ && (Thief(deque).sees_work() || ready.glance().queued() > 0);
  }
  void fence_always();

  // First, in one cache line with what every spawn touches.
 private:
  // Somebody sleeps and wants to hear of the next thing offered. Owner: anybody sets it, the worker
  // clears it.
  base::Atomic<uint32_t> wake_wanted_;

 public:
  const uint32_t id;
  task::Host host;
  Scheduler& scheduler;
  Counters counters;
  Recent recent;
  base::Stack stack = {};
  ReadyQueue ready;
  Timers timers;
  Deque deque;
  // The current node where no task runs.
  abi::Node idle = {};

 private:
  static constexpr uint32_t kTurnsInRow = 64;

  SKEIN_COLD void wake_another();
  SKEIN_COLD bool pop_again(Frame* popped, Frame* wanted);
  void added(ReadyQueue::Added added);
  // The same for a bound worker, and while tracing; models have it instead.
  void make_ready_slowly(Frame* frame);

  Frame* next_local();
  Frame* take_global();
  Frame* search();
  Frame* search_for_a_while();
  uint64_t activity_of_others();
  bool another_runs();
  Frame* search_once();
  Frame* steal_from(Worker& victim);
  void resume(Frame* frame);
  void run_on(Frame* frame);
  base::AtomicRef<const char*> limit() { return base::AtomicRef<const char*>(*limit_); }
  bool is_asked_to_give_way() { return limit().load(Order::Relaxed) != own_limit_; }
  void trace_run(Frame* frame);
  void resume_and_learn(Frame* frame);
  bool fire_timers();
  void fire_timers_of(Worker& victim, int64_t now);
  void act_on(abi::Timer* timer);
  void act_on_all(abi::Timer* fired);
  void leave_free_blocks();
  void park();
  void watch_others();
  void rest();
  void hand_over();
  void wait_bound();
  void send(Frame* frame);
  int64_t time_to_sleep(bool watches);

  StealPatience steal_patience_;
  ReadyPatience ready_patience_;
  SearchPatience search_patience_;
  Stolen stolen_ = Stolen::Nothing;
  uint64_t random_;
  uint32_t turn_ = 0;
  bool ran_since_look_ = true;    // so what tasks wait for may have changed
  uint64_t looked_at_clock_ = 0;  // cycles
  base::Atomic<uint64_t> activity_;
  base::Atomic<uint32_t> entered_;
  int processor_clock_ = 0;
  int thread_ = 0;
  base::TraceLog trace_log_;
  const char** limit_ = nullptr;      // the thread's skn_stack_limit
  const char* own_limit_ = nullptr;   // what it is when nobody asks to give way
  int64_t quiet_ = 0;  // nanoseconds to sleep before asking to be woken
  int64_t watch_ = 0;  // nanoseconds until a watcher looks again
  bool is_bound_ = false;
  bool is_free_ = false;   // bound, and its thread has ended; under the scheduler's lock
  base::Atomic<abi::Node*> bound_;
  base::Atomic<Frame*> inbox_;
  base::EventCount inbox_wake_;
};

// The worker this thread is, the lowest address down to which suspending functions may use its stack,
// and the task. Compiled code reads them, so they are plain thread locals at a fixed offset.
extern "C" {
extern __thread Worker* skn_worker;
extern __thread const char* skn_stack_limit;
// The task that runs on this thread.
extern __thread abi::Node* skn_node;
}

// There is no membarrier: who gives a lock back passes a fence itself. Set before a second worker starts.
extern "C" bool skn_fences_always;

// Whether there is one worker, and nobody else runs tasks.
bool is_alone();

// Never keep the result across a call that may suspend: the task may go on elsewhere.
SKEIN_INLINE Worker& current() { return *skn_worker; }

// Sets a timer as Timers::insert does, also where a guest fires one and sets it again. Gives the number of the
// worker in whose wheel it is.
uint32_t set_timer(abi::Timer* timer, int64_t now, int64_t nanoseconds);

// Takes a timer out of the wheel of the worker with that number. False: it has fired, and who fired it
// is about to act on it.
bool withdraw_timer(abi::Timer* timer, uint32_t worker);

}  // namespace skein::sched
