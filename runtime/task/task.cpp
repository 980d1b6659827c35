// Publishing results: see task.h.
#include "runtime/task/task.h"

#include "runtime/task/claim.h"
#include "runtime/task/locals.h"
#include "runtime/task/node.h"
#include "runtime/task/scope.h"
#include "runtime/task/state.h"

#include <cstring>

namespace skein::task {

void release_future(abi::Future* future, size_t size, Host& host) {
  abi::Node* node = node_of(future);
  let_go(node);
  // As the pool wants it; nobody else looks at it any more, but for the dump, which may.
  wait_of(node).store(0, Order::Relaxed);
  node->inherited = 0;
  node->cancel = 0;
  // Where the result was.
  node->block = nullptr;
  host.nodes.free_later(future, node_bytes(size));
}

// Moves the result of a frame that is done, and that we own, into a future.
static void move_result(abi::Frame* frame, abi::Future* future, size_t size, Host& host) {
  memcpy(result_of(future), result_of(frame), size);
  host.frames.free_later(frame, memory::aligned_bytes(frame->size));
}

// A child that a scope counts has ended.
static abi::Frame* count_off(abi::Child* child, abi::Future* future, uint64_t state, size_t size,
                             Host& host) {
  abi::Scope* scope = child->scope;
  unlist_child(child, host);
  if (is_panic(state)) note_panic(scope, panic_of(state), host);
  release_future(future, size, host);
  return child_done(scope);
}

abi::Frame* finish_frame(abi::Frame* frame, uint64_t state, size_t result_size, Host& host) {
  const Listener listener = StateWord(frame->state).finish(state);
  if (listener.is_frame()) return listener.frame();
  if (!listener.is_future()) return nullptr;
  move_result(frame, listener.future(), result_size, host);
  return finish_future(listener.future(), state, abi::kFutureResult + result_size, host);
}

abi::Frame* finish_future(abi::Future* future, uint64_t state, size_t size, Host& host) {
  while (true) {
    const Listener listener = StateWord(future->state).finish(state);
    if (listener.is_frame()) return listener.frame();
    if (listener.is_child()) return count_off(listener.child(), future, state, size, host);
    if (listener.is_arm()) return serve_arm(listener.arm());
    if (!listener.is_future()) return nullptr;
    memcpy(result_of(listener.future()), result_of(future), size - abi::kFutureResult);
    release_future(future, size, host);
    future = listener.future();
  }
}

abi::Frame* link_frame(abi::Frame* child, abi::Future* future, size_t result_size, Host& host) {
  if (StateWord(child->state).forward_to(future)) return nullptr;
  const uint64_t state = StateWord(child->state).load();
  move_result(child, future, result_size, host);
  return finish_future(future, state, abi::kFutureResult + result_size, host);
}

void adopt(abi::Scope* scope, abi::Future* future, size_t size, Host& host) {
  // Counted first: the child may end, and count itself off, as soon as the word is written.
  abi::Child* child = list_child(scope, node_of(future), host);
  if (StateWord(future->state).count_in(child)) return;
  const uint64_t state = StateWord(future->state).load();
  // A task of the scope is running this, so the body cannot be through and is not to be woken by it.
  (void)count_off(child, future, state, size, host);
}

}  // namespace skein::task
