// Publishing results: see task.h.
#include "runtime/task/task.h"

#include "runtime/task/scope.h"
#include "runtime/task/state.h"

#include <cstring>

namespace skein::task {

// Moves the result of a frame that is done, and that we own, into a future.
static void move_result(abi::Frame* frame, abi::Future* future, size_t size, FramePool& pool) {
  memcpy(result_of(future), result_of(frame), size);
  pool.free_later(frame, frame->size);
}

abi::Frame* finish_frame(abi::Frame* frame, uint64_t state, size_t result_size, FramePool& pool) {
  const Listener listener = StateWord(frame->state).finish(state);
  if (listener.is_frame()) return listener.frame();
  if (listener.is_future()) {
    move_result(frame, listener.future(), result_size, pool);
    return finish_future(listener.future(), state, abi::kFutureResult + result_size, pool);
  }
  if (listener.is_scope()) {
    if (is_panic(state)) note_panic(listener.scope(), panic_of(state));
    pool.free_later(frame, frame->size);
    return child_done(listener.scope());
  }
  return nullptr;
}

abi::Frame* finish_future(abi::Future* future, uint64_t state, size_t size, FramePool& pool) {
  while (true) {
    const Listener listener = StateWord(future->state).finish(state);
    if (listener.is_frame()) return listener.frame();
    if (listener.is_scope()) {
      if (is_panic(state)) note_panic(listener.scope(), panic_of(state));
      pool.free_later(future, size);
      return child_done(listener.scope());
    }
    if (!listener.is_future()) return nullptr;
    memcpy(result_of(listener.future()), result_of(future), size - abi::kFutureResult);
    pool.free_later(future, size);
    future = listener.future();
  }
}

abi::Frame* link_frame(abi::Frame* child, abi::Future* future, size_t result_size,
                       FramePool& pool) {
  if (StateWord(child->state).forward_to(future)) return nullptr;
  const uint64_t state = StateWord(child->state).load();
  move_result(child, future, result_size, pool);
  return finish_future(future, state, abi::kFutureResult + result_size, pool);
}

void adopt(abi::Scope* scope, abi::Future* future, size_t size, FramePool& pool) {
  // Counted first: the child may end, and count itself off, as soon as the word is written.
  add_child(scope);
  if (StateWord(future->state).count_in(scope)) return;
  const uint64_t state = StateWord(future->state).load();
  if (is_panic(state)) note_panic(scope, panic_of(state));
  pool.free_later(future, size);
  // The body is running this, so it does not wait and there is nobody to wake.
  (void)child_done(scope);
}

}  // namespace skein::task
