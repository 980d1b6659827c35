// The slow half of frame_pool.h: refilling.
#include "runtime/memory/frame_pool.h"

#include "runtime/base/platform.h"
#include "runtime/memory/depot.h"

#include <cstdlib>
#include <cstring>

namespace skein::memory {

size_t depot_batches(size_t size_class) {
  return depot_of(Blocks::Frames, size_class).batches();
}

void FramePool::free_later(void* memory, size_t size) {
  if (size > kLargestBlock) return free_large(memory);
  const size_t size_class = class_of(size);
  Counted& counted = counted_[size_class];
  Block* block = static_cast<Block*>(memory);
  block->next = counted.filling;
  counted.filling = block;
  if (++counted.count < kBatch) return;
  Block* older = counted.full;
  counted.full = counted.filling;
  counted.filling = nullptr;
  counted.count = 0;
  if (older != nullptr) depot_of(kind_, size_class).put(older);
}

void FramePool::leave_free_blocks() {
  for (size_t size_class = 0; size_class < kSizeClasses; ++size_class) {
    Depot& depot = depot_of(kind_, size_class);
    Counted& counted = counted_[size_class];
    depot.put_all(free_[size_class]);
    depot.put_all(counted.filling);
    depot.put_all(counted.full);
    counted.count = 0;
  }
}

// Own counted blocks first, then the depot, then fresh memory.
void* FramePool::refill(size_t size_class) {
  Counted& counted = counted_[size_class];
  Block* list = counted.filling;
  if (list != nullptr) {
    counted.filling = nullptr;
    counted.count = 0;
  } else if (counted.full != nullptr) {
    list = counted.full;
    counted.full = nullptr;
  } else {
    list = depot_of(kind_, size_class).take();
  }
  if (list != nullptr) {
    free_[size_class] = list->next;
    return list;
  }
  return cutter_.cut(size_class);
}

void* FramePool::new_spare(size_t size_class) {
  Block* block = static_cast<Block*>(allocate(size_class * kBlockStep));
  block->next = nullptr;
  spare_[size_class] = block;
  return block;
}

void* FramePool::allocate_large(size_t size) {
  void* memory = aligned_alloc(abi::kAlignment, aligned_bytes(size));
  if (memory == nullptr) base::fatal("out of memory");
  if (kind_ == Blocks::Nodes) memset(memory, 0, sizeof(abi::Node));
  return static_cast<char*>(memory) + bytes_before(kind_);
}

void FramePool::free_large(void* memory) { free(static_cast<char*>(memory) - bytes_before(kind_)); }

}  // namespace skein::memory
