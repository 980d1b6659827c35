// The loop of a worker: see worker.h; scheduler.h tells how workers sleep and wake each other.
#include "runtime/sched/worker.h"

#include "runtime/memory/buffer_pool.h"
#include "runtime/memory/depot.h"
#include "runtime/sched/scheduler.h"
#include "runtime/task/claim.h"
#include "runtime/task/deadline.h"
#include "runtime/task/reasons.h"
#include "runtime/task/record.h"
#include "runtime/task/task.h"

namespace skein::sched {

extern "C" {
__thread Worker* skn_worker = nullptr;
__thread const char* skn_stack_limit = nullptr;
__thread abi::Node* skn_node = nullptr;
}

// Looks at the others before a worker gives up, where they run.
constexpr int kSearchRounds = 120;
constexpr int64_t kLeastQuiet = 64'000;
constexpr int64_t kMostQuiet = 2'000'000;
constexpr int64_t kWatch = 10'000'000;
constexpr int64_t kMostWatch = 160'000'000;
// How much later than due a timer of a busy worker is fired by another.
constexpr int64_t kTimerPatience = 2'000'000;
// Every so many picks the global queue comes first, and errands.
constexpr uint64_t kGlobalFirst = 61;
// So often, between two frames, the clock is looked at while timers are set.
constexpr uint64_t kClockCycles = 250 * base::kCyclesPerMicrosecond;

static void wake_last(task::Host&, Frame* frame) { current().make_ready_last(frame); }

Worker::Worker(Scheduler& owner, uint32_t number)
    : wake_wanted_(1),
      id(number),
      host(wake_last),
      scheduler(owner),
      random_(number * 2654435769u + 1) {}

void Worker::enter(const base::Stack& own) {
  stack = own;
  skn_worker = this;
  own_limit_ = own.top - kSuspendStack;
  skn_stack_limit = own_limit_;
  limit_ = &skn_stack_limit;
  processor_clock_ = base::own_processor_clock();
  thread_ = base::own_thread();
  skn_node = &idle;
  entered_.store(1, Order::Release);
}

void Worker::leave() {
  entered_.store(0, Order::Release);
  skn_worker = nullptr;
  skn_stack_limit = nullptr;
  skn_node = nullptr;
}

void Worker::fence_always() {
  deque.fence_always();
  ready.fence_always();
  timers.fence_always();
}

// --- For tasks -----------------------------------------------------------------------------------

void Worker::wake_another() {
  wake_wanted_.store(0, Order::Relaxed);
  counters.wakes++;
  scheduler.wake_one();
}

// The call left entries of its own above the one that was pushed before it: they wait their turn.
bool Worker::pop_again(Frame* popped, Frame* wanted) {
  while (popped != nullptr && popped != wanted) {
    make_ready_last(popped);
    popped = deque.pop();
  }
  return popped == wanted;
}

void Worker::added(ReadyQueue::Added added) {
  if (added.overflow != nullptr) scheduler.global.push(added.overflow);
  if (!added.more_than_one) return;
  base::compiler_fence();
  if (wake_wanted_.load(Order::Relaxed) != 0) wake_another();
}

void Worker::make_ready_slowly(Frame* frame) {
  if (base::is_tracing) trace(frame->node, base::TraceEvent::Wake);
  if (is_bound_) return send(frame);
  added(ready.add_next(frame));
}

void Worker::make_ready_last(Frame* frame) {
  if (SKEIN_UNLIKELY(base::is_tracing)) trace(frame->node, base::TraceEvent::Wake);
  if (SKEIN_UNLIKELY(is_bound_)) return send(frame);
  added(ready.add_last(frame));
}

// --- The loop ------------------------------------------------------------------------------------

// The task goes on here, and whatever it waited for is over. Inlined into the loop alone.
SKEIN_INLINE void Worker::run_on(Frame* frame) {
  abi::Node* node = frame->node != nullptr ? frame->node : &idle;
  if (SKEIN_UNLIKELY(task::is_bound(node)) && bound() != node) return scheduler.forward(frame);
  const uint64_t what = task::leave_wait(node);
  if (frame->node != nullptr) recent.note(node->site, frame->site, task::reason_in(what));
  ran_since_look_ = true;
  skn_node = node;
  if (SKEIN_UNLIKELY(is_asked_to_give_way())) limit().store(own_limit_, Order::Relaxed);
  activity_.add_by_owner(1);
  task::resume(frame);
  activity_.add_by_owner(1);
}

void Worker::resume(Frame* frame) { run_on(frame); }

static base::TraceRecord record_of(const abi::Node* task, base::TraceEvent event) {
  base::TraceRecord record = {};
  record.event = static_cast<uint8_t>(event);
  record.task = task;
  if (task != nullptr) record.spawned = task::spawned_at(task);
  return record;
}

void Worker::trace(abi::Node* task, base::TraceEvent event) { trace_log_.append(id, record_of(task, event)); }

void Worker::trace_run(Frame* frame) {
  if (stolen_ != Stolen::Nothing) trace(frame->node, base::TraceEvent::Steal);
  base::TraceRecord record = record_of(frame->node, base::TraceEvent::Run);
  record.reason = static_cast<uint8_t>(task::reason_of(frame->node));
  record.at = frame->site;
  trace_log_.append(id, record);
}

void Worker::begin_activity() {
  activity_.add_by_owner(1);
  if (base::is_tracing) trace(skn_node, base::TraceEvent::Run);
}

// The stack unwinds up to the loop: what was asked stays asked until then.
void Worker::give_way(Frame* frame) {
  if (is_asked_to_give_way()) return make_ready_last(frame);
  make_ready(frame);
}

// A worker that retires, or runs no tasks, leaves nothing to be done behind.
void Worker::hand_over() {
  while (Frame* frame = ready.pick()) {
    Batch* batch = new_batch();
    do {
      batch->frames[batch->count++] = frame;
      frame = batch->count < kGlobalBatch ? ready.pick() : nullptr;
    } while (frame != nullptr);
    scheduler.global.push(batch);
  }
  if (scheduler.global.sees_work()) scheduler.wake_one();
}

void Worker::resume_and_learn(Frame* frame) {
  const Stolen stolen = stolen_;
  stolen_ = Stolen::Nothing;
  const uint64_t start = base::cycles();
  resume(frame);
  const uint64_t busy = base::cycles() - start;
  if (stolen == Stolen::Continuation) {
    steal_patience_.learn(busy);
  } else {
    ready_patience_.learn(busy);
  }
  if (busy > 10 * base::kCyclesPerMicrosecond) quiet_ = 0;
}

// The deque needs no look: when no frame runs here, nothing is pushed here.
SKEIN_INLINE Frame* Worker::next_local() {
  const uint64_t pick = ++counters.picks;
  if (timers.due() != kNoTimer && base::cycles() - looked_at_clock_ > kClockCycles) fire_timers();
  if (pick % kGlobalFirst == 0) {
    scheduler.run_errand();
    (void)scheduler.look_if_due();
    if (Frame* frame = take_global()) return frame;
  }
  return ready.pick();
}

void Worker::run() {
  if (is_running(activity())) activity_.add_by_owner(1);
  while (!scheduler.stopping()) {
    if (SKEIN_UNLIKELY(scheduler.retires(id))) {
      hand_over();
      leave_free_blocks();
      scheduler.stay_retired();
      continue;
    }
    Frame* frame = next_local();
    if (frame == nullptr) frame = search();
    if (frame == nullptr) {
      park();
      continue;
    }
    if (SKEIN_UNLIKELY(base::is_tracing)) trace_run(frame);
    if (SKEIN_LIKELY(stolen_ == Stolen::Nothing)) {
      run_on(frame);
    } else {
      resume_and_learn(frame);
    }
  }
}

Frame* Worker::take_global() {
  Batch* batch = scheduler.global.pop();
  if (batch == nullptr) return nullptr;
  Batch* overflow = ready.add_all(batch->frames + 1, batch->count - 1);
  while (overflow != nullptr) {
    Batch* next = overflow->next;
    overflow->next = nullptr;
    scheduler.global.push(overflow);
    overflow = next;
  }
  Frame* frame = batch->frames[0];
  free_batch(batch);
  return frame;
}

// --- Timers --------------------------------------------------------------------------------------

// What a timer is part of begins with a Wait, or is a frame that sleeps.
static char* begin_of(abi::Timer* timer) {
  return reinterpret_cast<char*>(timer) - abi::kTimerAfterWait;
}
static_assert(offsetof(task::Deadline, timer) == abi::kTimerAfterWait);

void Worker::act_on(abi::Timer* timer) {
  char* begin = begin_of(timer);
  switch (static_cast<task::WaitReason>(reinterpret_cast<abi::Wait*>(begin)->reason)) {
    case task::WaitReason::Deadline:
      return task::fire_deadline(reinterpret_cast<task::Deadline*>(begin), host);
    case task::WaitReason::After: {
      Frame* frame = task::serve_arm(reinterpret_cast<abi::After*>(begin)->arm);
      if (frame != nullptr) make_ready_last(frame);
      return;
    }
    case task::WaitReason::Tick: {
      Alarm* alarm = reinterpret_cast<Alarm*>(begin);
      return alarm->act(alarm);
    }
    default:
      return make_ready_last(task::frame_around(timer));
  }
}

void Worker::act_on_all(abi::Timer* fired) {
  while (fired != nullptr) {
    // It lies in the frame, which may run and be gone as soon as it is ready.
    abi::Timer* next = fired->next;
    act_on(fired);
    fired = next;
  }
}

bool is_alone() { return current().scheduler.started() == 1; }

uint32_t set_timer(abi::Timer* timer, int64_t now, int64_t nanoseconds) {
  Worker& here = current();
  if (here.id < kMostWorkers) {
    here.timers.insert(timer, now, nanoseconds);
    return here.id;
  }
  // Nobody turns the wheel of a guest.
  here.scheduler.worker(0).timers.insert_as_guest(timer, now, nanoseconds);
  here.scheduler.look_at_timers();
  return 0;
}

bool withdraw_timer(abi::Timer* timer, uint32_t worker) {
  Worker& here = current();
  if (here.id == worker) return here.timers.withdraw(timer);
  return here.scheduler.worker(worker).timers.withdraw_as_guest(timer);
}

bool Worker::fire_timers() {
  if (timers.due() == kNoTimer) return false;
  looked_at_clock_ = base::cycles();
  const int64_t now = base::now();
  if (timers.due() > now) return false;
  act_on_all(timers.fire(now));
  return true;
}

void Worker::fire_timers_of(Worker& victim, int64_t now) {
  const int64_t due = victim.timers.due();
  if (due == kNoTimer || now - due < kTimerPatience) return;
  act_on_all(victim.timers.fire_as_guest(now));
}

void Worker::fire_for(Worker& victim, int64_t now) {
  act_on_all(victim.timers.fire_as_guest(now));
  hand_over();
}

// --- Looking for work ----------------------------------------------------------------------------

Frame* Worker::search() {
  if (SKEIN_UNLIKELY(base::is_tracing)) trace(nullptr, base::TraceEvent::Rest);
  scheduler.run_errand();
  if (fire_timers()) return ready.pick();
  if (Frame* frame = take_global()) {
    quiet_ = 0;
    return frame;
  }
  if (scheduler.started() == 1 || !scheduler.begin_search()) return nullptr;
  Frame* frame = search_for_a_while();
  scheduler.end_search();
  if (frame != nullptr) scheduler.wake_more();
  return frame;
}

// What others ran so far, as one number: it changes while they run tasks, however short these are.
uint64_t Worker::activity_of_others() {
  const uint32_t count = scheduler.started();
  uint64_t sum = 0;
  for (uint32_t i = 0; i < count; ++i) {
    if (i != id) sum += scheduler.worker(i).activity();
  }
  return sum;
}

bool Worker::another_runs() {
  const uint32_t count = scheduler.started();
  for (uint32_t i = 0; i < count; ++i) {
    if (i != id && is_running(scheduler.worker(i).activity())) return true;
  }
  return false;
}

// Goes on for long only while others run something, who may have work to offer.
Frame* Worker::search_for_a_while() {
  uint64_t activity = activity_of_others();
  uint32_t in_vain = 0;
  for (int round = 0; round < kSearchRounds && !scheduler.stopping(); ++round) {
    if (Frame* frame = search_once()) {
      if (stolen_ != Stolen::Nothing) search_patience_.learn(true);
      return frame;
    }
    const uint32_t pauses = ready_patience_.pauses();
    const uint64_t before = activity;
    activity = activity_of_others();
    if (activity == before && !another_runs()) {
      in_vain += pauses;
      if (in_vain > search_patience_.pauses()) break;
    }
    counters.pauses += pauses;
    for (uint32_t i = pauses; i > 0; --i) base::spin_pause();
  }
  if (in_vain > 0) search_patience_.learn(false);
  return nullptr;
}

Frame* Worker::search_once() {
  if (fire_timers()) return ready.pick();
  if (Frame* frame = take_global()) return frame;
  const uint32_t count = scheduler.started();
  const uint32_t first = random() % count;
  for (uint32_t i = 0; i < count; ++i) {
    Worker& victim = scheduler.worker((first + i) % count);
    if (&victim == this || victim.is_bound()) continue;
    if (Frame* frame = steal_from(victim)) return frame;
  }
  return nullptr;
}

Frame* Worker::steal_from(Worker& victim) {
  Thief thief(victim.deque);
  if (thief.sees_work() && steal_patience_.wait_for(thief)) {
    if (Frame* frame = thief.steal()) {
      counters.steals++;
      stolen_ = Stolen::Continuation;
      return frame;
    }
  }
  const ReadyGlance glance = victim.ready.glance();
  if (glance.empty() || !ready_patience_.wait_for(victim.id, glance)) return nullptr;
  Frame* stolen[ReadyQueue::kMostStolen];
  const uint32_t count = victim.ready.steal(stolen);
  if (count == 0) return nullptr;
  // Our own queue is empty, so all of it fits.
  (void)ready.add_all(stolen + 1, count - 1);
  counters.ready_steals += count;
  stolen_ = Stolen::Ready;
  return stolen[0];
}

// --- Sleeping ------------------------------------------------------------------------------------

// How long to sleep at most; negative = until woken.
int64_t Worker::time_to_sleep(bool watches) {
  int64_t due = timers.due();
  for (uint32_t i = 0; watches && i < scheduler.started(); ++i) {
    const int64_t other = scheduler.worker(i).timers.due();
    if (&scheduler.worker(i) != this && other != kNoTimer && other + kTimerPatience < due) {
      due = other + kTimerPatience;
    }
  }
  int64_t limit = watches ? watch_ : -1;
  if (ran_since_look_ && (limit < 0 || limit > kBetweenLooks)) limit = kBetweenLooks;
  if (due != kNoTimer) {
    int64_t wait = due - base::now();
    if (wait < 0) wait = 0;
    if (limit < 0 || wait < limit) limit = wait;
  }
  return limit;
}

// After a wake that led to nothing: some time in which nobody is asked to wake us.
void Worker::rest() {
  const uint32_t prepared = scheduler.begin_sleep();
  const int64_t most = time_to_sleep(false);
  if (!scheduler.stopping()) scheduler.sleep(prepared, most >= 0 && most < quiet_ ? most : quiet_);
  scheduler.end_sleep();
}

void Worker::watch_others() {
  scheduler.stop_watching();
  const int64_t now = base::now();
  for (uint32_t i = 0; i < scheduler.started(); ++i) {
    if (&scheduler.worker(i) != this) fire_timers_of(scheduler.worker(i), now);
  }
}

// Before it sleeps, for how long nobody knows.
void Worker::leave_free_blocks() {
  if (SKEIN_LIKELY(!memory::had_a_peak())) return;
  host.frames.leave_free_blocks();
  host.nodes.leave_free_blocks();
  memory::buffers.leave_free_blocks();
}

void Worker::park() {
  leave_free_blocks();
  if (quiet_ > 0) {
    rest();
    if (timers.due() != kNoTimer && timers.due() <= base::now()) return;
  }
  if (ran_since_look_ && scheduler.look_if_due()) ran_since_look_ = false;
  const uint32_t prepared = scheduler.begin_sleep();
  scheduler.ask_for_wake();
  // Now either an offer made meanwhile is seen here, or whoever makes it sees that we ask.
  const bool nothing = !scheduler.has_stealable_work() && !scheduler.has_errand() && !scheduler.stopping();
  if (nothing) {
    scheduler.report_deadlock();
    const bool watches = scheduler.started() > 1 && scheduler.become_watcher();
    // While nobody runs there is little to watch for.
    watch_ = scheduler.everybody_sleeps() && watch_ > 0 ? watch_ * 2 : kWatch;
    if (watch_ > kMostWatch) watch_ = kMostWatch;
    counters.sleeps++;
    scheduler.sleep(prepared, time_to_sleep(watches));
    // Awake before it fires: a timer that is out of its wheel while its task is in no queue yet would
    // look like a deadlock to whoever finds everybody asleep.
    scheduler.end_sleep();
    if (watches) watch_others();
  } else {
    scheduler.end_sleep();
  }
  quiet_ = quiet_ == 0 ? kLeastQuiet : quiet_ * 2;
  if (quiet_ > kMostQuiet) quiet_ = kMostQuiet;
}

}  // namespace skein::sched
