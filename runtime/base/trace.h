// What happens to tasks, kept for SKEIN_TRACE (written out by fault/trace_file.h).
//
// Each worker appends to chunks of its own, without locks: a record is a look at the cycle counter and three
// stores, some 10 ns, and where no trace is wanted a test. How long a task ran, what it was called and how long it
// waited is found when the file is written. Only slow paths leave records: a task that ends in place is no event.
#pragma once

#include "runtime/base/atomic.h"
#include "runtime/base/platform.h"

namespace skein::base {

enum class TraceEvent : uint8_t {
  Start,   // a task waits for the first time: from now on it is more than a call
  Run,     // a task runs on from where it waited, until the worker's next Run or Rest
  Rest,    // no task runs
  Wake,    // a task can go on
  Steal,   // it is taken from another worker
};

struct TraceRecord {
  uint64_t when : 48;    // cycles since tracing began: enough for a day
  uint64_t event : 8;    // TraceEvent
  uint64_t reason : 8;   // of Run: what it had waited for
  const void* task;      // its node
  uint32_t spawned;      // site
  uint32_t at;           // site: where it runs on
};

// A huge page, where the system has one: else the first touch of each page would cost more than what is kept in it.
struct alignas(64) TraceChunk {
  static constexpr size_t kBytes = kHugePage;
  static constexpr uint32_t kRecords = (kBytes - 64) / sizeof(TraceRecord);
  TraceChunk* next;
  uint32_t worker;          // its number
  Atomic<uint32_t> count;
  alignas(64) TraceRecord records[kRecords];
};
static_assert(sizeof(TraceChunk) <= TraceChunk::kBytes);
// So many in all: 2 GB of records. What comes later is not kept.
constexpr uint32_t kMostTraceChunks = 1000;

extern bool is_tracing;

// When tracing began, by both clocks.
struct TraceClock {
  uint64_t cycles;
  int64_t nanoseconds;
};
extern TraceClock trace_start;

// Before a second thread runs.
void start_tracing();

// All chunks there are, newest first; workers may go on to append.
TraceChunk* trace_chunks();
bool trace_is_full();

// What one worker appends to.
class TraceLog {
 public:
  void append(uint32_t worker, TraceRecord record) {
    uint32_t count = chunk_ == nullptr ? TraceChunk::kRecords : chunk_->count.load(Order::Relaxed);
    if (SKEIN_UNLIKELY(count == TraceChunk::kRecords)) {
      if (!begin_chunk(worker)) return;
      count = 0;
    }
    record.when = cycles() - trace_start.cycles;
    chunk_->records[count] = record;
    // Pairs with: the acquire of who writes the file.
    chunk_->count.store(count + 1, Order::Release);
  }

 private:
  SKEIN_COLD bool begin_chunk(uint32_t worker);

  TraceChunk* chunk_ = nullptr;
};

}  // namespace skein::base
