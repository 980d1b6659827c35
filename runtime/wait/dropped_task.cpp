// See dropped_task.h.
#include "runtime/wait/dropped_task.h"

#include "runtime/sched/worker.h"
#include "runtime/task/node.h"
#include "runtime/task/scope.h"
#include "runtime/task/state.h"
#include "runtime/task/task.h"

#include <new>

namespace skein::wait {

using abi::Frame;
using abi::Scope;
using base::Order;

static constinit Scope whole_program = {};

Scope* program_scope() { return &whole_program; }

// Of the task that runs; what a worker does between tasks is in no block.
static Scope* innermost_block() {
  Scope* block = sched::skn_node->block;
  return block != nullptr ? block : &whole_program;
}

// Waits for a task in the place of one that would await it: a frame that is no coroutine, and what to do when
// it is resumed. A scope keeps no values, so this drops the value before the scope counts the task off.
struct Heir {
  Frame frame;
  abi::Child* child;
  abi::Future* future;
  size_t size;
  void (*drop)(void*);
};

static void inherit(void* memory) {
  Heir* const heir = static_cast<Heir*>(memory);
  const Heir task = *heir;
  sched::Worker& worker = sched::current();
  worker.host.frames.free_later(heir, sizeof(Heir));
  const uint64_t state = task::StateWord(task.future->state).load();
  Scope* scope = task.child->scope;
  task::unlist_child(task.child, worker.host);
  if (task::is_panic(state)) task::note_panic(scope, task::panic_of(state), worker.host);
  if (state == abi::kValue) task.drop(task::result_of(task.future));
  // The value may have been the last owner of anything, but its drop does not suspend.
  task::release_future(task.future, task.size, worker.host);
  Frame* woken = task::child_done(scope);
  if (woken != nullptr) worker.make_ready(woken);
}

static void leave_to_heir(Scope* scope, abi::Future* future, size_t size, void (*drop)(void*)) {
  task::Host& host = sched::current().host;
  abi::Child* child = task::list_child(scope, task::node_of(future), host);
  Heir* heir = new (host.frames.allocate(sizeof(Heir))) Heir{{}, child, future, size, drop};
  heir->frame.resume = reinterpret_cast<void*>(inherit);
  if (!task::StateWord(future->state).wait(&heir->frame)) inherit(heir);
}

void drop_task(void* outcome, size_t size, void (*drop)(void*)) {
  const uint64_t bits = reinterpret_cast<uint64_t>(outcome);
  if (bits == abi::kSpent || bits == abi::kCancelled) return;
  Scope* scope = innermost_block();
  task::Host& host = sched::current().host;
  if ((bits & abi::kOutcome) != 0) {
    return task::note_panic(scope, task::panic_of(bits), host);
  }
  abi::Future* future = static_cast<abi::Future*>(outcome);
  // Values that unwinding drops are wanted by nobody.
  const uint32_t requests = task::cancel_of(sched::skn_node).load(Order::Relaxed);
  if ((requests & task::kCancelDropped) != 0) {
    Frame* woken = task::cancel(task::node_of(future), task::kCancelTask);
    if (woken != nullptr) sched::current().make_ready_last(woken);
  }
  if (drop == nullptr) return task::adopt(scope, future, size, host);
  leave_to_heir(scope, future, size, drop);
}

}  // namespace skein::wait
