// See cutter.h.
#include "runtime/memory/cutter.h"

#include "runtime/base/platform.h"
#include "runtime/memory/depot.h"
#include "runtime/memory/node_chunks.h"

namespace skein::memory {

// A chunk is a whole number of pages, as it goes back by itself.
static_assert(kFramesInChunk * kBlockStep % 4096 == 0 || base::kModel);
static_assert(kNodesInChunk * kBlockStep % 4096 == 0 || base::kModel);
static_assert(kBuffersInChunk * kBlockStep % 4096 == 0);

static size_t blocks_in_chunk(Blocks kind) {
  switch (kind) {
    case Blocks::Frames:
      return kFramesInChunk;
    case Blocks::Nodes:
      return kNodesInChunk;
    case Blocks::Buffers:
      return kBuffersInChunk;
  }
  __builtin_unreachable();
}

// Every thread cuts buffers, and a limit on address space counts what is not touched as well.
constexpr size_t kBufferArena = size_t(4) << 20;

static size_t arena_bytes(Blocks kind) {
  if (base::kModel) return 4096;
  return kind == Blocks::Buffers ? kBufferArena : base::kPoolArena;
}

void* Cutter::cut(size_t size_class) {
  Cut& cut = cuts_[size_class];
  if (cut.next == cut.end) begin_chunk(cut, size_class);
  char* block = cut.next;
  cut.next += bytes_of(size_class);
  if (!cut.is_used_again) bytes_ += bytes_of(size_class);
  return block + bytes_before(kind_);
}

// One that went back to the system, or a new one.
void Cutter::begin_chunk(Cut& cut, size_t size_class) {
  Depot& depot = depot_of(kind_, size_class);
  if (const Chunk* empty = depot.take_empty()) {
    cut = {empty->begin, empty->end, true};
    return;
  }
  const size_t blocks = blocks_in_chunk(kind_);
  const size_t bytes = bytes_of(size_class) * blocks;
  cut.next = cut_chunk(bytes);
  cut.end = cut.next + bytes;
  cut.is_used_again = false;
  depot.note(cut.next, bytes, static_cast<uint32_t>(blocks));
  if (kind_ == Blocks::Nodes) note_nodes(cut.next, bytes, bytes_of(size_class));
}

char* Cutter::cut_chunk(size_t bytes) {
  if (bytes > static_cast<size_t>(arena_end_ - arena_)) {
    const size_t arena = arena_bytes(kind_);
    arena_ = static_cast<char*>(base::reserve_pages(arena));
    arena_end_ = arena_ + arena;
  }
  char* chunk = arena_;
  arena_ += bytes;
  return chunk;
}

}  // namespace skein::memory
