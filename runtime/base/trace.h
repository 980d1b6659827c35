// What happens to tasks, kept for SKEIN_TRACE (written out by fault/trace_file.h).
//
// Each thread appends to chunks of its own, without locks; a record costs some 20 ns, and nothing but
// a test where no trace is wanted. Only slow paths leave records: a task that ends in place is no
// event.
#pragma once

#include "runtime/base/atomic.h"
#include "runtime/base/platform.h"

namespace skein::base {

enum class TraceEvent : uint16_t {
  Start,   // a task waits for the first time: from now on it is more than a call
  Run,     // a task runs on from where it waited, from `begin` to `end`
  Wake,    // it can go on
  Steal,   // it is taken from another worker's deque
};

struct TraceRecord {
  uint64_t begin;     // cycles
  uint64_t end;       // of Run
  const void* task;   // its node
  uint32_t spawned;   // site
  uint32_t at;        // site: where it runs on
  TraceEvent event;
  uint16_t reason;    // of Run: what it had waited for
};

struct TraceChunk {
  static constexpr uint32_t kRecords = 8192;
  TraceChunk* next;
  uint32_t thread;                       // the number of the worker
  Atomic<uint32_t> count;
  TraceRecord records[kRecords];
};

extern bool is_tracing;

// Before a second thread runs.
void start_tracing();
void append_trace(uint32_t thread, const TraceRecord& record);

// All chunks there are, newest first; threads may go on to append.
TraceChunk* trace_chunks();
// When tracing began, by both clocks.
struct TraceClock {
  uint64_t cycles;
  int64_t nanoseconds;
};
TraceClock trace_start();

}  // namespace skein::base
