// Where small counted buffers and boxes come from: free blocks by size, a set for each thread.
//
// Any thread may free what any other allocated, and nobody asks which: a block goes to the thread that
// frees it. One that has kMost of a size leaves a batch of them in the depot, where those that have none
// look first; so what one thread allocates and another frees goes round, at two locks for 64 blocks.
// (malloc of glibc took half the time of building and dropping trees, and bound each block to the
// arena it came from.)
//
// Threads and not workers have these: C may call from threads of its own, and a stuck worker's tasks
// move to another thread. Blocks longer than kLargestBuffer come from malloc, and under a sanitizer all
// do, which then sees each of them.
#pragma once

#include "runtime/memory/blocks.h"

namespace skein::memory {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
#endif

constexpr size_t kLargestBuffer = kSanitized || base::kModel ? 0 : 512;

class BufferPool {
 public:
  SKEIN_INLINE void* allocate(size_t size) {
    if (size > kLargestBuffer) return allocate_large(size);
    const size_t size_class = class_of(aligned_bytes(size));
    Stack& stack = stacks_[size_class];
    Block* block = stack.top;
    if (SKEIN_UNLIKELY(block == nullptr)) return refill(size_class);
    stack.top = block->next;
    --stack.count;
    return block;
  }

  // `size` as it was when the block was allocated.
  SKEIN_INLINE void free(void* memory, size_t size) {
    if (size > kLargestBuffer) return free_large(memory);
    const size_t size_class = class_of(aligned_bytes(size));
    Stack& stack = stacks_[size_class];
    Block* block = static_cast<Block*>(memory);
    block->next = stack.top;
    stack.top = block;
    if (SKEIN_UNLIKELY(++stack.count == kMost)) leave_batch(size_class);
  }

  // The thread goes to sleep, or ends: what is free here is for others, or for the system.
  void leave_free_blocks();

 private:
  static constexpr uint32_t kMost = 2 * kBatch;

  // The last batch of a depot may be short, so `count` can be too large, by less than a batch: when
  // it is kMost, there is a whole one all the same.
  struct Stack {
    Block* top;
    uint64_t count;
  };

  SKEIN_COLD void* refill(size_t size_class);
  SKEIN_COLD void leave_batch(size_t size_class);
  SKEIN_COLD void* allocate_large(size_t size);
  SKEIN_COLD void free_large(void* memory);

  Stack stacks_[kLargestBuffer / kBlockStep + 1] = {};
};

extern __thread BufferPool buffers;

// Bytes that all threads cut from chunks so far.
size_t bytes_of_buffers();

}  // namespace skein::memory
