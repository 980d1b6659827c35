// Channels, selects, locks and deadlines for the coroutines of coroutine.h, as compiled code uses them:
// first without waiting, then with a record in the frame.
//
//   const Result sent = co_await send(channel, 7);
//   int64_t value = 0;
//   const Result received = co_await receive(channel, value);
//   Selecting<2> selecting({receiving(a, x), sending(b, y)});
//   const int32_t arm = co_await selecting;        // abi::kSelectBlocked: once more
//   Locking locking = lock(cell, false);
//   while (!co_await locking) {}
//   if (!locking.is_cancelled()) { …; api::skn_lock_release(cell, false, false); }
#pragma once

#include "runtime/wait/channel.h"
#include "test/stress/coroutine.h"

namespace skein::stress {

enum class Result : uint8_t { Done, Closed, Cancelled };

// A record and the node behind it.
struct Await {
  abi::Wait wait = {};
  abi::Waiter waiter = {};
};
static_assert(offsetof(Await, waiter) == abi::kBehindWait);

// A send or a receive; `value` stays where it is while it waits.
struct Transfer {
  void* channel;
  void* value;
  bool sends;
  Await await = {};

  bool await_ready() {
    const int32_t outcome =
        sends ? api::skn_chan_send(channel, value, sizeof(int64_t))
              : api::skn_chan_receive(channel, value, sizeof(int64_t));
    await.waiter.outcome = static_cast<uint8_t>(outcome);
    return outcome != int32_t(wait::Outcome::Blocked);
  }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> handle) {
    await.waiter.value = value;
    await.waiter.chan = channel;
    Await* at = &await;
    const bool is_send = sends;
    return suspend([at, is_send](void* frame) {
             return is_send ? api::skn_await_send(at, frame) : api::skn_await_receive(at, frame);
           })
        .await_suspend(handle);
  }
  Result await_resume() {
    if (await.wait.cancelled != 0) return Result::Cancelled;
    return await.waiter.outcome == uint8_t(wait::Outcome::Closed) ? Result::Closed : Result::Done;
  }
};

inline Transfer send(void* channel, int64_t& value) { return {channel, &value, true}; }
inline Transfer receive(void* channel, int64_t& value) { return {channel, &value, false}; }

struct ArmOf {
  void* channel;
  void* value;
  abi::Arm kind;
};
inline ArmOf sending(void* channel, int64_t& value) { return {channel, &value, abi::Arm::Send}; }
inline ArmOf receiving(void* channel, int64_t& value) { return {channel, &value, abi::Arm::Receive}; }

template <int kArms>
struct Selecting {
  abi::Wait wait = {};
  abi::Select select = {};
  alignas(8) abi::Waiter arms[kArms] = {};
  int32_t chosen = abi::kSelectBlocked;

  explicit Selecting(const ArmOf (&of)[kArms]) {
    static_assert(offsetof(Selecting, select) == abi::kBehindWait);
    static_assert(offsetof(Selecting, arms) == abi::kBehindWait + abi::kSelectArms);
    select.count = kArms;
    for (int i = 0; i < kArms; ++i) {
      arms[i].chan = of[i].channel;
      arms[i].value = of[i].value;
      arms[i].kind = static_cast<uint8_t>(of[i].kind);
    }
  }

  bool await_ready() {
    chosen = api::skn_select_try(&select);
    return chosen != abi::kSelectBlocked;
  }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> handle) {
    abi::Wait* at = &wait;
    return suspend([at](void* frame) { return api::skn_await_select(at, frame); })
        .await_suspend(handle);
  }
  // The arm, or kSelectBlocked: it has to be tried again, if `wait.cancelled` is not set.
  int32_t await_resume() {
    if (chosen == abi::kSelectBlocked) chosen = api::skn_select_finish(&select);
    return chosen;
  }
  Result result() const {
    if (chosen < 0) return Result::Cancelled;
    const bool is_closed = arms[chosen].outcome == uint8_t(wait::Outcome::Closed);
    return is_closed ? Result::Closed : Result::Done;
  }
};

struct Locking {
  void* request;
  Await await = {};

  bool await_ready() { return api::skn_lock_try(request) != int32_t(abi::kLockBusy); }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> handle) {
    await.waiter.chan = request;
    Await* at = &await;
    return suspend([at](void* frame) { return api::skn_await_lock(at, frame); })
        .await_suspend(handle);
  }
  // False: it was woken to try again.
  bool await_resume() {
    const bool is_busy = await.waiter.outcome == uint8_t(abi::kLockBusy);
    await.waiter.outcome = uint8_t(abi::kLockTaken);
    return is_cancelled() || !is_busy;
  }
  // Then the lock is not ours.
  bool is_cancelled() const { return await.wait.cancelled != 0; }
};
inline Locking lock(void* cell, bool reads) {
  return {reinterpret_cast<void*>(reinterpret_cast<uint64_t>(cell) | (reads ? 1 : 0))};
}

}  // namespace skein::stress
