// What stands around the protocols in a model: the system, and a worker that only passes frames on.
#include "test/model/host.h"

#include "runtime/base/platform.h"

namespace skein::base {

void yield_thread() { model::yield(); }
void process_fence() { model::process_fence(); }
bool enable_process_fence() { return true; }
uint64_t random_seed() { return 1; }
void fatal(const char* what) { model::fail(what); }
void* reserve_pages(size_t size) { return model::allocate(size); }

void futex_wait(const uint32_t* word, uint32_t value, int64_t nanoseconds) {
  model::futex_wait(word, value, nanoseconds >= 0);
}
void futex_wake(const uint32_t* word, int count) { model::futex_wake(word, count); }

}  // namespace skein::base

namespace skein::sched {

extern "C" {
__thread Worker* skn_worker = nullptr;
__thread const char* skn_stack_limit = nullptr;
__thread abi::Node* skn_node = nullptr;
}

void Worker::make_ready(Frame* frame) { model::make_ready(frame); }
void Worker::make_ready_last(Frame* frame) { model::make_ready(frame); }

// Models have deques, but no worker with one.
void Worker::wake_another() { model::fail("no frame is pushed"); }
bool Worker::pop_again(Frame*, Frame*) { model::fail("no frame is popped"); }

}  // namespace skein::sched

extern "C" {
// What the runtime calls malloc and free (atomic.h): the memory of the execution.
void* skein_model_malloc(size_t size) { return skein::model::allocate(size); }
void* skein_model_aligned_alloc(size_t, size_t size) { return skein::model::allocate(size); }
void skein_model_free(void* memory) {
  if (memory != nullptr) skein::model::release(memory);
}
}
