// See waiting_task.h.
#include "runtime/fault/waiting_task.h"

#include "runtime/task/node.h"
#include "runtime/task/reasons.h"
#include "runtime/task/record.h"
#include "runtime/task/scope.h"
#include "runtime/wait/channel.h"
#include "runtime/wait/channel_wait.h"
#include "runtime/wait/lock.h"

namespace skein::fault {

using task::WaitReason;

static constinit abi::Node* root = nullptr;

void set_root(abi::Node* node) { root = node; }
abi::Node* root_node() { return root; }

static void print_task(Report& report, const abi::Node* node) {
  if (node == root) {
    report.text("task `main`");
  } else {
    report.task(task::spawned_at(node));
  }
}

// What a task is parked on, taken apart.
struct Parked {
  abi::Frame* frame = nullptr;
  WaitReason reason = WaitReason::None;
  abi::Node* task = nullptr;          // that it awaits
  const abi::Node* owner = nullptr;   // of the lock it waits for
  abi::Node* child = nullptr;         // one of those it waits for at the end of a scope
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
    abi::Scope* scope = reinterpret_cast<abi::Scope*>(what & ~kTags);
    const bool is_function = (scope->flags & abi::kScopeOfFunction) != 0;
    parked.reason = is_function ? WaitReason::FunctionEnd : WaitReason::Scope;
    parked.frame = scope->waiter;
    (void)task::look_at_children(scope, &parked.child, 1);
    return parked;
  }
  parked.frame = reinterpret_cast<abi::Frame*>(what);
  parked.reason = static_cast<WaitReason>(parked.frame->wait.reason);
  const abi::Waiter* waiter = task::record_in<abi::Waiter>(parked.frame);
  if (parked.reason == WaitReason::Send || parked.reason == WaitReason::Receive) {
    parked.channel = static_cast<const wait::Channel*>(waiter->chan)->name();
  }
  if (parked.reason == WaitReason::Lock) {
    parked.owner = wait::owner_of(wait::LockRequest(waiter->chan).cell());
  }
  return parked;
}

static void print_reason(Report& report, const Parked& parked) {
  if (parked.owner != nullptr) {
    report.text(" waits for a lock that ");
    print_task(report, parked.owner);
    report.text(" has");
    return;
  }
  report.text(" waits ").text(task::text_of(parked.reason));
  if (parked.task != nullptr) {
    const uint32_t site = task::spawned_at(parked.task);
    const char* name = Report::task_name(site);
    if (name != nullptr) report.text(" `").text(name).text("`");
    report.text(", spawned at ").where(site);
  }
  if (parked.child != nullptr) {
    report.text(", such as ");
    print_task(report, parked.child);
  }
  if (parked.channel != nullptr) report.text(" `").text(parked.channel).text("`");
  if (parked.channel == nullptr &&
      (parked.reason == WaitReason::Send || parked.reason == WaitReason::Receive)) {
    report.text(" a channel");
  }
}

static abi::Frame* caller_of(abi::Frame* frame) {
  const task::Listener listener(task::StateWord(frame->state).load());
  return listener.is_frame() ? listener.frame() : nullptr;
}

constexpr int kMostFrames = 64;

// Where the program itself waits: a lock is taken, say, in a method of the library.
static uint32_t innermost_place(abi::Frame* frame) {
  const uint32_t innermost = frame->site;
  for (int i = 0; frame != nullptr && i < kMostFrames; ++i) {
    if (!Report::is_in_library(frame->site)) return frame->site;
    frame = caller_of(frame);
  }
  return innermost;
}

// The innermost place, then the calls that lead there.
static void print_frames(Report& report, abi::Frame* frame) {
  if (frame == nullptr) return;
  report.place(innermost_place(frame));
  for (int i = 0; frame != nullptr && i < kMostFrames; ++i) {
    report.passed(frame->site);
    frame = caller_of(frame);
  }
  if (frame != nullptr) report.text("  ...\n");
}

void print_waiting_task(Report& report, abi::Node* node, uint64_t what) {
  const Parked parked = parked_on(what);
  print_task(report, node);
  print_reason(report, parked);
  report.text("\n");
  print_frames(report, parked.frame);
}

}  // namespace skein::fault
