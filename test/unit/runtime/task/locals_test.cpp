// A node's word is a deadline or a list of locals, which tasks share and nobody frees too early.
#include "runtime/task/locals.h"

#include <gtest/gtest.h>

namespace skein::task {

static int dropped = 0;
static void drop(void* value) {
  EXPECT_NE(value, nullptr);
  ++dropped;
}

class LocalsTest : public ::testing::Test {
 protected:
  LocalsTest() { dropped = 0; }

  abi::Node node_ = {};
  int value_ = 0;
  int other_ = 0;
};

TEST_F(LocalsTest, TheInnermostOneCounts) {
  EXPECT_EQ(find_local(&node_, 1), nullptr);
  enter_local(&node_, 1, &value_, drop);
  enter_local(&node_, 2, &other_, drop);
  EXPECT_EQ(find_local(&node_, 1), &value_);
  enter_local(&node_, 1, &other_, drop);
  EXPECT_EQ(find_local(&node_, 1), &other_);
  leave_local(&node_);
  EXPECT_EQ(find_local(&node_, 1), &value_);
  leave_local(&node_);
  EXPECT_EQ(find_local(&node_, 2), nullptr);
  leave_local(&node_);
  EXPECT_EQ(node_.inherited, 0);
  EXPECT_EQ(dropped, 3);
}

TEST_F(LocalsTest, WhoInheritedKeepsTheValueWhenTheBlockIsLeft) {
  enter_local(&node_, 1, &value_, drop);
  abi::Node child = {};
  child.inherited = node_.inherited;
  inherit(&child);
  leave_local(&node_);
  EXPECT_EQ(find_local(&node_, 1), nullptr);
  EXPECT_EQ(find_local(&child, 1), &value_);
  EXPECT_EQ(dropped, 0);
  let_go(&child);
  EXPECT_EQ(dropped, 1);
  EXPECT_EQ(child.inherited, 0);
}

TEST_F(LocalsTest, DeadlinesStandAloneOrAmongLocals) {
  EXPECT_EQ(deadline_of(&node_), 0);
  const int64_t outer = enter_deadline(&node_, 100);
  EXPECT_EQ(node_.inherited, 100);
  enter_local(&node_, 1, &value_, drop);
  EXPECT_EQ(deadline_of(&node_), 100);
  const int64_t inner = enter_deadline(&node_, 50);
  EXPECT_EQ(deadline_of(&node_), 50);
  EXPECT_EQ(find_local(&node_, 1), &value_);
  const int64_t later = enter_deadline(&node_, 70);
  EXPECT_EQ(deadline_of(&node_), 50);
  leave_deadline(&node_, later);
  leave_deadline(&node_, inner);
  EXPECT_EQ(deadline_of(&node_), 100);
  leave_local(&node_);
  leave_deadline(&node_, outer);
  EXPECT_EQ(node_.inherited, 0);
  EXPECT_EQ(dropped, 1);
}

TEST_F(LocalsTest, ALongListIsLetGoOfInOneStep) {
  constexpr int kLocals = 1'000'000;
  for (int i = 0; i < kLocals; ++i) enter_local(&node_, i, &value_, drop);
  abi::Node child = {};
  child.inherited = node_.inherited;
  inherit(&child);
  for (int i = 0; i < kLocals; ++i) leave_local(&node_);
  let_go(&child);
  EXPECT_EQ(dropped, kLocals);
}

}  // namespace skein::task
