// See trace.h.
#include "runtime/base/trace.h"

namespace skein::base {

// So many chunks in all: 2 GB of records. What comes later is not kept.
static constexpr uint32_t kMostChunks = 6000;

bool is_tracing = false;
static constinit Atomic<TraceChunk*> newest;
static constinit Atomic<uint32_t> chunk_count;
static TraceClock started_at;
static __thread TraceChunk* filling = nullptr;

void start_tracing() {
  started_at = {cycles(), now()};
  is_tracing = true;
}

TraceClock trace_start() { return started_at; }

static TraceChunk* new_chunk(uint32_t thread) {
  if (chunk_count.fetch_add(1, Order::Relaxed) >= kMostChunks) return nullptr;
  // Zero, and not touched before it is used.
  TraceChunk* chunk = static_cast<TraceChunk*>(reserve_pages(sizeof(TraceChunk)));
  chunk->thread = thread;
  TraceChunk* next = newest.load(Order::Relaxed);
  do {
    chunk->next = next;
  } while (!newest.compare_exchange(next, chunk, Order::AcqRel));
  return chunk;
}

void append_trace(uint32_t thread, const TraceRecord& record) {
  if (filling == nullptr || filling->count.load(Order::Relaxed) == TraceChunk::kRecords) {
    filling = new_chunk(thread);
    if (filling == nullptr) return;
  }
  const uint32_t count = filling->count.load(Order::Relaxed);
  filling->records[count] = record;
  // Pairs with: the acquire of who writes the file.
  filling->count.store(count + 1, Order::Release);
}

TraceChunk* trace_chunks() { return newest.load(Order::Acquire); }

}  // namespace skein::base
