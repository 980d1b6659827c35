// See dump.h.
//
// Tasks are found by looking through the memory of nodes: one that waits has a word that says for
// what. Looking at it takes the word's lock, as a canceller does, so the task stays where it is; a wait
// whose lock stays taken is left out. Nothing is allocated, and no other lock is taken.
#include "runtime/fault/dump.h"

#include "runtime/base/backoff.h"
#include "runtime/base/platform.h"
#include "runtime/fault/recent.h"
#include "runtime/fault/report.h"
#include "runtime/fault/waiting_task.h"
#include "runtime/memory/node_chunks.h"
#include "runtime/task/node.h"

#include <cerrno>
#include <csignal>

namespace skein::fault {

// --- All of them ---------------------------------------------------------------------------------

struct Dump {
  Report report;
  uint64_t shown = 0;
  uint64_t left_out = 0;
};

constexpr uint64_t kMostTasks = 1000;

// Who looks for circles, or cancels, has the lock for a moment; in a handler it may be the thread itself
// that has it, so this does not insist.
static uint64_t lock_wait(abi::Node* node) {
  constexpr int kTries = 20'000;
  uint64_t what = task::try_lock_wait(node);
  base::Backoff backoff;
  for (int i = 0; what == 0 && i < kTries; ++i) {
    if (task::wait_of(node).load(base::Order::Relaxed) == 0) return 0;
    backoff.pause();
    what = task::try_lock_wait(node);
  }
  return what;
}

static void print_waiting(void* block, void* context) {
  abi::Node* node = static_cast<abi::Node*>(block);
  Dump& dump = *static_cast<Dump*>(context);
  const uint64_t what = lock_wait(node);
  if (what == 0) return;
  if (dump.shown == kMostTasks) {
    ++dump.left_out;
  } else {
    ++dump.shown;
    print_waiting_task(dump.report, node, what);
  }
  task::unlock_wait(node, what);
}

static void print_all_waiting() {
  Dump dump;
  if (root_node() != nullptr) print_waiting(root_node(), &dump);
  memory::for_each_node_block(print_waiting, &dump);
  if (dump.left_out > 0) dump.report.text("... and ").number(dump.left_out).text(" more tasks\n");
}

void end_by_deadlock() {
  if (base::begin_ending()) {
    {
      Report report;
      report.text("deadlock: every task waits, and nothing can wake one\n");
    }
    print_all_waiting();
    Report report;
    print_recent(report);
  }
  base::end_process(kDeadlockStatus);
}

static void on_quit(int) {
  const int error = errno;
  {
    Report report;
    report.text("tasks that wait:\n");
  }
  print_all_waiting();
  errno = error;
}

void dump_on_quit() {
  struct sigaction action = {};
  action.sa_handler = on_quit;
  action.sa_flags = SA_RESTART | SA_ONSTACK;
  sigaction(SIGQUIT, &action, nullptr);
}

}  // namespace skein::fault
