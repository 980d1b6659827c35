// See trace_file.h.
//
// The format is the JSON of Chrome's trace events: an object with `traceEvents`, times in
// microseconds. A worker is a thread, a stretch in which a task ran a complete event ("X") on it, named
// after the function it ran on in. The time that a task waited is an asynchronous pair ("b", "e") of
// that task, named by its reason; wake-ups and steals are instants ("i").
#include "runtime/fault/trace_file.h"

#include "runtime/base/trace.h"
#include "runtime/fault/report.h"
#include "runtime/task/reasons.h"

#include <cstdio>
#include <cstdlib>

namespace skein::fault {

using base::TraceChunk;
using base::TraceEvent;
using base::TraceRecord;

struct Numbered {
  TraceRecord record;
  uint32_t thread;
};

// For qsort: std::sort would put instances of C++'s library into every program.
static int order(uint64_t a, uint64_t b) { return a < b ? -1 : a > b ? 1 : 0; }

static int by_time(const void* a, const void* b) {
  return order(static_cast<const Numbered*>(a)->record.begin,
               static_cast<const Numbered*>(b)->record.begin);
}

static int by_task_and_time(const void* a, const void* b) {
  const int tasks = order(reinterpret_cast<uint64_t>(static_cast<const Numbered*>(a)->record.task),
                          reinterpret_cast<uint64_t>(static_cast<const Numbered*>(b)->record.task));
  return tasks != 0 ? tasks : by_time(a, b);
}

class TraceWriter {
 public:
  explicit TraceWriter(FILE* file) : file_(file) {
    const base::TraceClock start = base::trace_start();
    const uint64_t cycles = base::cycles() - start.cycles;
    const int64_t nanoseconds = base::now() - start.nanoseconds;
    first_ = start.cycles;
    microseconds_ = cycles == 0 ? 0 : double(nanoseconds) / double(cycles) / 1000;
  }

  void run() {
    collect();
    fprintf(file_, "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n");
    fprintf(file_, "{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":1,\"tid\":0,"
                   "\"args\":{\"name\":\"skein\"}}");
    for (uint32_t i = 0; i <= last_thread_; ++i) {
      fprintf(file_, ",\n{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":1,\"tid\":%u,"
                     "\"args\":{\"name\":\"worker %u\"}}", i, i);
    }
    for (size_t i = 0; i < count_; ++i) write(all_[i]);
    write_waits();
    fprintf(file_, "\n]}\n");
    free(all_);
  }

 private:
  void collect() {
    for (TraceChunk* chunk = base::trace_chunks(); chunk != nullptr; chunk = chunk->next) {
      count_ += chunk->count.load(base::Order::Acquire);
    }
    all_ = static_cast<Numbered*>(malloc(sizeof(Numbered) * (count_ + 1)));
    if (all_ == nullptr) base::fatal("out of memory");
    size_t next = 0;
    for (TraceChunk* chunk = base::trace_chunks(); chunk != nullptr; chunk = chunk->next) {
      if (chunk->thread > last_thread_) last_thread_ = chunk->thread;
      const uint32_t has = chunk->count.load(base::Order::Acquire);
      for (uint32_t i = 0; i < has && next < count_; ++i) {
        all_[next++] = {chunk->records[i], chunk->thread};
      }
    }
    count_ = next;
    qsort(all_, count_, sizeof(Numbered), by_time);
  }

  double time(uint64_t cycles) const { return double(cycles - first_) * microseconds_; }

  void text(const char* words) {
    fputc('"', file_);
    for (; *words != 0; ++words) {
      const unsigned char c = static_cast<unsigned char>(*words);
      if (c < 32) {
        fprintf(file_, "\\u%04x", c);
      } else {
        if (c == '"' || c == '\\') fputc('\\', file_);
        fputc(c, file_);
      }
    }
    fputc('"', file_);
  }

  static const char* function_at(uint32_t site) {
    const abi::Site* found = site_at(site);
    return found == nullptr ? "main" : found->function;
  }

  // The task's own name, or where it was started.
  void arguments(const TraceRecord& record) {
    const abi::Site* site = site_at(record.spawned);
    fprintf(file_, "\"args\":{\"task\":");
    text(site == nullptr ? "main" : site->task != nullptr ? site->task : site->function);
    if (site != nullptr) {
      fprintf(file_, ",\"spawned\":");
      text(site->file);
      fprintf(file_, ",\"line\":%u", site->line);
    }
    fprintf(file_, "}");
  }

  void write(const Numbered& numbered) {
    const TraceRecord& record = numbered.record;
    fprintf(file_, ",\n{\"name\":");
    switch (record.event) {
      case TraceEvent::Run:
        text(function_at(record.at));
        fprintf(file_, ",\"cat\":\"task\",\"ph\":\"X\",\"dur\":%.3f",
                time(record.end) - time(record.begin));
        break;
      case TraceEvent::Start:
        fprintf(file_, "\"start\",\"cat\":\"task\",\"ph\":\"i\",\"s\":\"t\"");
        break;
      case TraceEvent::Wake:
        fprintf(file_, "\"wake\",\"cat\":\"task\",\"ph\":\"i\",\"s\":\"t\"");
        break;
      case TraceEvent::Steal:
        fprintf(file_, "\"steal\",\"cat\":\"sched\",\"ph\":\"i\",\"s\":\"t\"");
        break;
    }
    fprintf(file_, ",\"ts\":%.3f,\"pid\":1,\"tid\":%u,", time(record.begin), numbered.thread);
    arguments(record);
    fprintf(file_, "}");
  }

  // Between two stretches of a task it waited for what the second one says. Nodes are used again, so a
  // start makes a new task of one.
  void write_waits() {
    qsort(all_, count_, sizeof(Numbered), by_task_and_time);
    for (size_t i = 1; i < count_; ++i) {
      const TraceRecord& later = all_[i].record;
      if (later.event != TraceEvent::Run || later.reason == 0) continue;
      size_t before = i - 1;
      while (before > 0 && all_[before].record.task == later.task &&
             all_[before].record.event != TraceEvent::Run &&
             all_[before].record.event != TraceEvent::Start) {
        --before;
      }
      const TraceRecord& earlier = all_[before].record;
      if (earlier.task != later.task || later.event == TraceEvent::Start) continue;
      const bool was_run = earlier.event == TraceEvent::Run;
      write_wait(later, was_run ? earlier.end : earlier.begin, i);
    }
  }

  void write_wait(const TraceRecord& record, uint64_t begin, size_t number) {
    const char* reason = task::text_of(static_cast<task::WaitReason>(record.reason));
    for (const char* phase : {"b", "e"}) {
      fprintf(file_, ",\n{\"name\":");
      text(reason);
      fprintf(file_, ",\"cat\":\"wait\",\"ph\":\"%s\",\"id\":%zu,\"ts\":%.3f,\"pid\":1,\"tid\":0,",
              phase, number, time(phase[0] == 'b' ? begin : record.begin));
      arguments(record);
      fprintf(file_, "}");
    }
  }

  FILE* file_;
  Numbered* all_ = nullptr;
  size_t count_ = 0;
  uint32_t last_thread_ = 0;
  uint64_t first_ = 0;
  double microseconds_ = 0;
};

void write_trace_file(const char* path) {
  FILE* file = fopen(path, "w");
  if (file == nullptr) {
    fprintf(stderr, "skein: cannot write the trace to %s\n", path);
    return;
  }
  TraceWriter(file).run();
  fclose(file);
}

}  // namespace skein::fault
