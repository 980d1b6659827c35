// Channels and select on one thread: what becomes of values, nodes and those who wait.
#include "runtime/wait/channel.h"
#include "runtime/wait/select.h"

#include <gtest/gtest.h>

#include <vector>

namespace skein::wait {
namespace {

// A task that waits: only the address of its frame matters here.
struct Task {
  abi::Frame frame = {};
  Waiter node = {};  // its record
  int64_t& value = reinterpret_cast<int64_t&>(node.value);

  Waiter* waiter(abi::Arm kind) {
    node.kind = static_cast<uint8_t>(kind);
    return &node;
  }
};

class ChannelTest : public testing::Test {
 protected:
  Channel* make(int64_t capacity) { return channel_ = Channel::make(capacity, 8, "ch"); }
  void TearDown() override { Channel::free(channel_); }

  Outcome send(int64_t value) { return channel_->send(&value, woken_); }
  Outcome receive(int64_t& value) { return channel_->receive(&value, woken_); }

  Channel* channel_ = nullptr;
  Frame* woken_ = nullptr;
};

TEST_F(ChannelTest, KeepsOrderAroundTheEndOfItsRing) {
  make(3);
  int64_t next = 0;
  int64_t value = 0;
  for (int64_t round = 0; round < 10; ++round) {
    EXPECT_EQ(send(2 * round), Outcome::Done);
    EXPECT_EQ(send(2 * round + 1), Outcome::Done);
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(receive(value), Outcome::Done);
      EXPECT_EQ(value, next++);
    }
  }
  EXPECT_EQ(receive(value), Outcome::Blocked);
}

TEST_F(ChannelTest, IsFullAtItsCapacity) {
  make(1);
  EXPECT_EQ(send(1), Outcome::Done);
  EXPECT_EQ(send(2), Outcome::Blocked);
  EXPECT_EQ(channel_->length(), 1);
}

TEST_F(ChannelTest, GrowsWithoutABoundAndKeepsOrder) {
  make(kUnbounded);
  int64_t value = 0;
  for (int64_t i = 0; i < 10; ++i) send(i);
  for (int64_t i = 0; i < 5; ++i) receive(value);
  for (int64_t i = 10; i < 1000; ++i) EXPECT_EQ(send(i), Outcome::Done);
  for (int64_t i = 5; i < 1000; ++i) {
    EXPECT_EQ(receive(value), Outcome::Done);
    EXPECT_EQ(value, i);
  }
}

TEST_F(ChannelTest, HandsAValueToWhoWaits) {
  make(0);
  Task task;
  EXPECT_TRUE(channel_->wait_to_receive(task.waiter(abi::Arm::Receive), woken_));
  EXPECT_EQ(send(7), Outcome::Done);
  EXPECT_EQ(woken_, &task.frame);
  EXPECT_EQ(task.value, 7);
  EXPECT_EQ(task.node.outcome, uint8_t(Outcome::Done));
}

TEST_F(ChannelTest, TakesAValueFromWhoWaitsToSendIt) {
  make(0);
  Task task;
  task.value = 7;
  EXPECT_TRUE(channel_->wait_to_send(task.waiter(abi::Arm::Send), woken_));
  int64_t value = 0;
  EXPECT_EQ(receive(value), Outcome::Done);
  EXPECT_EQ(value, 7);
  EXPECT_EQ(woken_, &task.frame);
  EXPECT_EQ(task.node.outcome, uint8_t(Outcome::Done));
  EXPECT_EQ(receive(value), Outcome::Blocked);
}

TEST_F(ChannelTest, ServesThoseWhoWaitInTurn) {
  make(0);
  Task tasks[4];
  for (Task& task : tasks) {
    EXPECT_TRUE(channel_->wait_to_receive(task.waiter(abi::Arm::Receive), woken_));
  }
  EXPECT_TRUE(channel_->withdraw(&tasks[1].node));
  int64_t value = 0;
  for (int i : {0, 2, 3}) {
    EXPECT_EQ(send(++value), Outcome::Done);
    EXPECT_EQ(woken_, &tasks[i].frame);
    EXPECT_EQ(tasks[i].value, value);
  }
  EXPECT_EQ(send(9), Outcome::Blocked);
}

TEST_F(ChannelTest, AWaitingSenderGetsTheRoomAReceiveMakes) {
  make(1);
  send(1);
  Task task;
  task.value = 2;
  EXPECT_TRUE(channel_->wait_to_send(task.waiter(abi::Arm::Send), woken_));
  int64_t value = 0;
  EXPECT_EQ(receive(value), Outcome::Done);
  EXPECT_EQ(value, 1);
  EXPECT_EQ(woken_, &task.frame);
  EXPECT_EQ(receive(value), Outcome::Done);
  EXPECT_EQ(value, 2);
}

TEST_F(ChannelTest, AWithdrawnNodeIsNotServed) {
  make(0);
  Task task;
  channel_->wait_to_receive(task.waiter(abi::Arm::Receive), woken_);
  channel_->withdraw(&task.node);
  EXPECT_EQ(send(1), Outcome::Blocked);
  channel_->withdraw(&task.node);
}

TEST_F(ChannelTest, CloseServesWhoWaitsAndDrains) {
  make(1);
  send(1);
  Task task;
  channel_->wait_to_send(task.waiter(abi::Arm::Send), woken_);
  EXPECT_EQ(channel_->close(), &task.node);
  EXPECT_EQ(task.node.outcome, uint8_t(Outcome::Closed));
  EXPECT_EQ(channel_->close(), nullptr);
  EXPECT_EQ(send(2), Outcome::Closed);
  int64_t value = 0;
  EXPECT_EQ(receive(value), Outcome::Done);
  EXPECT_EQ(receive(value), Outcome::Closed);
}

// --- select --------------------------------------------------------------------------------------

struct TwoArms {
  abi::Select select = {};
  char gap[abi::kSelectArms - sizeof(abi::Select)] = {};
  abi::SelectArm arms[2] = {};
  int64_t values[2] = {};
  abi::Frame frame = {};

