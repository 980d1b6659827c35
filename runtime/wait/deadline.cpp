// See deadline.h.
#include "runtime/wait/deadline.h"

#include "runtime/sched/worker.h"
#include "runtime/task/deadline.h"
#include "runtime/task/locals.h"
#include "runtime/task/scope.h"
#include "runtime/wait/token.h"

namespace skein::wait {

using task::Deadline;

static int64_t later(int64_t now, int64_t nanoseconds) {
  if (nanoseconds < 0) nanoseconds = 0;
  return nanoseconds < INT64_MAX - now ? now + nanoseconds : INT64_MAX;
}

void enter_within(abi::Scope* scope, int64_t nanoseconds) {
  sched::Worker& worker = sched::current();
  abi::Node* node = sched::skn_node;
  task::enter_scope(scope, node);
  const int64_t now = base::now();
  Deadline* deadline =
      task::new_deadline(scope, later(now, nanoseconds), sizeof(Deadline), worker.host);
  scope->deadline = deadline;
  deadline->outer = task::enter_deadline(node, deadline->when);
  deadline->wait.detail = static_cast<uint16_t>(worker.id);
  if (nanoseconds <= 0) return task::end_scope(scope, abi::kScopeTimedOut, worker.host);
  worker.timers.insert(&deadline->timer, now, nanoseconds);
}

bool leave_within(abi::Scope* scope, bool unwinds) {
  sched::Worker& worker = sched::current();
  Deadline* deadline = static_cast<Deadline*>(scope->deadline);
  if (is_token(deadline)) return leave_within_token(scope, unwinds);
  task::leave_deadline(scope->owner, deadline->outer);
  const bool is_late = base::now() >= deadline->when;
  // One that was due at once has never been in a wheel.
  const bool is_unused = sched::tick_of(deadline->timer) == 0;
  if (is_unused || sched::withdraw_timer(&deadline->timer, deadline->wait.detail)) {
    task::free_deadline(deadline, worker.host);
  } else {
    task::leave_fired_deadline(deadline, worker.host);
  }
  const bool was_asked = task::leave_scope(scope, abi::kScopeTimedOut);
  return unwinds ? was_asked : is_late;
}

}  // namespace skein::wait
