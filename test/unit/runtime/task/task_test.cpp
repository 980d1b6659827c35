// Results reach futures and scopes whichever side comes first.
#include "runtime/task/node.h"
#include "runtime/task/scope.h"
#include "runtime/task/state.h"
#include "runtime/task/task.h"

#include <cstring>
#include <gtest/gtest.h>
#include <vector>

namespace skein::task {

constexpr size_t kFrameSize = 64;
constexpr size_t kFutureSize = 16;

class TaskTest : public ::testing::Test {
 protected:
  abi::Frame* new_frame(int64_t result) {
    abi::Frame* frame = static_cast<abi::Frame*>(host.frames.allocate(kFrameSize));
    *frame = {nullptr, nullptr, abi::kPending, {kFrameSize}, 0};
    memcpy(result_of(frame), &result, sizeof(result));
    return frame;
  }
  abi::Future* new_future() {
    void* block = host.nodes.allocate(node_bytes(kFutureSize));
    abi::Future* future = static_cast<abi::Future*>(block);
    node_of(future)->site = 0;
    future->state = abi::kPending;
    return future;
  }

  // What was made ready from inside.
  static inline std::vector<abi::Frame*> woken;
  static void wake(Host&, abi::Frame* frame) { woken.push_back(frame); }

  void SetUp() override { woken.clear(); }

  Host host{wake};
  abi::Frame waiter = {};
};

TEST_F(TaskTest, FrameThatFinishesAfterTheLinkFillsTheFutureAndWakes) {
  abi::Frame* child = new_frame(42);
  abi::Future* future = new_future();
  EXPECT_EQ(link_frame(child, future, 8, host), nullptr);
  EXPECT_TRUE(StateWord(future->state).wait(&waiter));
  EXPECT_EQ(finish_frame(child, abi::kValue, 8, host), &waiter);
  EXPECT_EQ(future->state, abi::kValue);
  EXPECT_EQ(future->result[0], 42u);
}

TEST_F(TaskTest, FrameThatFinishedBeforeTheLinkFillsTheFutureAtOnce) {
  abi::Frame* child = new_frame(7);
  abi::Future* future = new_future();
  EXPECT_EQ(finish_frame(child, abi::kValue, 8, host), nullptr);
  EXPECT_EQ(link_frame(child, future, 8, host), nullptr);
  EXPECT_EQ(future->state, abi::kValue);
  EXPECT_EQ(future->result[0], 7u);
}

TEST_F(TaskTest, FutureForwardsItsResult) {
  abi::Future* inner = new_future();
  abi::Future* outer = new_future();
  EXPECT_TRUE(StateWord(inner->state).forward_to(outer));
  EXPECT_TRUE(StateWord(outer->state).wait(&waiter));
  inner->result[0] = 9;
  EXPECT_EQ(finish_future(inner, abi::kValue, kFutureSize, host), &waiter);
  EXPECT_EQ(outer->result[0], 9u);
}

TEST_F(TaskTest, ScopeWakesItsBodyWithTheLastChild) {
  abi::Scope scope = {};
  abi::Future* first = new_future();
  abi::Future* second = new_future();
  adopt(&scope, first, kFutureSize, host);
  adopt(&scope, second, kFutureSize, host);
  EXPECT_TRUE(wait_for_children(&scope, &waiter));
  EXPECT_EQ(finish_future(first, abi::kValue, kFutureSize, host), nullptr);
  EXPECT_EQ(finish_future(second, abi::kValue, kFutureSize, host), &waiter);
  EXPECT_FALSE(wait_for_children(&scope, &waiter));
}

TEST_F(TaskTest, ScopeWithFinishedChildrenDoesNotWait) {
  abi::Scope scope = {};
  abi::Future* child = new_future();
  EXPECT_EQ(finish_future(child, abi::kValue, kFutureSize, host), nullptr);
  adopt(&scope, child, kFutureSize, host);
  EXPECT_FALSE(wait_for_children(&scope, &waiter));
}

TEST_F(TaskTest, ScopeKeepsTheFirstPanicAndAttachesTheOthers) {
  abi::Scope scope = {};
  abi::Panic panics[3] = {};
  for (abi::Panic& panic : panics) {
    abi::Future* child = new_future();
    adopt(&scope, child, kFutureSize, host);
    const uint64_t state = reinterpret_cast<uint64_t>(&panic) | abi::kPanicked;
    EXPECT_EQ(finish_future(child, state, kFutureSize, host), nullptr);
  }
  EXPECT_EQ(take_panic(&scope), &panics[0]);
  EXPECT_EQ(panics[0].attached, &panics[2]);
  EXPECT_EQ(panics[2].next_attached, &panics[1]);
  EXPECT_EQ(take_panic(&scope), nullptr);
}

}  // namespace skein::task
