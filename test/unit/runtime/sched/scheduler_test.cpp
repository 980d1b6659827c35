// Frames made ready are all run, whoever runs them, and the scheduler ends when told to.
#include "runtime/sched/scheduler.h"
#include "runtime/wait/sleep.h"

#include <atomic>
#include <gtest/gtest.h>
#include <memory>
#include <vector>

namespace skein::sched {

// A frame without a coroutine: its resume function counts, and gives way a few times.
struct Counting {
  Frame frame = {};
  abi::Timer timer = {};  // its record
  std::atomic<int>* left = nullptr;
  int turns = 0;
};

static void turn(void* memory) {
  Counting* counting = static_cast<Counting*>(memory);
  if (counting->turns-- > 0) return current().make_ready_last(&counting->frame);
  if (counting->left->fetch_sub(1) == 1) current().scheduler.stop();
}

class SchedulerTest : public ::testing::TestWithParam<uint32_t> {};

TEST_P(SchedulerTest, RunsEveryFrameToItsEnd) {
  std::unique_ptr<Scheduler> scheduler(new Scheduler(GetParam()));
  Worker& worker = scheduler->start(base::stack_from_here());
  constexpr int kFrames = 5000;
  std::atomic<int> left = kFrames;
  std::vector<Counting> frames(kFrames);
  for (Counting& counting : frames) {
    counting.frame.resume = reinterpret_cast<void*>(turn);
    counting.left = &left;
    counting.turns = 20;
    worker.make_ready_last(&counting.frame);
  }
  worker.run();
  EXPECT_EQ(left.load(), 0);
  // On a busy machine a worker that lost its core has another one stand in.
  if (GetParam() == 1 && scheduler->started() == 1) {
    EXPECT_GE(worker.counters.picks, uint64_t(kFrames) * 21);
    EXPECT_EQ(worker.counters.steals + worker.counters.ready_steals, 0u);
  }
  scheduler->join();
}

TEST_P(SchedulerTest, SleepingFrameIsWokenInTime) {
  std::unique_ptr<Scheduler> scheduler(new Scheduler(GetParam()));
  Worker& worker = scheduler->start(base::stack_from_here());
  std::atomic<int> left = 1;
  Counting counting;
  counting.frame.resume = reinterpret_cast<void*>(turn);
  counting.left = &left;
  counting.timer.nanoseconds = 5'000'000;
  const int64_t start = base::now();
  EXPECT_TRUE(wait::sleep(&counting.timer, &counting.frame));
  worker.run();
  EXPECT_GE(base::now() - start, 5'000'000);
  scheduler->join();
}

TEST_P(SchedulerTest, PopOfAnotherEntryPutsItOnTheReadyList) {
  std::unique_ptr<Scheduler> scheduler(new Scheduler(1));
  Worker& worker = scheduler->start(base::stack_from_here());
  Frame parent = {};
  Frame left_behind = {};
  worker.push(&parent);
  worker.push(&left_behind);
  EXPECT_TRUE(worker.pop_is(&parent));
  EXPECT_EQ(worker.ready.pick(), &left_behind);
  EXPECT_FALSE(worker.pop_is(&parent));
  scheduler->stop();
  scheduler->join();
}

INSTANTIATE_TEST_SUITE_P(Workers, SchedulerTest, ::testing::Values(1u, 2u, 4u));

}  // namespace skein::sched
