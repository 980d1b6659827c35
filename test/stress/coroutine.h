// C++20 coroutines with the layout and the protocol of compiled Skein functions.
//
// The hand-compiled IR (test/runtime/handcompiled) is the real thing, but the thread sanitizer
// does not see into it. clang lowers these the same way (eager ramp, await.suspend wrappers, promise
// behind the two function pointers), so a program written with them drives the whole runtime, and
// every access of it is instrumented.
//
//   Ramp<int64_t> fib(int64_t n) {
//     if (n < 2) co_return n;
//     Task<int64_t> a = co_await spawn([n] { return fib(n - 1); });
//     int64_t b = co_await call(fib(n - 2));
//     co_return b + co_await join(a);
//   }
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/api/api.h"
#include "runtime/sched/worker.h"
#include "runtime/task/record.h"
#include "runtime/task/state.h"

#include <coroutine>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace skein::stress {

using abi::Frame;
using abi::Future;

// A ramp's result: null, an outcome, or a suspended frame; and the value in the first case.
template <class T>
struct Ramp;

inline thread_local size_t last_frame_size = 0;

// Where a ramp that has not suspended yet will leave its result: on the native stack of its caller.
template <class T>
struct RampSlot {
  void* handle = nullptr;
  T value = T();
};

template <class T>
struct alignas(16) Promise {
  uint64_t state = abi::kPending;
  uint32_t size_or_wait = 0;
  uint32_t site = 0;
  union {
    T result;
    unsigned char record[abi::kWaiterBytes];
  };
  uint32_t frame_size = static_cast<uint32_t>(last_frame_size);
  RampSlot<T>* slot = nullptr;  // null once the ramp has returned

  struct Maker : RampSlot<T> {
    explicit Maker(Promise& promise) { promise.slot = this; }
    // Not trivial, so that it is made where it stays and never passed in registers.
    Maker(const Maker&) = delete;
    ~Maker() {}
    operator Ramp<T>() { return {this->handle, this->value}; }
  };

  Promise() : record() { frame()->node = sched::skn_node; }
  Frame* frame() {
    return reinterpret_cast<Frame*>(reinterpret_cast<char*>(this) - abi::kFramePromise);
  }
  static void* operator new(size_t size) {
    last_frame_size = size;
    return api::skn_frame_alloc(static_cast<int64_t>(size));
  }
  static void operator delete(void* frame, size_t size) {
    api::skn_frame_free(frame, static_cast<int64_t>(size));
  }

  Maker get_return_object() { return Maker(*this); }
  std::suspend_never initial_suspend() noexcept { return {}; }
  void unhandled_exception() { abort(); }
  void return_value(T value) {
    if (slot != nullptr) {
      slot->value = value;
    } else {
      result = value;
    }
  }

  // In the ramp the frame is freed at once; later, its owner does that.
  struct Final {
    bool in_ramp;
    bool await_ready() noexcept { return in_ramp; }
    void await_suspend(std::coroutine_handle<Promise> handle) noexcept {
      handle.promise().frame()->size = handle.promise().frame_size;
      api::skn_frame_finish(handle.address(), abi::kValue, sizeof(T));
    }
    void await_resume() noexcept {}
  };
  Final final_suspend() noexcept { return {slot != nullptr}; }

  // Before a frame is shown to anybody: what the ramp will return. Undone when it does not suspend.
  RampSlot<T>* leave_ramp(void* frame) {
    RampSlot<T>* left = slot;
    if (left != nullptr) left->handle = frame;
    slot = nullptr;
    return left;
  }
  void back_in_ramp(RampSlot<T>* left) {
    if (left != nullptr) left->handle = nullptr;
    slot = left;
  }
};

template <class T>
struct Ramp {
  using promise_type = Promise<T>;
  void* handle;
  T value;
};

// A spawned call's value.
template <class T>
struct Task {
  Future* future = nullptr;
  T value = T();
};

template <class T>
constexpr int64_t kFutureSize = static_cast<int64_t>(abi::kFutureResult + sizeof(T));

// Runs `wait(frame)` as the callee of an await.
template <class Wait>
struct Suspend {
  Wait wait;
  bool await_ready() { return false; }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> handle) {
    RampSlot<decltype(handle.promise().result)>* left = handle.promise().leave_ramp(handle.address());
    if (wait(handle.address())) return true;
    handle.promise().back_in_ramp(left);
    return false;
  }
  void await_resume() {}
};
template <class Wait>
Suspend<Wait> suspend(Wait wait) {
  return {wait};
}

inline auto yield() {
  return suspend([](void* frame) { return api::skn_await_yield(nullptr, frame); });
}

// `make` calls a function and gives its ramp.
template <class Make, class T>
struct Spawn {
  Make make;
  Task<T> task;

