// What a task inherits from where it was started: its deadline and its task locals.
//
// One word of the node says it, and starting a task copies the word:
//
//   0                  nothing
//   above 0            the deadline of the innermost `within`, in nanoseconds of base::now()
//   below 0            a Local, counted: bit 63 is its tag
//
// A Local is one `with`, or a `within` inside of one. It leads to those further out, so a task's
// locals are a list, shared with the tasks started in it: a task that goes on beside its parent, or
// outlives the block, keeps what it started with. Only programs that have task locals ever see a
// Local; compiled code counts the inheriting for them alone (`inherit`, `let_go`).
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/base/atomic.h"

namespace skein::task {

struct alignas(abi::kAlignment) Local {
  int64_t count;        // tasks that have it as their innermost, and Locals further in
  int64_t outer;        // a word as above: what was there before
  int64_t deadline;     // 0: none
  int64_t number;       // of the declaration; kDeadline: a `within`
  void* value;          // a handle, owned
  void (*drop)(void*);  // one owner of the handle less
};

// The deadline that the task of the node has to meet; 0 = none.
int64_t deadline_of(const abi::Node* node);
// Makes it at most `when`; `leave_deadline` with what came back is the way out.
SKEIN_COLD int64_t enter_inner_deadline(abi::Node* node, int64_t when);
SKEIN_INLINE int64_t enter_deadline(abi::Node* node, int64_t when) {
  if (SKEIN_UNLIKELY(node->inherited != 0)) return enter_inner_deadline(node, when);
  node->inherited = when;
  return 0;
}
SKEIN_COLD void leave_pushed_deadline(abi::Node* node);
SKEIN_INLINE void leave_deadline(abi::Node* node, int64_t before) {
  if (SKEIN_UNLIKELY(before < 0)) return leave_pushed_deadline(node);
  node->inherited = before;
}

// `with`: the task has the value from here on, up to leave_local.
void enter_local(abi::Node* node, int64_t number, void* value, void (*drop)(void*));
void leave_local(abi::Node* node);
// The handle, which is not counted; null if no `with` gave one.
void* find_local(const abi::Node* node, int64_t number);

// A task begins with the word of its parent, and ends.
void inherit(abi::Node* node);
void let_go_slowly(abi::Node* node);
SKEIN_INLINE void let_go(abi::Node* node) {
  if (SKEIN_UNLIKELY(node->inherited < 0)) let_go_slowly(node);
}

}  // namespace skein::task
