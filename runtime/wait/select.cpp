// See select.h.
#include "runtime/wait/select.h"

namespace skein::wait {

using abi::Arm;
using abi::Select;
using base::AtomicRef;
using base::Order;

static Waiter* arms_of(Select& select) {
  return reinterpret_cast<Waiter*>(reinterpret_cast<char*>(&select) + abi::kSelectArms);
}

static Arm kind_of(const Waiter& arm) { return static_cast<Arm>(arm.kind); }
static void turn_off(Waiter& arm) { arm.kind = static_cast<uint8_t>(Arm::Off); }
static Channel& channel_of(const Waiter& arm) { return *static_cast<Channel*>(arm.chan); }

static bool uses_channel(Arm kind) {
  return kind == Arm::Receive || kind == Arm::Send || kind == Arm::Each;
}

// Whether the arm happened. An Each whose channel is through goes off.
static bool try_arm(Waiter& arm, Wake wake) {
  const Arm kind = kind_of(arm);
  if (!uses_channel(kind)) return false;
  Channel& channel = channel_of(arm);
  if (kind == Arm::Send ? !channel.may_send() : !channel.may_receive()) return false;
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

int32_t try_arms(Select& select, uint32_t start, Wake wake) {
  Waiter* arms = arms_of(select);
  const uint32_t count = select.count;
  if (select.is_biased) start = 0;
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t at = (start + i) % count;
    if (kind_of(arms[at]) == Arm::Each) select.has_each = 1;
    if (try_arm(arms[at], wake)) return static_cast<int32_t>(at);
  }
  bool has_open = false;
  bool has_each = false;
  int32_t closed = abi::kSelectBlocked;
  for (uint32_t i = 0; i < count; ++i) {
    has_open |= uses_channel(kind_of(arms[i]));
    has_each |= kind_of(arms[i]) == Arm::Each;
    if (kind_of(arms[i]) == Arm::Closed) closed = static_cast<int32_t>(i);
  }
  if (closed >= 0 && select.has_each && !has_each) return closed;
  if (select.has_default) return abi::kSelectDefault;
  return has_open ? abi::kSelectBlocked : abi::kSelectAllOff;
}

static void withdraw_arms(Select& select) {
  Waiter* arms = arms_of(select);
  for (uint32_t i = 0; i < select.count; ++i) {
    if (uses_channel(kind_of(arms[i]))) (void)channel_of(arms[i]).withdraw(&arms[i]);
  }
}

Offered offer_arms(Select& select, Frame* frame, Wake wake) {
  Waiter* arms = arms_of(select);
  AtomicRef<uint32_t> word(select.claim);
  word.store(abi::kSelectRegisters, Order::Relaxed);
  for (uint32_t i = 0; i < select.count; ++i) arms[i].is_linked = false;
  for (uint32_t i = 0; i < select.count; ++i) {
    Waiter& arm = arms[i];
    if (!uses_channel(kind_of(arm))) continue;
    arm.frame = frame;
    arm.claim = &select.claim;
    arm.arm = i;
    Frame* other = nullptr;
    const Channel::Offer offer = channel_of(arm).offer(&arm, other);
    if (other != nullptr) wake(other);
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
  Waiter& arm = arms_of(select)[chosen];
  const bool is_through = kind_of(arm) == Arm::Each &&
                          arm.outcome == static_cast<uint8_t>(Outcome::Closed);
  if (!is_through) return static_cast<int32_t>(chosen);
  turn_off(arm);
  return abi::kSelectBlocked;
}

}  // namespace skein::wait
