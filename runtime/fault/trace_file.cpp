// See trace_file.h.
//
// The format is the JSON of Chrome's trace events: an object with `traceEvents`, times in
// microseconds. A worker is a thread, a stretch in which a task ran a complete event ("X") on it, named
// after the function it ran on in. The time that a task waited is an asynchronous pair ("b", "e") of
// that task, named by its reason; wake-ups and steals are instants ("i").
#include "runtime/fault/trace_file.h"

#include "runtime/base/trace.h"
#include "runtime/fault/report.h"
#include "runtime/sched/scheduler.h"
#include "runtime/task/reasons.h"

#include <cstdio>
#include <cstdlib>

namespace skein::fault {

using base::TraceChunk;
using base::TraceEvent;
using base::TraceRecord;

struct Event {
  TraceRecord record;
  uint64_t end;      // of Run, in cycles
  uint32_t worker;
};

// For qsort: std::sort would put instances of C++'s library into every program.
static int order(uint64_t a, uint64_t b) { return a < b ? -1 : a > b ? 1 : 0; }

static int by_task_and_time(const void* a, const void* b) {
  const Event& one = *static_cast<const Event*>(a);
  const Event& other = *static_cast<const Event*>(b);
  const int tasks = order(reinterpret_cast<uint64_t>(one.record.task), reinterpret_cast<uint64_t>(other.record.task));
  return tasks != 0 ? tasks : order(one.record.when, other.record.when);
}

static TraceEvent kind_of(const TraceRecord& record) { return static_cast<TraceEvent>(record.event); }

class TraceWriter {
 public:
  explicit TraceWriter(FILE* file) : file_(file) {
    now_ = base::cycles() - base::trace_start.cycles;
    const int64_t nanoseconds = base::now() - base::trace_start.nanoseconds;
    nanoseconds_ = now_ == 0 ? 0 : double(nanoseconds) / double(now_);
  }

  void run() {
    collect();
    fprintf(file_, "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n");
    fprintf(file_, "{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":1,\"tid\":0,"
                   "\"args\":{\"name\":\"skein\"}}");
    for (uint32_t i = 0; i <= sched::kMostWorkers; ++i) {
      if (has_events_[i]) write_name(i);
    }
    for (size_t i = 0; i < count_; ++i) write(all_[i]);
    write_waits();
    fprintf(file_, "\n]}\n");
    free(all_);
  }

 private:
  // In the order in which each worker wrote them. What is written meanwhile is left out.
  void collect() {
    struct Part {
      const TraceChunk* chunk;
      uint32_t count;
    };
    static Part parts[base::kMostTraceChunks];
    uint32_t newest = 0;
    for (const TraceChunk* chunk = base::trace_chunks(); chunk != nullptr; chunk = chunk->next) {
      const uint32_t count = chunk->count.load(base::Order::Acquire);
      parts[newest++] = {chunk, count};
      count_ += count;
    }
    all_ = static_cast<Event*>(malloc(sizeof(Event) * (count_ + 1)));
    if (all_ == nullptr) base::fatal("out of memory");
    Event* next = all_;
    while (newest > 0) {
      const Part& part = parts[--newest];
      has_events_[part.chunk->worker] = true;
      for (uint32_t i = 0; i < part.count; ++i) *next++ = {part.chunk->records[i], now_, part.chunk->worker};
    }
    find_ends();
  }

  // A task runs until its worker begins with another one, or rests.
  void find_ends() {
    Event* runs[sched::kMostWorkers + 1] = {};
    for (Event* event = all_; event != all_ + count_; ++event) {
      const TraceEvent kind = kind_of(event->record);
      if (kind != TraceEvent::Run && kind != TraceEvent::Rest) continue;
      Event*& running = runs[event->worker];
      if (running != nullptr) running->end = event->record.when;
      running = kind == TraceEvent::Run ? event : nullptr;
    }
  }

  void write_name(uint32_t worker) {
    fprintf(file_, ",\n{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":1,\"tid\":%u,\"args\":{\"name\":\"", worker);
    if (worker == sched::kMostWorkers) {
      fprintf(file_, "monitor\"}}");
    } else {
      fprintf(file_, "worker %u\"}}", worker);
    }
  }

