// See locals.h.
#include "runtime/task/locals.h"

#include "runtime/base/atomic.h"
#include "runtime/base/platform.h"

#include <cstdlib>
#include <new>

namespace skein::task {

using base::AtomicRef;
using base::Order;

// What a `within` has in place of a declaration's number.
constexpr int64_t kDeadline = -1;

static Local* local_of(int64_t word) {
  return word < 0 ? reinterpret_cast<Local*>(word & INT64_MAX) : nullptr;
}
static int64_t word_of(Local* local) { return reinterpret_cast<int64_t>(local) | INT64_MIN; }

static void retain(int64_t word) {
  if (Local* local = local_of(word)) AtomicRef<int64_t>(local->count).fetch_add(1, Order::Relaxed);
}

// A list may be long, so it is let go of in a loop.
static void release(int64_t word) {
  while (Local* local = local_of(word)) {
    if (AtomicRef<int64_t>(local->count).fetch_sub(1, Order::AcqRel) != 1) return;
    if (local->value != nullptr) local->drop(local->value);
    word = local->outer;
    free(local);
  }
}

// The node's word becomes what the new one has further out.
static Local* push(abi::Node* node, int64_t number) {
  void* memory = aligned_alloc(abi::kAlignment, sizeof(Local));
  if (memory == nullptr) base::fatal("out of memory");
  Local* local = new (memory) Local{1, node->inherited, deadline_of(node), number, nullptr, nullptr};
  node->inherited = word_of(local);
  return local;
}

static void pop(abi::Node* node) {
  Local* local = local_of(node->inherited);
  node->inherited = local->outer;
  // Tasks started in the block may still have it, and with it what is further out.
  retain(local->outer);
  release(word_of(local));
}

int64_t deadline_of(const abi::Node* node) {
  const Local* local = local_of(node->inherited);
  return local == nullptr ? node->inherited : local->deadline;
}

int64_t enter_inner_deadline(abi::Node* node, int64_t when) {
  const int64_t before = node->inherited;
  const int64_t outer = deadline_of(node);
  const int64_t tighter = outer == 0 || when < outer ? when : outer;
  if (before < 0) {
    push(node, kDeadline)->deadline = tighter;
  } else {
    node->inherited = tighter;
  }
  return before;
}

void leave_pushed_deadline(abi::Node* node) { pop(node); }

void enter_local(abi::Node* node, int64_t number, void* value, void (*drop)(void*)) {
  Local* local = push(node, number);
  local->value = value;
  local->drop = drop;
}

void leave_local(abi::Node* node) { pop(node); }

void* find_local(const abi::Node* node, int64_t number) {
  for (Local* local = local_of(node->inherited); local != nullptr; local = local_of(local->outer)) {
    if (local->number == number) return local->value;
  }
  return nullptr;
}

void inherit(abi::Node* node) { retain(node->inherited); }

void let_go_slowly(abi::Node* node) {
  release(node->inherited);
  node->inherited = 0;
}

}  // namespace skein::task
