// Channels, selects, locks and deadlines for the coroutines of coroutine.h, as compiled code uses them:
// first without waiting, then with the record of the frame.
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

// A send or a receive of a small value, which lies in the record while it waits.
struct Transfer {
  void* channel;
  void* value;
  bool sends;
  int32_t outcome = 0;
  Frame* frame = nullptr;  // that had to wait

  bool await_ready() {
    outcome = sends ? api::skn_chan_send(channel, value, sizeof(int64_t))
                    : api::skn_chan_receive(channel, value, sizeof(int64_t));
    return outcome != int32_t(wait::Outcome::Blocked);
  }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> handle) {
    frame = static_cast<Frame*>(handle.address());
    abi::Waiter* waiter = task::record_in<abi::Waiter>(frame);
    if (sends) memcpy(&waiter->value, value, sizeof(int64_t));
    waiter->chan = channel;
    const bool is_send = sends;
    return suspend([waiter, is_send](void* at) {
             return is_send ? api::skn_await_send(waiter, at) : api::skn_await_receive(waiter, at);
           })
        .await_suspend(handle);
  }
  Result await_resume() {
    if (frame != nullptr) {
      if (frame->wait.cancelled != 0) return Result::Cancelled;
      const abi::Waiter* waiter = task::record_in<abi::Waiter>(frame);
      outcome = waiter->outcome;
      if (!sends) memcpy(value, &waiter->value, sizeof(int64_t));
    }
    return outcome == int32_t(wait::Outcome::Closed) ? Result::Closed : Result::Done;
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
  abi::Select select = {};
  char gap[abi::kSelectArms - sizeof(abi::Select)] = {};
  abi::SelectArm arms[kArms] = {};
  Frame* frame = nullptr;  // that had to wait
  int32_t chosen = abi::kSelectBlocked;

  explicit Selecting(const ArmOf (&of)[kArms]) {
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
    frame = static_cast<Frame*>(handle.address());
    abi::Select** record = task::record_in<abi::Select*>(frame);
    *record = &select;
    return suspend([record](void* at) { return api::skn_await_select(record, at); })
        .await_suspend(handle);
  }
  // The arm, or kSelectBlocked: it has to be tried again, if the task is not cancelled.
  int32_t await_resume() {
    if (chosen == abi::kSelectBlocked) chosen = api::skn_select_finish(&select);
    return chosen;
  }
  bool is_cancelled() const { return frame != nullptr && frame->wait.cancelled != 0; }
  Result result() const {
    if (chosen < 0) return Result::Cancelled;
    const bool is_closed = arms[chosen].outcome == uint8_t(wait::Outcome::Closed);
    return is_closed ? Result::Closed : Result::Done;
  }
};

struct Locking {
  void* request;
  uint8_t times_woken = 0;
  bool waits = false;
  Frame* frame = nullptr;  // that had to wait

  bool await_ready() {
    waits = api::skn_lock_try(request) == int32_t(abi::kLockBusy);
    return !waits;
  }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> handle) {
    frame = static_cast<Frame*>(handle.address());
    abi::Waiter* waiter = task::record_in<abi::Waiter>(frame);
    waiter->chan = request;
    waiter->kind = times_woken;
    return suspend([waiter](void* at) { return api::skn_await_lock(waiter, at); })
        .await_suspend(handle);
  }
  // False: it was woken to try again.
  bool await_resume() {
    if (!waits) return true;
    const abi::Waiter* waiter = task::record_in<abi::Waiter>(frame);
    times_woken = waiter->kind;
    return is_cancelled() || waiter->outcome != uint8_t(abi::kLockBusy);
  }
  // Then the lock is not ours.
  bool is_cancelled() const { return waits && frame->wait.cancelled != 0; }
};
inline Locking lock(void* cell, bool reads) {
  return {reinterpret_cast<void*>(reinterpret_cast<uint64_t>(cell) | (reads ? 1 : 0))};
}

}  // namespace skein::stress