  int64_t nanoseconds_of(uint64_t cycles) const { return static_cast<int64_t>(double(cycles) * nanoseconds_); }

  // Times are microseconds in the format.
  void write_time(const char* key, int64_t nanoseconds) {
    fprintf(file_, ",\"%s\":%lld.%03d", key, static_cast<long long>(nanoseconds / 1000),
            static_cast<int>(nanoseconds % 1000));
  }

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

  void write(const Event& event) {
    const TraceRecord& record = event.record;
    switch (kind_of(record)) {
      case TraceEvent::Run:
        fprintf(file_, ",\n{\"name\":");
        text(function_at(record.at));
        fprintf(file_, ",\"cat\":\"task\",\"ph\":\"X\"");
        write_time("dur", length_of(event));
        break;
      case TraceEvent::Start:
        write_instant("start", "task");
        break;
      case TraceEvent::Wake:
        write_instant("wake", "task");
        break;
      case TraceEvent::Steal:
        write_instant("steal", "sched");
        break;
      case TraceEvent::Rest:
        return;
    }
    write_time("ts", nanoseconds_of(record.when));
    fprintf(file_, ",\"pid\":1,\"tid\":%u,", event.worker);
    arguments(record);
    fprintf(file_, "}");
  }

  // A nanosecond short of the stretch behind it: viewers take one that ends where the next begins, added up in
  // floating point, for one around it.
  int64_t length_of(const Event& run) const {
    const int64_t length = nanoseconds_of(run.end) - nanoseconds_of(run.record.when);
    return length > 0 ? length - 1 : 0;
  }

  void write_instant(const char* name, const char* category) {
    fprintf(file_, ",\n{\"name\":\"%s\",\"cat\":\"%s\",\"ph\":\"i\",\"s\":\"t\"", name, category);
  }

  // Between two stretches of a task it waited for what the second one says. Nodes are used again, so a
  // start makes a new task of one.
  void write_waits() {
    qsort(all_, count_, sizeof(Event), by_task_and_time);
    const Event* before = nullptr;
    for (const Event* event = all_; event != all_ + count_; ++event) {
      const TraceEvent kind = kind_of(event->record);
      if (kind != TraceEvent::Run && kind != TraceEvent::Start) continue;
      const bool is_same = before != nullptr && before->record.task == event->record.task;
      if (is_same && kind == TraceEvent::Run && event->record.reason != 0) write_wait(*before, *event);
      before = event;
    }
  }

  // A task may run on elsewhere before its worker has noted that it rests.
  void write_wait(const Event& before, const Event& after) {
    const TraceRecord& record = after.record;
    const uint64_t left = kind_of(before.record) == TraceEvent::Run ? before.end : before.record.when;
    const uint64_t begin = left < record.when ? left : record.when;
    const char* reason = task::text_of(static_cast<task::WaitReason>(record.reason));
    ++waits_;
    for (const char* phase : {"b", "e"}) {
      fprintf(file_, ",\n{\"name\":");
      text(reason);
      fprintf(file_, ",\"cat\":\"wait\",\"ph\":\"%s\",\"id\":%zu", phase, waits_);
      write_time("ts", nanoseconds_of(phase[0] == 'b' ? begin : record.when));
      fprintf(file_, ",\"pid\":1,\"tid\":0,");
      arguments(record);
      fprintf(file_, "}");
    }
  }

  FILE* file_;
  Event* all_ = nullptr;
  size_t count_ = 0;
  size_t waits_ = 0;
  bool has_events_[sched::kMostWorkers + 1] = {};
  uint64_t now_ = 0;   // cycles since tracing began
  double nanoseconds_ = 0;   // of a cycle
};

void write_trace_file(const char* path) {
  FILE* file = fopen(path, "w");
  if (file == nullptr) {
    fprintf(stderr, "skein: cannot write the trace to %s\n", path);
    return;
  }
  TraceWriter(file).run();
  fclose(file);
  if (base::trace_is_full()) {
    fprintf(stderr, "skein: the trace in %s ends before the program: there is no room for more\n", path);
  }
}

}  // namespace skein::fault
