// See trace.h.
#include "runtime/base/trace.h"

namespace skein::base {

bool is_tracing = false;
TraceClock trace_start;
static constinit Atomic<TraceChunk*> newest;
static constinit Atomic<uint32_t> chunk_count;
static constinit Atomic<uint32_t> is_full;

void start_tracing() {
  trace_start = {cycles(), now()};
  is_tracing = true;
}

bool TraceLog::begin_chunk(uint32_t worker) {
  if (is_full.load(Order::Relaxed) != 0) return false;
  if (chunk_count.fetch_add(1, Order::Relaxed) >= kMostTraceChunks) {
    is_full.store(1, Order::Relaxed);
    return false;
  }
  // Zero, and not touched before it is used.
  chunk_ = static_cast<TraceChunk*>(reserve_huge_page());
  chunk_->worker = worker;
  TraceChunk* next = newest.load(Order::Relaxed);
  do {
    chunk_->next = next;
  } while (!newest.compare_exchange(next, chunk_, Order::AcqRel));
  return true;
}

TraceChunk* trace_chunks() { return newest.load(Order::Acquire); }

bool trace_is_full() { return is_full.load(Order::Relaxed) != 0; }

}  // namespace skein::base
