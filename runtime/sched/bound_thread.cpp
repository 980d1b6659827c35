// See bound_thread.h.
#include "runtime/sched/bound_thread.h"

#include "runtime/base/thread_local.h"

namespace skein::sched {

static void run_thread(void* memory) {
  Worker* worker = static_cast<Worker*>(memory);
  base::name_thread("thread", worker->id);
  worker->enter(worker->stack);
  worker->run_bound();
  base::drop_thread_locals();
  worker->leave();
  worker->scheduler.end_bound(*worker);
}

bool run_on_thread(Scheduler& scheduler, Frame* frame) {
  abi::Node* node = frame->node;
  task::set_bound(node, true);
  Worker* worker = scheduler.new_bound(node);
  if (worker != nullptr && scheduler.start_bound(*worker, frame, run_thread)) return true;
  task::set_bound(node, false);
  return false;
}

void leave_thread() {
  Worker& worker = current();
  task::set_bound(skn_node, false);
  worker.bind(nullptr);
}

// --- The worker's side ---------------------------------------------------------------------------

// What is woken on this thread is for others, but for its own task.
void Worker::send(Frame* frame) {
  if (frame->node != nullptr && frame->node == bound()) return give_bound(frame);
  Batch* batch = new_batch();
  batch->count = 1;
  batch->frames[0] = frame;
  scheduler.global.push(batch);
  scheduler.wake_one();
}

void Worker::give_bound(Frame* frame) {
  inbox_.store(frame, Order::Release);
  inbox_wake_.wake(1);
}

// Its task waits; the thread has nothing else to do.
void Worker::wait_bound() {
  if (SKEIN_UNLIKELY(base::is_tracing)) trace(nullptr, base::TraceEvent::Rest);
  const uint32_t prepared = inbox_wake_.prepare();
  scheduler.begin_bound_wait();
  if (inbox_.load(Order::Acquire) == nullptr && !scheduler.stopping()) {
    scheduler.report_deadlock();
    int64_t limit = -1;
    const int64_t due = timers.due();
    if (due != kNoTimer) {
      limit = due - base::now();
      if (limit < 0) limit = 0;
    }
    leave_free_blocks();
    inbox_wake_.sleep(prepared, limit);
  }
  scheduler.end_bound_wait();
}

void Worker::run_bound() {
  while (bound() != nullptr && !scheduler.stopping()) {
    if (Frame* frame = inbox_.exchange(nullptr, Order::AcqRel)) {
      if (SKEIN_UNLIKELY(base::is_tracing)) trace_run(frame);
      resume(frame);
    } else if (!fire_timers()) {
      wait_bound();
    }
  }
}

// --- The scheduler's side ------------------------------------------------------------------------

void Scheduler::end_thread(uint32_t i) {
  if (threads_[i].handle == 0) return;
  base::join_thread(threads_[i]);
  base::release_stack(workers_[i]->stack);
  threads_[i] = {};
}

// One whose thread has ended, or a new one.
Worker* Scheduler::new_bound(abi::Node* node) {
  base::SpinGuard guard(starting_);
  for (uint32_t i = 0; i < started(); ++i) {
    Worker& worker = *workers_[i];
    if (!worker.is_free_) continue;
    worker.is_free_ = false;
    end_thread(i);
    worker.bind(node);
    return &worker;
  }
  const uint32_t id = started();
  prepare_for_thieves();
  if (!has_worker(id)) return nullptr;
  Worker& worker = *workers_[id];
  worker.is_bound_ = true;
  worker.bind(node);
  bound_.fetch_add(1, Order::AcqRel);
  bound_waiting_.fetch_add(1, Order::AcqRel);
  started_.store(id + 1, Order::Release);
  return &worker;
}

bool Scheduler::start_bound(Worker& worker, Frame* frame, void (*body)(void*)) {
  end_bound_wait();
  if (base::reserve_stack(worker.stack)) {
    worker.give_bound(frame);
    if (base::start_thread(worker.stack, body, &worker, threads_[worker.id])) return true;
    worker.inbox_.store(nullptr, Order::Relaxed);
    base::release_stack(worker.stack);
  }
  threads_[worker.id] = {};
  worker.bind(nullptr);
  end_bound(worker);
  return false;
}

// On its thread, which is about to end, or where it got none. A worker without a thread counts as one that waits.
void Scheduler::end_bound(Worker& worker) {
  bound_waiting_.fetch_add(1, Order::AcqRel);
  base::SpinGuard guard(starting_);
  worker.is_free_ = true;
}

void Scheduler::forward(Frame* frame) {
  for (uint32_t i = 0; i < started(); ++i) {
    if (workers_[i]->bound() == frame->node) return workers_[i]->give_bound(frame);
  }
  base::fatal("a task is bound to a thread that is gone");
}

}  // namespace skein::sched
