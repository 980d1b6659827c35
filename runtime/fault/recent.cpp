// See recent.h.
#include "runtime/fault/recent.h"

#include "runtime/sched/scheduler.h"
#include "runtime/task/reasons.h"

namespace skein::fault {

using sched::Recent;
using sched::RecentRun;

constexpr uint32_t kMostLines = 4;    // of a worker
constexpr uint32_t kMostWorkers = 8;

static void print_run(Report& report, const RecentRun& run, uint32_t times) {
  report.text("  ");
  if (run.spawned == 0) {
    report.text("task `main`");
  } else {
    report.task(run.spawned);
  }
  report.text(", went on at ").where(run.at);
  if (times > 1) report.text(" ").number(times).text(" times");
  report.text(", having waited ").text(task::text_of(run.reason));
  const bool at_channel =
      run.reason == task::WaitReason::Send || run.reason == task::WaitReason::Receive;
  report.text(at_channel ? " a channel\n" : "\n");
}

// Gives whether there was anything.
static bool print_worker(Report& report, uint32_t number, const Recent& recent) {
  RecentRun runs[Recent::kRuns];
  const uint32_t count = recent.look(runs);
  if (count == 0) return false;
  report.text("lately on worker ").number(number).text(", the latest first:\n");
  uint32_t i = 0;
  for (uint32_t lines = 0; i < count && lines < kMostLines; ++lines) {
    uint32_t times = 1;
    while (i + times < count && runs[i + times] == runs[i]) ++times;
    print_run(report, runs[i], times);
    i += times;
  }
  return true;
}

void print_recent(Report& report) {
  if (sched::skn_worker == nullptr) return;
  sched::Scheduler& scheduler = sched::current().scheduler;
  uint32_t shown = 0;
  for (uint32_t i = 0; i < scheduler.started() && shown < kMostWorkers; ++i) {
    if (print_worker(report, i, scheduler.worker(i).recent)) ++shown;
  }
}

}  // namespace skein::fault
