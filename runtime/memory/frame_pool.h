// Where frames and futures come from: free lists by size, one set a worker.
//
// Two ways to give a block back. A ramp that ends without having suspended frees on the worker that
// allocated, by construction: those blocks go to the plain list and nothing is counted. A block
// freed after an asynchronous completion may come from any worker, so these are counted and travel
// in batches of 64 through a depot common to all. Without that, a producer on one worker and a
// consumer on another grow memory for ever; with it 100M tasks stay at 3.5 MB, at two depot locks
// for 64 tasks. (Rejected: returning each block to its owner, which costs a locked instruction a
// block; one shared list, which costs it on every allocation.)
//
// Blocks are 8-byte multiples up to a kilobyte, 16-aligned where their size is a multiple of that, as
// those of frames are; longer ones come from malloc. Fresh blocks are cut from chunks of 4096
// (memory/cutter.h). Chunks whose blocks have all lain in the depot for a while go back to the system
// (memory/depot.h).
//
// The nodes of tasks, with their futures, have pools of their own. A block of these goes by the
// address of its future: the list of free ones runs through the word of the future, so that the rest of
// the node can stay as it was, which is zero, and a spawn need not write what it finds so. Their
// chunks are known, and a dump finds all tasks that wait without anybody having kept a list
// (memory/node_chunks.h).
#pragma once

#include "runtime/memory/cutter.h"

namespace skein::memory {

class FramePool {
 public:
  constexpr FramePool() = default;
  constexpr explicit FramePool(Blocks kind) : cutter_(kind), kind_(kind) {}

  // `size` is that of the whole block.
  SKEIN_INLINE void* allocate(size_t size) {
    if (size > kLargestBlock) return allocate_large(size);
    const size_t size_class = class_of(size);
    Block* block = free_[size_class];
    if (SKEIN_LIKELY(block != nullptr)) {
      free_[size_class] = block->next;
      return block;
    }
    return refill(size_class);
  }

  // Only for a block this worker allocated and nobody else has seen.
  SKEIN_INLINE void free_in_place(void* memory, size_t size) {
    if (size > kLargestBlock) return free_large(memory);
    Block* block = static_cast<Block*>(memory);
    block->next = free_[class_of(size)];
    free_[class_of(size)] = block;
  }

  // A block that is wanted only if something happens until the next time this is called: the same one
  // each time, its first word zero, until `use_spare`. Not for sizes above kLargestBlock.
  SKEIN_INLINE void* spare(size_t size) {
    Block* block = spare_[class_of(size)];
    return SKEIN_LIKELY(block != nullptr) ? block : new_spare(class_of(size));
  }
  SKEIN_INLINE void use_spare(size_t size) { spare_[class_of(size)] = nullptr; }

  // For a block of any worker.
  void free_later(void* memory, size_t size);

  // Its worker goes to sleep: what is free here is for others, or for the system.
  void leave_free_blocks();

  // Bytes cut from chunks so far; what a leak test watches.
  size_t bytes_from_chunks() const { return cutter_.bytes(); }

 private:
  struct Counted {
    Block* filling;    // up to kBatch blocks
    Block* full;       // a whole batch kept back, so that a worker at the edge does not go to and fro
    uint32_t count;    // blocks in `filling`
  };

  SKEIN_COLD void* refill(size_t size_class);
  SKEIN_COLD void* new_spare(size_t size_class);
  SKEIN_COLD void* allocate_large(size_t size);
  SKEIN_COLD void free_large(void* memory);

  Block* free_[kSizeClasses] = {};
  Block* spare_[kSizeClasses] = {};
  Counted counted_[kSizeClasses] = {};
  Cutter cutter_{Blocks::Frames};
  Blocks kind_ = Blocks::Frames;
};

// How many batches of a size class of frames lie in the depot.
size_t depot_batches(size_t size_class);

}  // namespace skein::memory
