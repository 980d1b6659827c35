// The slow half of frame_pool.h: refilling, the depot, chunks.
#include "runtime/task/frame_pool.h"

#include "runtime/base/platform.h"

#include <cstdlib>
#include <cstring>

namespace skein::task {

using base::Order;

// Whole batches on their way from workers that free to workers that allocate.
struct alignas(128) Depot {
  base::SpinLock lock;
  base::Atomic<Block*> top;  // written under the lock; peeked at without
  size_t batches = 0;
};

static constinit Depot frame_depots[kSizeClasses];
static constinit Depot node_depots[kSizeClasses];

static Depot& depot_of(Blocks kind, size_t size_class) {
  return kind == Blocks::Frames ? frame_depots[size_class] : node_depots[size_class];
}

static void put_batch(Depot& depot, Block* batch) {
  base::SpinGuard guard(depot.lock);
  batch->next_batch = depot.top.load(Order::Relaxed);
  depot.top.store(batch, Order::Relaxed);
  depot.batches++;
}

static Block* take_batch(Depot& depot) {
  if (depot.top.load(Order::Relaxed) == nullptr) return nullptr;
  base::SpinGuard guard(depot.lock);
  Block* batch = depot.top.load(Order::Relaxed);
  if (batch == nullptr) return nullptr;
  depot.top.store(batch->next_batch, Order::Relaxed);
  depot.batches--;
  return batch;
}

size_t depot_batches(size_t size_class) {
  base::SpinGuard guard(frame_depots[size_class].lock);
  return frame_depots[size_class].batches;
}

// A chunk of nodes lies at the end of this list from the moment it is cut, and stays.
struct NodeChunk {
  NodeChunk* earlier;
  char* begin;
  char* end;
  size_t size;
  uint64_t first;   // the number of its first block
};
static constinit base::Atomic<NodeChunk*> node_chunks;

static void note_nodes(char* begin, size_t bytes, size_t size) {
  NodeChunk* chunk = static_cast<NodeChunk*>(malloc(sizeof(NodeChunk)));
  if (chunk == nullptr) base::fatal("out of memory");
  NodeChunk* earlier = node_chunks.load(Order::Acquire);
  do {
    const uint64_t first = earlier == nullptr ? 1 : earlier->first + kNodesInChunk;
    *chunk = {earlier, begin, begin + bytes, size, first};
  } while (!node_chunks.compare_exchange(earlier, chunk, Order::Release));
}

void for_each_node_block(void (*visit)(void* block, void* context), void* context) {
  const NodeChunk* chunk = node_chunks.load(Order::Acquire);
  for (; chunk != nullptr; chunk = chunk->earlier) {
    for (char* block = chunk->begin; block < chunk->end; block += chunk->size) {
      visit(block, context);
    }
  }
}

uint64_t number_of_node(const void* node) {
  const char* at = static_cast<const char*>(node);
  const NodeChunk* chunk = node_chunks.load(Order::Acquire);
  while (chunk != nullptr && (at < chunk->begin || at >= chunk->end)) chunk = chunk->earlier;
  if (chunk == nullptr) return reinterpret_cast<uint64_t>(node) / kBlockStep;
  return chunk->first + static_cast<uint64_t>(at - chunk->begin) / chunk->size;
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
  if (older != nullptr) put_batch(depot_of(kind_, size_class), older);
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
    list = take_batch(depot_of(kind_, size_class));
  }
  if (list != nullptr) {
    free_[size_class] = list->next;
    return list;
  }
  // A size of zero is a block all the same.
  const size_t size = size_class == 0 ? kBlockStep : size_class * kBlockStep;
  Chunk& chunk = chunks_[size_class];
  if (chunk.next == chunk.end) {
    const size_t bytes = size * (kind_ == Blocks::Nodes ? kNodesInChunk : kFramesInChunk);
    chunk.next = cut_chunk(bytes);
    chunk.end = chunk.next + bytes;
    if (kind_ == Blocks::Nodes) note_nodes(chunk.next, bytes, size);
  }
  // Not linked into the free list ahead of need: untouched blocks cost no memory.
  char* block = chunk.next;
  chunk.next += size;
  bytes_from_chunks_ += size;
  return block + bytes_before(kind_);
}

void* FramePool::new_spare(size_t size_class) {
  Block* block = static_cast<Block*>(allocate(size_class * kBlockStep));
  block->next = nullptr;
  spare_[size_class] = block;
  return block;
}

char* FramePool::cut_chunk(size_t bytes) {
  constexpr size_t kArena = base::kModel ? 4096 : size_t(16) << 20;
  if (bytes > static_cast<size_t>(arena_end_ - arena_)) {
    arena_ = static_cast<char*>(base::reserve_pages(kArena));
    arena_end_ = arena_ + kArena;
  }
  char* chunk = arena_;
  arena_ += bytes;
  return chunk;
}

void* FramePool::allocate_large(size_t size) {
  void* memory = aligned_alloc(kBlockStep, (size + kBlockStep - 1) / kBlockStep * kBlockStep);
  if (memory == nullptr) base::fatal("out of memory");
  memset(memory, 0, bytes_before(kind_));
  return static_cast<char*>(memory) + bytes_before(kind_);
}

void FramePool::free_large(void* memory) { free(static_cast<char*>(memory) - bytes_before(kind_)); }

}  // namespace skein::task
