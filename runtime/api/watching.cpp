// See watching.h.
#include "runtime/api/watching.h"

#include "runtime/base/trace.h"
#include "runtime/fault/report.h"
#include "runtime/fault/trace_file.h"
#include "runtime/memory/buffer_pool.h"

#include <cstdlib>

namespace skein::api {

static sched::Scheduler* watched = nullptr;

// The workers may still count: what is seen of each number is some value it had.
static void print_stats() {
  sched::Counters all;
  uint64_t runs = 0;
  size_t frames = 0;
  size_t nodes = 0;
  const uint32_t workers = watched->started();
  for (uint32_t i = 0; i < workers; ++i) {
    const sched::Worker& worker = watched->worker(i);
    runs += worker.activity() / 2;
    all.steals += worker.counters.steals;
    all.ready_steals += worker.counters.ready_steals;
    all.pauses += worker.counters.pauses;
    all.sleeps += worker.counters.sleeps;
    all.wakes += worker.counters.wakes;
    frames += worker.host.frames.bytes_from_chunks();
    nodes += worker.host.nodes.bytes_from_chunks();
  }
  const uint32_t wanted = watched->wanted();
  fault::Report report;
  const uint32_t shared = watched->free_workers();
  report.text("skein: workers         ").number(shared < wanted ? shared : wanted);
  report.text("\nskein: stand-ins       ").number(shared > wanted ? shared - wanted : 0);
  report.text("\nskein: own threads     ").number(workers - shared);
  report.text("\nskein: runs            ").number(runs);
  report.text("\nskein: steals          ").number(all.steals);
  report.text("\nskein: ready steals    ").number(all.ready_steals);
  report.text("\nskein: search pauses   ").number(all.pauses);
  report.text("\nskein: sleeps          ").number(all.sleeps);
  report.text("\nskein: wakes           ").number(all.wakes);
  report.text("\nskein: bytes of frames ").number(frames);
  report.text("\nskein: bytes of tasks  ").number(nodes);
  report.text("\nskein: bytes of buffers ").number(memory::bytes_of_buffers());
  report.text("\n");
}

static void write_trace() { fault::write_trace_file(getenv("SKEIN_TRACE")); }

void watch_program(sched::Scheduler& scheduler) {
  watched = &scheduler;
  if (base::environment_is("SKEIN_STATS", "1")) atexit(print_stats);
  const char* trace = getenv("SKEIN_TRACE");
  if (trace == nullptr || *trace == 0) return;
  base::start_tracing();
  atexit(write_trace);
}

}  // namespace skein::api
