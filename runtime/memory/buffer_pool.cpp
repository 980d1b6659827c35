// The slow half of buffer_pool.h.
#include "runtime/memory/buffer_pool.h"

#include "runtime/base/platform.h"
#include "runtime/base/spin_lock.h"
#include "runtime/memory/cutter.h"
#include "runtime/memory/depot.h"

#include <cstdlib>
#include <iterator>
#include <new>
#include <pthread.h>

namespace skein::memory {

constinit __thread BufferPool buffers;

// --- What cuts fresh blocks ----------------------------------------------------------------------

// A thread that ends leaves chunks that are cut in part: the next one goes on with them.
namespace {
struct Cutting {
  Cutter cutter{Blocks::Buffers};
  Cutting* earlier = nullptr;    // of all there are
  Cutting* next_free = nullptr;
};
}  // namespace

static constinit base::SpinLock lock;
static constinit Cutting* all = nullptr;
static constinit Cutting* without_thread = nullptr;
static __thread Cutting* own = nullptr;

static void leave_thread(void* cutting) {
  buffers.leave_free_blocks();
  own = nullptr;
  base::SpinGuard guard(lock);
  Cutting* left = static_cast<Cutting*>(cutting);
  left->next_free = without_thread;
  without_thread = left;
}

static Cutting* take_cutting() {
  base::SpinGuard guard(lock);
  Cutting* cutting = without_thread;
  if (cutting != nullptr) {
    without_thread = cutting->next_free;
    return cutting;
  }
  void* memory = malloc(sizeof(Cutting));
  if (memory == nullptr) base::fatal("out of memory");
  cutting = new (memory) Cutting;
  cutting->earlier = all;
  all = cutting;
  return cutting;
}

static pthread_key_t thread_end;
static pthread_once_t has_key = PTHREAD_ONCE_INIT;

static void make_key() {
  if (pthread_key_create(&thread_end, leave_thread) != 0) base::fatal("out of memory");
}

static void* cut(size_t size_class) {
  if (own == nullptr) {
    pthread_once(&has_key, make_key);
    own = take_cutting();
    pthread_setspecific(thread_end, own);
  }
  return own->cutter.cut(size_class);
}

size_t bytes_of_buffers() {
  base::SpinGuard guard(lock);
  size_t bytes = 0;
  for (const Cutting* each = all; each != nullptr; each = each->earlier) {
    bytes += each->cutter.bytes();
  }
  return bytes;
}

// --- Batches -------------------------------------------------------------------------------------

void* BufferPool::refill(size_t size_class) {
  Stack& stack = stacks_[size_class];
  Block* batch = depot_of(Blocks::Buffers, size_class).take();
  if (batch == nullptr) {
    stack.count = 0;
    return cut(size_class);
  }
  stack.top = batch->next;
  stack.count = kBatch - 1;
  return batch;
}

void BufferPool::leave_batch(size_t size_class) {
  Stack& stack = stacks_[size_class];
  stack.count -= kBatch;
  depot_of(Blocks::Buffers, size_class).put(take_batch(stack.top));
}

void BufferPool::leave_free_blocks() {
  for (size_t size_class = 0; size_class < std::size(stacks_); ++size_class) {
    Stack& stack = stacks_[size_class];
    depot_of(Blocks::Buffers, size_class).put_all(stack.top);
    stack.count = 0;
  }
}

void* BufferPool::allocate_large(size_t size) {
  void* memory = malloc(size);
  if (memory == nullptr) base::fatal("out of memory");
  return memory;
}

void BufferPool::free_large(void* memory) { ::free(memory); }

}  // namespace skein::memory
