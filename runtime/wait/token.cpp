// See token.h.
#include "runtime/wait/token.h"

#include "runtime/sched/worker.h"
#include "runtime/task/reasons.h"
#include "runtime/task/scope.h"

namespace skein::wait {

using task::Deadline;
using task::WaitReason;

namespace {

struct Guard {
  Deadline deadline;
  abi::Frame frame;   // `resume` is null where the block never stood in the queue
  abi::Waiter waiter;  // its record
};
static_assert(offsetof(Guard, waiter) == offsetof(Guard, frame) + abi::kFrameResult);

}  // namespace

static Guard* guard_of(abi::Scope* scope) { return static_cast<Guard*>(scope->deadline); }

// In place of a coroutine that goes on.
static void end_block(void* frame) {
  char* guard = static_cast<char*>(frame) - offsetof(Guard, frame);
  task::fire_deadline(&reinterpret_cast<Guard*>(guard)->deadline, sched::current().host);
}

void enter_within_token(abi::Scope* scope, Channel* token) {
  task::Host& host = sched::current().host;
  task::enter_scope(scope, sched::skn_node);
  Guard* guard = reinterpret_cast<Guard*>(task::new_deadline(scope, 0, sizeof(Guard), host));
  guard->deadline.wait.reason = static_cast<uint8_t>(WaitReason::Token);
  scope->deadline = guard;
  guard->frame.resume = reinterpret_cast<void*>(end_block);
  guard->waiter.chan = token;
  guard->waiter.kind = static_cast<uint8_t>(abi::Arm::Receive);
  // From here on the guard may be at work, unless the token was cancelled before.
  Frame* nobody = nullptr;
  if (token->wait_to_receive(&guard->waiter, nobody)) return;
  guard->frame.resume = nullptr;
  task::end_scope(scope, abi::kScopeTimedOut, host);
}

bool leave_within_token(abi::Scope* scope, bool unwinds) {
  task::Host& host = sched::current().host;
  Guard* guard = guard_of(scope);
  Channel* token = static_cast<Channel*>(guard->waiter.chan);
  const bool is_late = token->is_closed();
  if (guard->frame.resume == nullptr || token->withdraw(&guard->waiter)) {
    task::free_deadline(&guard->deadline, host);
  } else {
    task::leave_fired_deadline(&guard->deadline, host);
  }
  const bool was_asked = task::leave_scope(scope, abi::kScopeTimedOut);
  return unwinds ? was_asked : is_late;
}

}  // namespace skein::wait
