// The slow half of frame_pool.h: refilling, and cutting chunks.
#include "runtime/task/frame_pool.h"

#include "runtime/task/depot.h"

#include "runtime/base/platform.h"

#include <cstdlib>
#include <cstring>

namespace skein::task {

using base::Order;

size_t depot_batches(size_t size_class) {
  return depot_of(Blocks::Frames, size_class).batches();
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
  if (older != nullptr) depot_of(kind_, size_class).put(older);
}

static void put_all(Depot& depot, Block*& list) {
  while (list != nullptr) {
    Block* const batch = list;
    Block* last = batch;
    for (uint32_t i = 1; i < kBatch && last->next != nullptr; ++i) last = last->next;
    list = last->next;
    last->next = nullptr;
    depot.put(batch);
  }
}

void FramePool::leave_free_blocks() {
  for (size_t size_class = 0; size_class < kSizeClasses; ++size_class) {
    Depot& depot = depot_of(kind_, size_class);
    Counted& counted = counted_[size_class];
    put_all(depot, free_[size_class]);
    put_all(depot, counted.filling);
    put_all(depot, counted.full);
    counted.count = 0;
  }
}

// The smallest is as large as a free one.
static size_t bytes_of(size_t size_class) {
  const size_t bytes = size_class * kBlockStep;
  return bytes < sizeof(Block) ? sizeof(Block) : bytes;
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
  // Not linked into the free list ahead of need: untouched blocks cost no memory.
  Cut& cut = cut_[size_class];
  if (cut.next == cut.end) begin_chunk(cut, size_class);
  char* block = cut.next;
  cut.next += bytes_of(size_class);
  if (!cut.is_used_again) bytes_from_chunks_ += bytes_of(size_class);
  return block + bytes_before(kind_);
}

// One that went back to the system, or a new one.
void FramePool::begin_chunk(Cut& cut, size_t size_class) {
  Depot& depot = depot_of(kind_, size_class);
  if (const Chunk* empty = depot.take_empty()) {
    cut = {empty->begin, empty->end, true};
    return;
  }
  const size_t blocks = kind_ == Blocks::Nodes ? kNodesInChunk : kFramesInChunk;
  const size_t bytes = bytes_of(size_class) * blocks;
  cut.next = cut_chunk(bytes);
  cut.end = cut.next + bytes;
  cut.is_used_again = false;
  depot.note(cut.next, bytes, static_cast<uint32_t>(blocks));
  if (kind_ == Blocks::Nodes) note_nodes(cut.next, bytes, bytes_of(size_class));
}

void* FramePool::new_spare(size_t size_class) {
  Block* block = static_cast<Block*>(allocate(size_class * kBlockStep));
  block->next = nullptr;
  spare_[size_class] = block;
  return block;
}

char* FramePool::cut_chunk(size_t bytes) {
  constexpr size_t kArena = base::kModel ? 4096 : base::kPoolArena;
  if (bytes > static_cast<size_t>(arena_end_ - arena_)) {
    arena_ = static_cast<char*>(base::reserve_pages(kArena));
    arena_end_ = arena_ + kArena;
  }
  char* chunk = arena_;
  arena_ += bytes;
  return chunk;
}

void* FramePool::allocate_large(size_t size) {
  constexpr size_t kStep = abi::kAlignment;
  void* memory = aligned_alloc(kStep, (size + kStep - 1) / kStep * kStep);
  if (memory == nullptr) base::fatal("out of memory");
  if (kind_ == Blocks::Nodes) memset(memory, 0, sizeof(abi::Node));
  return static_cast<char*>(memory) + bytes_before(kind_);
}

void FramePool::free_large(void* memory) { free(static_cast<char*>(memory) - bytes_before(kind_)); }

}  // namespace skein::task
