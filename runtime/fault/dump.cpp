// See dump.h.
//
// Tasks are found by looking through the memory of nodes: one that waits has a word that says for
// what. Looking at it takes the word's lock, as a canceller does, so the task stays where it is; a wait
// whose lock is taken just now is left out. Nothing is allocated, and no other lock is taken.
#include "runtime/fault/dump.h"

#include "runtime/base/platform.h"
#include "runtime/fault/report.h"
#include "runtime/task/frame_pool.h"
#include "runtime/task/node.h"
#include "runtime/task/reasons.h"
#include "runtime/wait/channel.h"
#include "runtime/wait/channel_wait.h"

#include <cerrno>
#include <csignal>

namespace skein::fault {

using task::WaitReason;

static constinit abi::Node* root = nullptr;

void set_root(abi::Node* node) { root = node; }

// --- One task ------------------------------------------------------------------------------------

static uint32_t spawned_at(abi::Node* node) {
  constexpr uint32_t kSite = (uint32_t(1) << abi::kSiteBits) - 1;
  return task::site_of(node).load(base::Order::Relaxed) & kSite;
}

static void print_task(Report& report, abi::Node* node) {
  if (node == root) {
    report.text("task `main`");
    return;
  }
  const uint32_t site = spawned_at(node);
  const char* name = Report::task_name(site);
  if (name != nullptr) {
    report.text("task `").text(name).text("`, spawned at ").where(site);
  } else {
    report.text("task spawned at ").where(site);
  }
}

// What a task is parked on, taken apart.
struct Parked {
  abi::Frame* frame = nullptr;
  WaitReason reason = WaitReason::None;
  abi::Node* task = nullptr;          // that it awaits
  const char* channel = nullptr;      // that it waits at, if that has a name
};

static Parked parked_on(uint64_t what) {
  Parked parked;
  constexpr uint64_t kTags = task::kWaitFuture | task::kWaitScope;
  if ((what & task::kWaitFuture) != 0) {
    abi::Future* future = reinterpret_cast<abi::Future*>(what & ~kTags);
    const task::Listener listener(task::StateWord(future->state).load());
    parked.reason = WaitReason::Task;
    parked.task = task::node_of(future);
    if (listener.is_frame()) parked.frame = listener.frame();
    return parked;
  }
  if ((what & task::kWaitScope) != 0) {
    parked.reason = WaitReason::Scope;
    parked.frame = reinterpret_cast<abi::Scope*>(what & ~kTags)->waiter;
    return parked;
  }
  const abi::Wait* wait = reinterpret_cast<const abi::Wait*>(what);
  parked.reason = static_cast<WaitReason>(wait->reason);
  parked.frame = wait->frame;
  if (parked.reason == WaitReason::Send || parked.reason == WaitReason::Receive) {
    parked.channel =
        static_cast<const wait::Channel*>(wait::waiter_behind(wait)->chan)->name();
  }
  return parked;
}

static void print_reason(Report& report, const Parked& parked) {
  report.text(" waits ").text(task::text_of(parked.reason));
  if (parked.task != nullptr) {
    const uint32_t site = spawned_at(parked.task);
    const char* name = Report::task_name(site);
    if (name != nullptr) report.text(" `").text(name).text("`");
    report.text(", spawned at ").where(site);
  }
  if (parked.channel != nullptr) report.text(" `").text(parked.channel).text("`");
  if (parked.channel == nullptr &&
      (parked.reason == WaitReason::Send || parked.reason == WaitReason::Receive)) {
    report.text(" a channel");
  }
}

// The innermost place, then the calls that lead there.
static void print_frames(Report& report, abi::Frame* frame) {
  constexpr int kMost = 64;
  if (frame == nullptr) return;
  report.place(frame->site);
  for (int i = 0; frame != nullptr && i < kMost; ++i) {
    report.passed(frame->site);
    const task::Listener listener(task::StateWord(frame->state).load());
    frame = listener.is_frame() ? listener.frame() : nullptr;
  }
  if (frame != nullptr) report.text("  ...\n");
}

// --- All of them ---------------------------------------------------------------------------------

struct Dump {
  Report report;
  uint64_t shown = 0;
  uint64_t left_out = 0;
};

constexpr uint64_t kMostTasks = 1000;

static void print_waiting(void* block, void* context) {
  abi::Node* node = static_cast<abi::Node*>(block);
  Dump& dump = *static_cast<Dump*>(context);
  const uint64_t what = task::try_lock_wait(node);
  if (what == 0) return;
  if (dump.shown == kMostTasks) {
    ++dump.left_out;
  } else {
    ++dump.shown;
    const Parked parked = parked_on(what);
    print_task(dump.report, node);
    print_reason(dump.report, parked);
    dump.report.text("\n");
    print_frames(dump.report, parked.frame);
  }
  task::unlock_wait(node, what);
}

static void print_all_waiting() {
  Dump dump;
  if (root != nullptr) print_waiting(root, &dump);
  task::for_each_node_block(print_waiting, &dump);
  if (dump.left_out > 0) dump.report.text("... and ").number(dump.left_out).text(" more tasks\n");
}

void end_by_deadlock() {
  if (base::begin_ending()) {
    {
      Report report;
      report.text("deadlock: every task waits, and nothing can wake one\n");
    }
    print_all_waiting();
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
