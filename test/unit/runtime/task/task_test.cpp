// Results reach futures and scopes whichever side comes first.
#include "runtime/task/scope.h"
#include "runtime/task/state.h"
#include "runtime/task/task.h"

#include <cstring>
#include <gtest/gtest.h>

namespace skein::task {

constexpr size_t kFrameSize = 64;
constexpr size_t kFutureSize = 16;

class TaskTest : public ::testing::Test {
 protected:
  abi::Frame* new_frame(int64_t result) {
    abi::Frame* frame = static_cast<abi::Frame*>(pool.allocate(kFrameSize));
    *frame = {nullptr, nullptr, abi::kPending, kFrameSize, 0};
    memcpy(result_of(frame), &result, sizeof(result));
    return frame;
  }
  abi::Future* new_future() {
    abi::Future* future = static_cast<abi::Future*>(pool.allocate(kFutureSize));
    future->state = abi::kPending;
    return future;
  }

  FramePool pool;
  abi::Frame waiter = {};
};

TEST_F(TaskTest, FrameThatFinishesAfterTheLinkFillsTheFutureAndWakes) {
  abi::Frame* child = new_frame(42);
  abi::Future* future = new_future();
  EXPECT_EQ(link_frame(child, future, 8, pool), nullptr);
  EXPECT_TRUE(StateWord(future->state).wait(&waiter));
  EXPECT_EQ(finish_frame(child, abi::kValue, 8, pool), &waiter);
  EXPECT_EQ(future->state, abi::kValue);
  EXPECT_EQ(future->result[0], 42u);
}

TEST_F(TaskTest, FrameThatFinishedBeforeTheLinkFillsTheFutureAtOnce) {
  abi::Frame* child = new_frame(7);
  abi::Future* future = new_future();
  EXPECT_EQ(finish_frame(child, abi::kValue, 8, pool), nullptr);
  EXPECT_EQ(link_frame(child, future, 8, pool), nullptr);
  EXPECT_EQ(future->state, abi::kValue);
  EXPECT_EQ(future->result[0], 7u);
}

TEST_F(TaskTest, FutureForwardsItsResult) {
  abi::Future* inner = new_future();
  abi::Future* outer = new_future();
  EXPECT_TRUE(StateWord(inner->state).forward_to(outer));
  EXPECT_TRUE(StateWord(outer->state).wait(&waiter));
  inner->result[0] = 9;
  EXPECT_EQ(finish_future(inner, abi::kValue, kFutureSize, pool), &waiter);
  EXPECT_EQ(outer->result[0], 9u);
}

TEST_F(TaskTest, ScopeWakesItsBodyWithTheLastChild) {
  abi::Scope scope = {};
  abi::Future* first = new_future();
  abi::Future* second = new_future();
  adopt(&scope, first, kFutureSize, pool);
  adopt(&scope, second, kFutureSize, pool);
  EXPECT_TRUE(wait_for_children(&scope, &waiter));
  EXPECT_EQ(finish_future(first, abi::kValue, kFutureSize, pool), nullptr);
  EXPECT_EQ(finish_future(second, abi::kValue, kFutureSize, pool), &waiter);
  EXPECT_FALSE(wait_for_children(&scope, &waiter));
}

TEST_F(TaskTest, ScopeWithFinishedChildrenDoesNotWait) {
  abi::Scope scope = {};
  abi::Future* child = new_future();
  EXPECT_EQ(finish_future(child, abi::kValue, kFutureSize, pool), nullptr);
  adopt(&scope, child, kFutureSize, pool);
  EXPECT_FALSE(wait_for_children(&scope, &waiter));
}

TEST_F(TaskTest, FrameCountedByAScopeIsFreedAndCountedOff) {
  abi::Scope scope = {};
  abi::Panic panic = {};
  abi::Frame* child = new_frame(0);
  add_child(&scope);
  EXPECT_TRUE(StateWord(child->state).count_in(&scope));
  EXPECT_TRUE(wait_for_children(&scope, &waiter));
  const uint64_t state = reinterpret_cast<uint64_t>(&panic) | abi::kPanicked;
  EXPECT_EQ(finish_frame(child, state, 8, pool), &waiter);
  EXPECT_EQ(take_panic(&scope), &panic);
}

TEST_F(TaskTest, ScopeKeepsTheFirstPanicAndAttachesTheOthers) {
  abi::Scope scope = {};
  abi::Panic panics[3] = {};
  for (abi::Panic& panic : panics) {
    abi::Future* child = new_future();
    adopt(&scope, child, kFutureSize, pool);
    const uint64_t state = reinterpret_cast<uint64_t>(&panic) | abi::kPanicked;
    EXPECT_EQ(finish_future(child, state, kFutureSize, pool), nullptr);
  }
  EXPECT_EQ(take_panic(&scope), &panics[0]);
  EXPECT_EQ(panics[0].attached, &panics[2]);
  EXPECT_EQ(panics[2].next_attached, &panics[1]);
  EXPECT_EQ(take_panic(&scope), nullptr);
}

}  // namespace skein::task
