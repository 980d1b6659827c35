// See blocking.h.
//
// One lock over a list: a call that blocks is worth many microseconds, so nobody waits for the lock.
// The threads have stacks that the system made, since C is what runs on them.
#include "runtime/sched/blocking.h"

#include "runtime/base/platform.h"
#include "runtime/sched/scheduler.h"

#include <cerrno>
#include <ctime>
#include <pthread.h>

namespace skein::sched {

using abi::BlockingCall;

// A thread that is not needed for so long ends.
static constexpr int kIdleSeconds = 5;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t offered = PTHREAD_COND_INITIALIZER;
// Guarded by `lock`.
static BlockingCall* first = nullptr;
static BlockingCall* last = nullptr;
static uint32_t threads = 0;
static uint32_t idle = 0;     // threads that wait
static uint32_t waiting = 0;  // calls in the list

// With the lock held; null when there is none.
static BlockingCall* take_call() {
  BlockingCall* call = first;
  if (call == nullptr) return nullptr;
  first = call->next;
  if (first == nullptr) last = nullptr;
  --waiting;
  return call;
}

// The next call, or null when none came for a while. With the lock held.
static BlockingCall* next_call() {
  timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += kIdleSeconds;
  ++idle;
  int error = 0;
  while (first == nullptr && error == 0) error = pthread_cond_timedwait(&offered, &lock, &until);
  --idle;
  return take_call();
}

// A frame goes to the workers through the queue that belongs to none of them.
static void give_back(Scheduler& scheduler, Frame* frame) {
  Batch* batch = new_batch();
  batch->count = 1;
  batch->frames[0] = frame;
  scheduler.global.push(batch);
  scheduler.wake_one();
  scheduler.end_outside();
}

static void run(Scheduler& scheduler, BlockingCall* call) {
  call->run(call);
  // The record lies in the frame, which may be gone as soon as it is ready.
  give_back(scheduler, call->frame);
}

// The system refuses another thread. One that is there comes to the call; where none is, the worker makes the
// calls itself, and its other tasks wait meanwhile.
static void do_without(Scheduler& scheduler) {
  pthread_mutex_lock(&lock);
  BlockingCall* call = --threads == 0 ? take_call() : nullptr;
  while (call != nullptr) {
    pthread_mutex_unlock(&lock);
    run(scheduler, call);
    pthread_mutex_lock(&lock);
    call = take_call();
  }
  pthread_mutex_unlock(&lock);
}

static void* run_calls(void* argument) {
  Scheduler& scheduler = *static_cast<Scheduler*>(argument);
  pthread_mutex_lock(&lock);
  while (BlockingCall* call = next_call()) {
    pthread_mutex_unlock(&lock);
    run(scheduler, call);
    pthread_mutex_lock(&lock);
  }
  --threads;
  pthread_mutex_unlock(&lock);
  return nullptr;
}

static void start_thread_for(Scheduler& scheduler) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  const bool starts = pthread_create(&thread, &attributes, run_calls, &scheduler) == 0;
  pthread_attr_destroy(&attributes);
  if (!starts) do_without(scheduler);
}

void run_blocking(Scheduler& scheduler, BlockingCall* call) {
  scheduler.begin_outside();
  call->next = nullptr;
  pthread_mutex_lock(&lock);
  (last == nullptr ? first : last->next) = call;
  last = call;
  const bool needs_thread = ++waiting > idle;
  if (needs_thread) {
    ++threads;
  } else {
    pthread_cond_signal(&offered);
  }
  pthread_mutex_unlock(&lock);
  if (needs_thread) start_thread_for(scheduler);
}

}  // namespace skein::sched
