// Requests and waits find each other whichever comes first.
#include "runtime/task/node.h"
#include "runtime/task/scope.h"
#include "runtime/wait/channel.h"

#include <gtest/gtest.h>
#include <vector>

namespace skein::task {

class NodeTest : public ::testing::Test {
 protected:
  // A frame that waits to receive.
  struct Receiving {
    abi::Frame frame = {};
    abi::Waiter waiter = {};
  };
  static_assert(offsetof(Receiving, waiter) == abi::kFrameResult);

  NodeTest() {
    frame.wait.reason = static_cast<uint8_t>(WaitReason::Receive);
    receiving.waiter.chan = channel;
    receiving.waiter.kind = static_cast<uint8_t>(abi::Arm::Receive);
    abi::Frame* nobody = nullptr;
    EXPECT_TRUE(channel->wait_to_receive(&receiving.waiter, nobody));
  }
  ~NodeTest() override { wait::Channel::free(channel); }
  uint64_t what() { return reinterpret_cast<uint64_t>(&frame); }
  bool is_queued() { return receiving.waiter.is_linked != 0; }

  static inline std::vector<abi::Frame*> woken;
  static void wake(Host&, abi::Frame* ready) { woken.push_back(ready); }
  void SetUp() override { woken.clear(); }

  wait::Channel* channel = wait::Channel::make(0, 0, nullptr);
  Receiving receiving;
  abi::Frame& frame = receiving.frame;
  abi::Node node = {};
  Host host{wake};
};

TEST_F(NodeTest, RequestBeforeTheWaitIsSeenBeforeItBegins) {
  EXPECT_FALSE(is_cancelled(&node));
  EXPECT_EQ(cancel(&node, kCancelTask), nullptr);
  EXPECT_TRUE(is_cancelled(&node));
}

TEST_F(NodeTest, RequestTakesAWaitBack) {
  begin_wait(&node, what());
  EXPECT_TRUE(settle_wait(&node, what()));
  EXPECT_EQ(cancel(&node, kCancelTask), &frame);
  EXPECT_EQ(frame.wait.cancelled, 1);
  EXPECT_EQ(node.wait, 0u);
  // A second one changes nothing.
  EXPECT_EQ(cancel(&node, kCancelTask), nullptr);
}

TEST_F(NodeTest, RequestThatComesAfterTheWakerLeavesTheWaitAlone) {
  begin_wait(&node, what());
  EXPECT_TRUE(settle_wait(&node, what()));
  EXPECT_TRUE(channel->withdraw(&receiving.waiter));
  EXPECT_EQ(cancel(&node, kCancelTask), nullptr);
  EXPECT_EQ(frame.wait.cancelled, 0);
  leave_wait(&node);
  EXPECT_EQ(node.wait, 0u);
  EXPECT_TRUE(is_cancelled(&node));
}

TEST_F(NodeTest, RequestWhileTheWaitBeginsIsSeenWhenItSettles) {
  begin_wait(&node, what());
  node.cancel = kCancelTask;
  EXPECT_FALSE(settle_wait(&node, what()));
  EXPECT_EQ(frame.wait.cancelled, 1);
  EXPECT_EQ(node.wait, 0u);
}

TEST_F(NodeTest, ShieldHoldsBackAllButWhatIsInside) {
  abi::Scope outer = {};
  abi::Scope inner = {};
  enter_scope(&outer, &node);
  const uint32_t before = raise_shield(&node, false);
  EXPECT_EQ(before, 0u);
  EXPECT_EQ(cancel(&node, kCancelTask), nullptr);
  EXPECT_EQ(cancel(&node, cancel_bit(outer.depth)), nullptr);
  EXPECT_FALSE(is_cancelled(&node));
  enter_scope(&inner, &node);
  EXPECT_EQ(cancel(&node, cancel_bit(inner.depth)), nullptr);
  EXPECT_TRUE(is_cancelled(&node));
  EXPECT_FALSE(leave_scope(&inner, 0));
  EXPECT_FALSE(is_cancelled(&node));
  set_shield(&node, before);
  EXPECT_TRUE(is_cancelled(&node));
}

TEST_F(NodeTest, ShieldedWaitIsNotTakenBack) {
  raise_shield(&node, true);
  begin_wait(&node, what());
  EXPECT_TRUE(settle_wait(&node, what()));
  EXPECT_EQ(cancel(&node, kCancelTask), nullptr);
  EXPECT_TRUE(is_queued());
  EXPECT_EQ(node.wait, what());
}

TEST_F(NodeTest, BlockThatFailsIsLeftByItsBodyAlone) {
  abi::Scope scope = {};
  enter_scope(&scope, &node);
  begin_wait(&node, what());
  EXPECT_TRUE(settle_wait(&node, what()));
  end_scope(&scope, abi::kScopeTimedOut, host);
  ASSERT_EQ(woken.size(), 1u);
  EXPECT_EQ(woken[0], &frame);
  EXPECT_TRUE(leave_scope(&scope, abi::kScopeTimedOut));
  EXPECT_FALSE(is_cancelled(&node));
}

TEST_F(NodeTest, RequestFromFurtherOutOutlivesTheBlock) {
  abi::Scope scope = {};
  enter_scope(&scope, &node);
  end_scope(&scope, abi::kScopeTimedOut, host);
  EXPECT_EQ(cancel(&node, kCancelTask), nullptr);
  EXPECT_FALSE(leave_scope(&scope, abi::kScopeTimedOut));
  EXPECT_TRUE(is_cancelled(&node));
}

TEST_F(NodeTest, BlocksBeyondTheDeepestShareABit) {
  std::vector<abi::Scope> scopes(kDeepest + 4, abi::Scope());
  for (abi::Scope& scope : scopes) enter_scope(&scope, &node);
  end_scope(&scopes[kDeepest], abi::kScopeFailed, host);
  EXPECT_TRUE(is_cancelled(&node));
  for (size_t i = scopes.size() - 1; i > kDeepest; --i) {
    (void)leave_scope(&scopes[i], 0);
    EXPECT_TRUE(is_cancelled(&node)) << i;
  }
  (void)leave_scope(&scopes[kDeepest], 0);
  EXPECT_FALSE(is_cancelled(&node));
}

TEST_F(NodeTest, ChildrenThatComeLaterAreCancelledAsTheyAreCounted) {
  abi::Scope scope = {};
  cancel_children(&scope, host);
  begin_wait(&node, what());
  EXPECT_TRUE(settle_wait(&node, what()));
  (void)list_child(&scope, &node, host);
  ASSERT_EQ(woken.size(), 1u);
  EXPECT_EQ(woken[0], &frame);
}

TEST_F(NodeTest, BodyIsTakenOutOfItsWaitForChildren) {
  abi::Scope scope = {};
  add_child(&scope);
  EXPECT_TRUE(wait_for_children(&scope, &frame));
  EXPECT_EQ(stop_waiting_for_children(&scope), &frame);
  EXPECT_EQ(stop_waiting_for_children(&scope), nullptr);
  EXPECT_EQ(child_done(&scope), nullptr);
  EXPECT_FALSE(wait_for_children(&scope, &frame));
}

TEST_F(NodeTest, BodyWaitsUntilNoMoreThanSoManyAreLeft) {
  abi::Scope scope = {};
  scope.threshold = 1;
  for (int i = 0; i < 3; ++i) add_child(&scope);
  EXPECT_TRUE(wait_for_children(&scope, &frame));
  EXPECT_EQ(child_done(&scope), nullptr);
  EXPECT_EQ(child_done(&scope), &frame);
  EXPECT_FALSE(wait_for_children(&scope, &frame));
  EXPECT_EQ(child_done(&scope), nullptr);
}

}  // namespace skein::task
