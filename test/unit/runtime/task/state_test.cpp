// A state word's transitions tell each side what the other did first.
#include "runtime/task/state.h"

#include <gtest/gtest.h>

namespace skein::task {

TEST(StateWord, WaiterIsHandedToTheOneWhoFinishes) {
  alignas(16) abi::Frame waiter = {};
  uint64_t word = abi::kPending;
  EXPECT_TRUE(StateWord(word).wait(&waiter));
  const Listener listener = StateWord(word).finish(abi::kValue);
  EXPECT_TRUE(listener.is_frame());
  EXPECT_EQ(listener.frame(), &waiter);
  EXPECT_EQ(word, abi::kValue);
}

TEST(StateWord, WaitFailsOnceDone) {
  alignas(16) abi::Frame waiter = {};
  uint64_t word = abi::kPending;
  const Listener listener = StateWord(word).finish(abi::kValue);
  EXPECT_FALSE(listener.is_frame() || listener.is_future() || listener.is_child());
  EXPECT_FALSE(StateWord(word).wait(&waiter));
  EXPECT_EQ(word, abi::kValue);
}

TEST(StateWord, ForwardAndCountAreToldApart) {
  abi::Future future = {};
  abi::Child child = {};
  uint64_t forwarded = abi::kPending;
  uint64_t counted = abi::kPending;
  EXPECT_TRUE(StateWord(forwarded).forward_to(&future));
  EXPECT_TRUE(StateWord(counted).count_in(&child));
  const Listener first = StateWord(forwarded).finish(abi::kValue);
  const Listener second = StateWord(counted).finish(abi::kCancelled);
  EXPECT_TRUE(first.is_future() && !first.is_child() && !first.is_frame());
  EXPECT_EQ(first.future(), &future);
  EXPECT_TRUE(second.is_child() && !second.is_future() && !second.is_frame());
  EXPECT_EQ(second.child(), &child);
}

TEST(StateWord, PanicKeepsItsPayloadAndCancellationIsNone) {
  abi::Panic panic = {};
  const uint64_t state = reinterpret_cast<uint64_t>(&panic) | abi::kPanicked;
  EXPECT_TRUE(is_done(state) && is_panic(state));
  EXPECT_EQ(panic_of(state), &panic);
  EXPECT_TRUE(is_done(abi::kCancelled));
  EXPECT_FALSE(is_panic(abi::kCancelled));
  EXPECT_FALSE(is_panic(abi::kValue));
}

}  // namespace skein::task
