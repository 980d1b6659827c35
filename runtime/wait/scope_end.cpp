// See scope_end.h. The word in the node says it all, so there is no record.
#include "runtime/wait/scope_end.h"

#include "runtime/sched/worker.h"
#include "runtime/task/node.h"
#include "runtime/task/scope.h"

namespace skein::wait {

bool end_of_scope(abi::Scope* scope, abi::Frame* frame) {
  abi::Node* node = sched::skn_node;
  if (task::is_cancelled(node)) return false;
  const uint64_t what = reinterpret_cast<uint64_t>(scope) | task::kWaitScope;
  task::begin_wait(node, what);
  if (!task::wait_for_children(scope, frame)) {
    task::drop_wait(node);
    return false;
  }
  base::fence_after_locked();
  return task::settle_wait(node, what);
}

}  // namespace skein::wait
