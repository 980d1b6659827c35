// What stands around the protocols in a model: the system, and a worker that only passes frames on.
#include "test/model/host.h"

#include "runtime/api/api.h"
#include "runtime/base/platform.h"
#include "runtime/task/record.h"
#include "runtime/wait/channel.h"
#include "runtime/wait/lock.h"
#include "runtime/wait/ticker.h"

namespace skein::base {

int64_t now() { return 1; }
int64_t recently() { return 1; }
void yield_thread() { model::yield(); }
void process_fence() { model::process_fence(); }
bool enable_process_fence() { return true; }
uint64_t random_seed() { return 1; }
void fatal(const char* what) { model::fail(what); }
void* reserve_pages(size_t size) { return model::allocate(size); }
void give_back_pages(void*, size_t) { model::fail("no memory goes back"); }

void futex_wait(const uint32_t* word, uint32_t value, int64_t nanoseconds) {
  model::futex_wait(word, value, nanoseconds >= 0);
}
void futex_wake(const uint32_t* word, int count) { model::futex_wake(word, count); }

}  // namespace skein::base

namespace skein::sched {

extern "C" {
bool skn_fences_always = false;
__thread Worker* skn_worker = nullptr;
__thread const char* skn_stack_limit = nullptr;
__thread abi::Node* skn_node = nullptr;
}

void Worker::make_ready_slowly(Frame* frame) { model::make_ready(frame); }
void Worker::make_ready_last(Frame* frame) { model::make_ready(frame); }

bool is_alone() { return false; }

// Time does not pass here.
void Timers::insert(abi::Timer*, int64_t, int64_t) { model::fail("no timer is set"); }
bool withdraw_timer(abi::Timer*, uint32_t) { model::fail("no timer was set"); }

// Models have deques, but no worker with one.
void Worker::wake_another() { model::fail("no frame is pushed"); }
bool Worker::pop_again(Frame*, Frame*) { model::fail("no frame is popped"); }

}  // namespace skein::sched

namespace skein::wait {

void stop_ticker(Ticker*) { model::fail("no channel is filled by time"); }

}  // namespace skein::wait

// What the hot paths leave to the library.
extern "C" {
using skein::wait::Channel;
using skein::wait::LockRequest;

static void wake_all(skein::abi::Waiter* served) {
  while (served != nullptr) {
    skein::abi::Waiter* next = served->next;
    skein::model::make_ready(skein::task::frame_of(served));
    served = next;
  }
}

int32_t skn_chan_send_now(void* channel, void* value) {
  skein::abi::Frame* other = nullptr;
  const auto outcome = static_cast<Channel*>(channel)->send(value, other);
  skein::model::make_ready(other);
  return static_cast<int32_t>(outcome);
}
int32_t skn_chan_receive_now(void* channel, void* value) {
  skein::abi::Frame* other = nullptr;
  const auto outcome = static_cast<Channel*>(channel)->receive(value, other);
  skein::model::make_ready(other);
  return static_cast<int32_t>(outcome);
}
int32_t skn_lock_try_slowly(void* request) {
  return skein::wait::try_lock(LockRequest(request));
}
void skn_lock_release_slowly(void* cell, bool reads, bool poisons) {
  void* request = reinterpret_cast<void*>(reinterpret_cast<uint64_t>(cell) | reads);
  wake_all(skein::wait::release_lock(LockRequest(request), poisons));
}
void skn_lock_wake(void* cell) {
  wake_all(skein::wait::wake_for_lock(static_cast<skein::abi::Cell*>(cell)));
}
}

extern "C" {
// What the runtime calls malloc and free (atomic.h): the memory of the execution.
void* skein_model_malloc(size_t size) { return skein::model::allocate(size); }
void* skein_model_aligned_alloc(size_t, size_t size) { return skein::model::allocate(size); }
void skein_model_free(void* memory) {
  if (memory != nullptr) skein::model::release(memory);
}
}
