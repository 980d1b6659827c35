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
// Blocks are 8-byte multiples up to a kilobyte, 16-aligned where their size is a multiple of that, as those of
// frames are; longer ones come from malloc. Fresh blocks are cut from chunks of 4096. Chunks whose blocks have all lain in the depot for a while go back to the system
// (task/depot.h).
//
// The nodes of tasks, with their futures, have pools of their own. A block of these goes by the
// address of its future: the list of free ones runs through the word of the future, so that the rest of
// the node can stay as it was, which is zero, and a spawn need not write what it finds so. Their
// chunks are known, and a dump finds all tasks that wait without anybody having kept a list
// (for_each_node_block).
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/base/atomic.h"
#include "runtime/base/spin_lock.h"

#include <cstddef>
#include <cstdint>

namespace skein::task {

// A free block. Its memory is at least 16 bytes.
struct Block {
  Block* next;
  Block* next_batch;  // in the depot, and only in a batch's first block; else as it was
};

constexpr size_t kBlockStep = 8;
constexpr size_t kLargestBlock = base::kModel ? 32 : 1024;
constexpr size_t kSizeClasses = kLargestBlock / kBlockStep + 1;
constexpr uint32_t kBatch = base::kModel ? 1 : 64;
constexpr size_t kFramesInChunk = base::kModel ? 4 : 4096;
constexpr size_t kNodesInChunk = base::kModel ? 4 : 1024;

// What a pool's blocks are for. Those of one kind never become those of another.
enum class Blocks : uint8_t { Frames, Nodes };

// Of the block that a coroutine's frame lies in.
SKEIN_INLINE size_t frame_bytes(size_t size) {
  return (size + abi::kAlignment - 1) / abi::kAlignment * abi::kAlignment;
}

// How many bytes of a block lie in front of its address.
constexpr size_t bytes_before(Blocks kind) {
  return kind == Blocks::Nodes ? abi::kNodeFuture : 0;
}

class FramePool {
 public:
  constexpr FramePool() = default;
  constexpr explicit FramePool(Blocks kind) : kind_(kind) {}

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
  size_t bytes_from_chunks() const { return bytes_from_chunks_; }

 private:
  struct Counted {
    Block* filling;    // up to kBatch blocks
    Block* full;       // a whole batch kept back, so that a worker at the edge does not go to and fro
    uint32_t count;    // blocks in `filling`
  };
  // The rest of a chunk.
  struct Cut {
    char* next;
    char* end;
    bool is_used_again;
  };

  static SKEIN_INLINE size_t class_of(size_t size) { return (size + kBlockStep - 1) / kBlockStep; }

  SKEIN_COLD void* refill(size_t size_class);
  SKEIN_COLD void* new_spare(size_t size_class);
  SKEIN_COLD void* allocate_large(size_t size);
  SKEIN_COLD void free_large(void* memory);
  void begin_chunk(Cut& cut, size_t size_class);
  char* cut_chunk(size_t bytes);

  Block* free_[kSizeClasses] = {};
  Block* spare_[kSizeClasses] = {};
  Counted counted_[kSizeClasses] = {};
  Cut cut_[kSizeClasses] = {};
  char* arena_ = nullptr;
  char* arena_end_ = nullptr;
  size_t bytes_from_chunks_ = 0;
  Blocks kind_ = Blocks::Frames;
};

// How many batches of a size class of frames lie in the depot.
size_t depot_batches(size_t size_class);

// Calls `visit` with every block for a node there is, used or free. Takes no lock that could be held
// by an interrupted thread.
void for_each_node_block(void (*visit)(void* block, void* context), void* context);

// A number for a node in use that no other one has: they are counted through their chunks, and large
// ones have their addresses.
uint64_t number_of_node(const void* node);

}  // namespace skein::task
