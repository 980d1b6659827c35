// See select.h.
#include "runtime/wait/select.h"

#include "runtime/base/platform.h"
#include "runtime/sched/worker.h"
#include "runtime/task/reasons.h"
#include "runtime/task/state.h"

#include <cstdlib>
#include <cstring>

namespace skein::wait {

using abi::After;
using abi::Arm;
using abi::Select;
using abi::SelectArm;
using base::AtomicRef;
using base::Order;

static SelectArm* arms_of(Select& select) {
  return reinterpret_cast<SelectArm*>(reinterpret_cast<char*>(&select) + abi::kSelectArms);
}

static Arm kind_of(const SelectArm& arm) { return static_cast<Arm>(arm.kind); }
static void turn_off(SelectArm& arm) { arm.kind = static_cast<uint8_t>(Arm::Off); }
static Channel& channel_of(const SelectArm& arm) { return *static_cast<Channel*>(arm.chan); }
static After& after_of(const SelectArm& arm) { return *static_cast<After*>(arm.value); }

static bool uses_channel(Arm kind) {
  return kind == Arm::Receive || kind == Arm::Send || kind == Arm::Each;
}
static bool can_happen(Arm kind) {
  return uses_channel(kind) || kind == Arm::Await || kind == Arm::After;
}

// --- Tasks and time ------------------------------------------------------------------------------

// What a Task has: nothing or an outcome when it is over, else its future.
static abi::Future* future_of(const SelectArm& arm) { return static_cast<abi::Future*>(arm.chan); }

static bool has_ended(const SelectArm& arm) {
  const uint64_t bits = reinterpret_cast<uint64_t>(arm.chan);
  if (bits == 0 || (bits & abi::kOutcome) != 0) return true;
  return task::is_done(task::StateWord(future_of(arm)->state).load());
}

// A time that has not begun is over only if it is none.
static bool has_passed(const After& after) {
  if (after.until == 0) return after.timer.nanoseconds <= 0;
  return base::now() >= after.until;
}

// Afterwards somebody may be at the arm until it is taken back.
static bool offer_to_task(SelectArm& arm) {
  if (has_ended(arm)) return false;
  task::offered_of(&arm).store(true, Order::Relaxed);
  if (task::StateWord(future_of(arm)->state).offer_to(&arm)) return true;
  task::offered_of(&arm).store(false, Order::Relaxed);
  return false;
}

static bool set_timer(SelectArm& arm) {
  After& after = after_of(arm);
  const int64_t now = base::now();
  if (after.until == 0) {
    const int64_t nanoseconds = after.timer.nanoseconds;
    if (nanoseconds <= 0) return false;
    after.until = nanoseconds < INT64_MAX - now ? now + nanoseconds : INT64_MAX;
  }
  if (after.until <= now) return false;
  sched::Worker& worker = sched::current();
  after.arm = &arm;
  after.wait.reason = static_cast<uint8_t>(task::WaitReason::After);
  after.wait.detail = static_cast<uint16_t>(worker.id);
  task::offered_of(&arm).store(true, Order::Relaxed);
  worker.timers.insert(&after.timer, now, after.until - now);
  return true;
}

static void take_back_arm(SelectArm& arm) {
  if (!task::offered_of(&arm).load(Order::Acquire)) return;
  const bool is_ours = kind_of(arm) == Arm::Await
                           ? task::StateWord(future_of(arm)->state).withdraw(&arm)
                           : sched::withdraw_timer(&after_of(arm).timer, after_of(arm).wait.detail);
  if (is_ours) {
    task::offered_of(&arm).store(false, Order::Relaxed);
  } else {
    task::wait_until_served(&arm);
  }
}

// --- Trying --------------------------------------------------------------------------------------

// An Each whose channel is through goes off.
static SKEIN_INLINE bool try_channel(SelectArm& arm, Arm kind, Wake wake) {
  Channel& channel = channel_of(arm);
  Frame* other = nullptr;
  const Outcome outcome =
      kind == Arm::Send ? channel.send(arm.value, other) : channel.receive(arm.value, other);
  if (other != nullptr) wake(other);
  arm.outcome = static_cast<uint8_t>(outcome);
  if (outcome == Outcome::Blocked) return false;
  if (kind != Arm::Each || outcome == Outcome::Done) return true;
  turn_off(arm);
  return false;
}

static bool try_other_arm(SelectArm& arm, Arm kind, Wake wake) {
  switch (kind) {
    case Arm::Receive:
    case Arm::Each:
      return channel_of(arm).may_receive() && try_channel(arm, kind, wake);
    case Arm::Send:
      return channel_of(arm).may_send() && try_channel(arm, kind, wake);
    case Arm::Await:
      return has_ended(arm);
    case Arm::After:
      return has_passed(after_of(arm));
    case Arm::Closed:
    case Arm::Off:
      return false;
  }
  return false;
}

// Whether the arm happened. Of many, most are receives from channels that have nothing.
static SKEIN_INLINE bool try_arm(SelectArm& arm, Wake wake) {
  const Arm kind = kind_of(arm);
  if (SKEIN_LIKELY(kind == Arm::Receive)) {
    return channel_of(arm).may_receive() && try_channel(arm, kind, wake);
  }
  return try_other_arm(arm, kind, wake);
}

// No arm is ready: what there is beside them.
static int32_t when_none_is_ready(Select& select) {
  const SelectArm* arms = arms_of(select);
  bool has_open = false;
  bool has_each = false;
  int32_t closed = abi::kSelectBlocked;
  for (uint32_t i = 0; i < select.count; ++i) {
    has_open |= can_happen(kind_of(arms[i]));
    has_each |= kind_of(arms[i]) == Arm::Each;
    if (kind_of(arms[i]) == Arm::Closed) closed = static_cast<int32_t>(i);
  }
  if (closed >= 0 && select.has_each && !has_each) return closed;
  if (select.has_default) return abi::kSelectDefault;
  return has_open ? abi::kSelectBlocked : abi::kSelectAllOff;
}

// A division takes as long as looking at several arms.
static uint32_t place_in(uint32_t count, uint32_t start) {
  const bool is_power = (count & (count - 1)) == 0;
  if (is_power) return count == 0 ? 0 : start & (count - 1);
  return start % count;
}

int32_t try_arms(Select& select, uint32_t start, Wake wake) {
  SelectArm* const arms = arms_of(select);
  SelectArm* const end = arms + select.count;
  SelectArm* arm = arms + (select.is_biased ? 0 : place_in(select.count, start));
  for (uint32_t left = select.count; left > 0; --left) {
    if (kind_of(*arm) == Arm::Each) select.has_each = 1;
    if (try_arm(*arm, wake)) return static_cast<int32_t>(arm - arms);
    if (++arm == end) arm = arms;
  }
  return when_none_is_ready(select);
}

// --- Waiting -------------------------------------------------------------------------------------

static void withdraw_arms(Select& select) {
  SelectArm* arms = arms_of(select);
  for (uint32_t i = 0; i < select.count; ++i) {
    if (uses_channel(kind_of(arms[i]))) {
      (void)channel_of(arms[i]).withdraw(&arms[i]);
    } else if (can_happen(kind_of(arms[i]))) {
      take_back_arm(arms[i]);
    }
  }
}

static Channel::Offer offer_arm(SelectArm& arm, Wake wake) {
  if (uses_channel(kind_of(arm))) {
    Frame* other = nullptr;
    const Channel::Offer offer = channel_of(arm).offer(&arm, other);
    if (other != nullptr) wake(other);
    return offer;
  }
  const bool waits = kind_of(arm) == Arm::Await ? offer_to_task(arm) : set_timer(arm);
  if (waits) return Channel::Offer::Linked;
  return task::claim(&arm) == task::Claim::Lost ? Channel::Offer::Lost : Channel::Offer::Served;
}

Offered offer_arms(Select& select, Frame* frame, Wake wake) {
  SelectArm* arms = arms_of(select);
  AtomicRef<uint32_t> word(select.claim);
  word.store(abi::kSelectRegisters, Order::Relaxed);
  for (uint32_t i = 0; i < select.count; ++i) {
    arms[i].is_linked = false;
    arms[i].is_arm = true;
  }
  for (uint32_t i = 0; i < select.count; ++i) {
    SelectArm& arm = arms[i];
    if (!can_happen(kind_of(arm))) continue;
    arm.frame = frame;
    arm.claim = &select.claim;
    arm.arm = i;
    const Channel::Offer offer = offer_arm(arm, wake);
    if (offer == Channel::Offer::Linked) continue;
    if (offer != Channel::Offer::Again) return Offered::Served;
    withdraw_arms(select);
    word.store(abi::kSelectRuns, Order::Relaxed);
    return Offered::Again;
  }
  uint32_t expected = abi::kSelectRegisters;
  const bool waits = word.compare_exchange(expected, abi::kSelectWaits, Order::Relaxed,
                                           Order::Relaxed);
  return waits ? Offered::Waits : Offered::Served;
}

bool take_back(Select& select) {
  uint32_t expected = abi::kSelectWaits;
  return AtomicRef<uint32_t>(select.claim)
      .compare_exchange(expected, abi::kSelectTakenBack, Order::Relaxed, Order::Relaxed);
}

int32_t finish(Select& select) {
  const uint32_t word = AtomicRef<uint32_t>(select.claim).load(Order::Relaxed);
  if (word == abi::kSelectTakenBack) withdraw_arms(select);
  AtomicRef<uint32_t>(select.claim).store(abi::kSelectRuns, Order::Relaxed);
  if (word < abi::kSelectChosen) return abi::kSelectBlocked;
  withdraw_arms(select);
  const uint32_t chosen = word - abi::kSelectChosen;
  SelectArm& arm = arms_of(select)[chosen];
  const bool is_through = kind_of(arm) == Arm::Each &&
                          arm.outcome == static_cast<uint8_t>(Outcome::Closed);
  if (!is_through) return static_cast<int32_t>(chosen);
  turn_off(arm);
  return abi::kSelectBlocked;
}

// --- Over arrays ---------------------------------------------------------------------------------

Select* make_select(const char* elements, uint32_t count, size_t size, void* value) {
  const size_t bytes = abi::kSelectArms + count * sizeof(SelectArm);
  void* memory = calloc(1, bytes);
  if (memory == nullptr) base::fatal("out of memory");
  Select& select = *static_cast<Select*>(memory);
  select.count = count;
  for (uint32_t i = 0; i < count; ++i) {
    SelectArm& arm = arms_of(select)[i];
    memcpy(&arm.chan, elements + i * size, sizeof(arm.chan));
    arm.value = value;
    arm.kind = static_cast<uint8_t>(value != nullptr ? Arm::Receive : Arm::Await);
    const bool is_spent = reinterpret_cast<uint64_t>(arm.chan) == abi::kSpent;
    if (value == nullptr && is_spent) turn_off(arm);
  }
  return &select;
}

void free_select(Select* select) { free(select); }

}  // namespace skein::wait