  TwoArms(Channel* first, abi::Arm first_kind, Channel* second, abi::Arm second_kind) {
    select.count = 2;
    arms[0].chan = first;
    arms[0].kind = static_cast<uint8_t>(first_kind);
    arms[1].chan = second;
    arms[1].kind = static_cast<uint8_t>(second_kind);
    for (int i = 0; i < 2; ++i) arms[i].value = &values[i];
  }
};

std::vector<Frame*> woken;
void wake(Frame* frame) { woken.push_back(frame); }

class SelectTest : public testing::Test {
 protected:
  void SetUp() override { woken.clear(); }
  void TearDown() override {
    Channel::free(a_);
    Channel::free(b_);
  }

  Channel* a_ = Channel::make(1, 8, "a");
  Channel* b_ = Channel::make(1, 8, "b");
  Frame* other_ = nullptr;
};

TEST_F(SelectTest, StartsWhereItIsToldTo) {
  int64_t value = 5;
  a_->send(&value, other_);
  b_->send(&value, other_);
  TwoArms arms(a_, abi::Arm::Receive, b_, abi::Arm::Receive);
  EXPECT_EQ(try_arms(arms.select, 1, wake), 1);
  EXPECT_EQ(try_arms(arms.select, 1, wake), 0);
  EXPECT_EQ(try_arms(arms.select, 1, wake), abi::kSelectBlocked);
}

TEST_F(SelectTest, TheFirstToServeWinsAndTheOtherChannelKeepsItsValue) {
  TwoArms arms(a_, abi::Arm::Receive, b_, abi::Arm::Receive);
  ASSERT_EQ(offer_arms(arms.select, &arms.frame, wake), Offered::Waits);
  int64_t value = 1;
  EXPECT_EQ(b_->send(&value, other_), Outcome::Done);
  EXPECT_EQ(other_, &arms.frame);
  value = 2;
  EXPECT_EQ(a_->send(&value, other_), Outcome::Done);
  EXPECT_EQ(a_->length(), 1);
  EXPECT_EQ(finish(arms.select), 1);
  EXPECT_EQ(arms.values[1], 1);
}

TEST_F(SelectTest, DoesNotMeetItself) {
  Channel* c = Channel::make(0, 8, "c");
  TwoArms arms(c, abi::Arm::Receive, c, abi::Arm::Send);
  EXPECT_EQ(try_arms(arms.select, 0, wake), abi::kSelectBlocked);
  EXPECT_EQ(offer_arms(arms.select, &arms.frame, wake), Offered::Waits);
  int64_t value = 3;
  EXPECT_EQ(c->send(&value, other_), Outcome::Done);
  EXPECT_EQ(finish(arms.select), 0);
  EXPECT_EQ(arms.values[0], 3);
  Channel::free(c);
}

TEST_F(SelectTest, AnEachGoesOffWhenItsChannelIsThrough) {
  TwoArms arms(a_, abi::Arm::Each, b_, abi::Arm::Closed);
  ASSERT_EQ(try_arms(arms.select, 0, wake), abi::kSelectBlocked);
  ASSERT_EQ(offer_arms(arms.select, &arms.frame, wake), Offered::Waits);
  a_->close();
  EXPECT_EQ(finish(arms.select), abi::kSelectBlocked);
  EXPECT_EQ(try_arms(arms.select, 0, wake), 1);
}

TEST_F(SelectTest, AllOffIsSaid) {
  TwoArms arms(a_, abi::Arm::Off, b_, abi::Arm::Off);
  EXPECT_EQ(try_arms(arms.select, 0, wake), abi::kSelectAllOff);
  arms.select.has_default = 1;
  EXPECT_EQ(try_arms(arms.select, 0, wake), abi::kSelectDefault);
}

}  // namespace
}  // namespace skein::wait