  bool await_ready() { return false; }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> handle) {
    P& promise = handle.promise();
    void* frame = handle.address();
    RampSlot<decltype(promise.result)>* left = promise.leave_ramp(frame);
    // From the push on this object belongs to whoever steals the frame.
    Make call = make;
    Future* future = static_cast<Future*>(api::skn_future_alloc(kFutureSize<T>));
    task.future = future;
    api::skn_task_begin(future, 0);
    api::skn_push(frame);
    const Ramp<T> child = call();
    if (child.handle == nullptr) {
      if (!api::skn_pop_is(frame)) {
        memcpy(future->result, &child.value, sizeof(T));
        api::skn_future_finish(future, abi::kValue, kFutureSize<T>);
        return true;
      }
      api::skn_task_end(frame);
      api::skn_future_free(future, kFutureSize<T>);
      task = {nullptr, child.value};
    } else {
      api::skn_frame_link(child.handle, future, sizeof(T));
      if (!api::skn_pop_is(frame)) return true;
      api::skn_task_end(frame);
    }
    promise.back_in_ramp(left);
    return false;
  }
  Task<T> await_resume() { return task; }
};

template <class Make>
auto spawn(Make make) {
  using T = decltype(make().value);
  return Spawn<Make, T>{make, {}};
}

// The result of a direct call.
template <class T>
struct Call {
  Ramp<T> ramp;
  bool await_ready() { return ramp.handle == nullptr; }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> handle) {
    void* child = ramp.handle;
    return suspend([child](void* frame) { return api::skn_await_frame(child, frame); })
        .await_suspend(handle);
  }
  T await_resume() {
    if (ramp.handle == nullptr) return ramp.value;
    Frame* frame = static_cast<Frame*>(ramp.handle);
    if (task::StateWord(frame->state).load() != abi::kValue) abort();
    T value;
    memcpy(&value, static_cast<char*>(ramp.handle) + abi::kFrameResult, sizeof(T));
    api::skn_frame_release(frame);
    return value;
  }
};
template <class T>
Call<T> call(Ramp<T> ramp) {
  return {ramp};
}

template <class T>
struct Join {
  Task<T> task;
  bool await_ready() {
    return task.future == nullptr || task::is_done(task::StateWord(task.future->state).load());
  }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> handle) {
    Future* future = task.future;
    return suspend([future](void* frame) { return api::skn_await_future(future, frame); })
        .await_suspend(handle);
  }
  T await_resume() {
    if (task.future == nullptr) return task.value;
    if (task::StateWord(task.future->state).load() != abi::kValue) abort();
    T value;
    memcpy(&value, task.future->result, sizeof(T));
    api::skn_future_release(task.future, kFutureSize<T>);
    return value;
  }
};
template <class T>
Join<T> join(Task<T> task) {
  return {task};
}

// A task nobody awaits.
template <class T>
void give_up(abi::Scope& scope, Task<T> task) {
  if (task.future != nullptr) api::skn_scope_adopt(&scope, task.future, kFutureSize<T>);
}

inline auto end_of(abi::Scope& scope) {
  abi::Scope* at = &scope;
  return suspend([at](void* frame) { return api::skn_await_scope(at, frame); });
}

// --- Cancellation: what compiled code does by unwinding, these tasks do by looking ----------------

// Sleeps; true when that was cut short.
struct Nap {
  int64_t nanoseconds;
  Frame* frame = nullptr;
  explicit Nap(int64_t time) : nanoseconds(time) {}
  bool await_ready() { return false; }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> handle) {
    frame = static_cast<Frame*>(handle.address());
    abi::Timer* timer = task::record_in<abi::Timer>(frame);
    timer->nanoseconds = nanoseconds;
    return suspend([timer](void* at) { return api::skn_await_sleep(timer, at); })
        .await_suspend(handle);
  }
  bool await_resume() { return frame->wait.cancelled != 0; }
};

// Waits for a task without taking its value; true when that was cut short.
template <class T>
struct Watch {
  Task<T>* task;
  bool await_ready() {
    return task->future == nullptr || task::is_done(task::StateWord(task->future->state).load());
  }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> handle) {
    Future* future = task->future;
    return suspend([future](void* frame) { return api::skn_await_future(future, frame); })
        .await_suspend(handle);
  }
  bool await_resume() { return !await_ready(); }
};
template <class T>
Watch<T> watch(Task<T>& task) {
  return {&task};
}

// The same for the children of a scope.
struct ScopeEnd {
  abi::Scope* scope;
  bool await_ready() { return children() == 0; }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> handle) {
    abi::Scope* at = scope;
    return suspend([at](void* frame) { return api::skn_await_scope(at, frame); })
        .await_suspend(handle);
  }
  bool await_resume() { return children() != 0; }
  int64_t children() { return base::AtomicRef<int64_t>(scope->pending).load(base::Order::Acquire); }
};

// Place at the head of functions that recurse deeply.
struct StackCheck {
  bool await_ready() { return !api::skn_stack_low(); }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> handle) {
    return suspend([](void* frame) { return api::skn_await_stack(nullptr, frame); })
        .await_suspend(handle);
  }
  void await_resume() {}
};

}  // namespace skein::stress
