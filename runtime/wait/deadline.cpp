// See deadline.h.
#include "runtime/wait/deadline.h"

#include "runtime/sched/worker.h"
#include "runtime/task/deadline.h"
#include "runtime/task/locals.h"
#include "runtime/task/scope.h"
#include "runtime/wait/token.h"

namespace skein::wait {

using task::Deadline;

// A deadline as far away as that may come late by kRecent, so that setting it does not ask for the exact time.
// Most deadlines are, and most are taken back.
constexpr int64_t kFar = 10'000'000'000;

static int64_t later(int64_t now, int64_t nanoseconds) {
  if (nanoseconds < 0) nanoseconds = 0;
  return nanoseconds < INT64_MAX - now ? now + nanoseconds : INT64_MAX;
}

static SKEIN_COLD bool has_passed_by_now(int64_t when) { return when <= base::now(); }

static SKEIN_INLINE bool has_passed(int64_t when) {
  return SKEIN_UNLIKELY(when - base::kRecent <= base::recently()) && has_passed_by_now(when);
}

void enter_within(abi::Scope* scope, int64_t nanoseconds) {
  const bool is_far = nanoseconds >= kFar;
  const int64_t now = is_far ? base::recently() : base::now();
  if (is_far) nanoseconds = later(base::kRecent, nanoseconds);
  sched::Worker& worker = sched::current();
  abi::Node* node = sched::skn_node;
  task::enter_scope(scope, node);
  Deadline* deadline =
      task::new_deadline(scope, later(now, nanoseconds), sizeof(Deadline), worker.host);
  scope->deadline = deadline;
  deadline->outer = task::enter_deadline(node, deadline->when);
  deadline->wait.detail = static_cast<uint16_t>(worker.id);
  if (nanoseconds <= 0) return task::end_scope(scope, abi::kScopeTimedOut, worker.host);
  worker.timers.insert(&deadline->timer, now, nanoseconds);
}

// It was set by another worker, has fired, or was due at once and never in a wheel.
static SKEIN_COLD void let_go_slowly(Deadline* deadline, task::Host& host) {
  const bool is_unused = sched::tick_of(deadline->timer) == 0;
  if (is_unused || sched::withdraw_timer(&deadline->timer, deadline->wait.detail)) {
    task::free_deadline(deadline, host);
  } else {
    task::leave_fired_deadline(deadline, host);
  }
}

static SKEIN_INLINE void let_go(Deadline* deadline, sched::Worker& worker) {
  const bool is_from_here = deadline->wait.detail == worker.id;
  if (SKEIN_LIKELY(is_from_here && worker.timers.withdraw(&deadline->timer))) {
    task::free_deadline_in_place(deadline, worker.host);
  } else {
    let_go_slowly(deadline, worker.host);
  }
}

bool leave_within(abi::Scope* scope, bool unwinds) {
  Deadline* deadline = static_cast<Deadline*>(scope->deadline);
  if (is_token(deadline)) return leave_within_token(scope, unwinds);
  const bool is_late = has_passed(deadline->when);
  sched::Worker& worker = sched::current();
  task::leave_deadline(scope->owner, deadline->outer);
  let_go(deadline, worker);
  const bool was_asked = task::leave_scope(scope, abi::kScopeTimedOut);
  // Who was asked is late, also where the coarse clock stood still for long and says otherwise.
  return was_asked || (!unwinds && is_late);
}

}  // namespace skein::wait
