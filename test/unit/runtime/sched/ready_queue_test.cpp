// Ready frames run in order, none is lost to a thief, and what does not fit goes out in batches.
#include "runtime/sched/ready_queue.h"

#include <atomic>
#include <gtest/gtest.h>
#include <memory>
#include <thread>
#include <vector>

namespace skein::sched {

static Frame* entry(uintptr_t number) { return reinterpret_cast<Frame*>(number * 16); }
static uintptr_t number_of(Frame* frame) { return reinterpret_cast<uintptr_t>(frame) / 16; }

TEST(ReadyQueue, NextRunsBeforeTheQueue) {
  std::unique_ptr<ReadyQueue> queue(new ReadyQueue);
  EXPECT_FALSE(queue->add_last(entry(1)).more_than_one);
  EXPECT_FALSE(queue->add_next(entry(2)).more_than_one);
  EXPECT_TRUE(queue->add_next(entry(3)).more_than_one);
  EXPECT_EQ(queue->pick(), entry(3));
  EXPECT_EQ(queue->pick(), entry(1));
  EXPECT_EQ(queue->pick(), entry(2));
  EXPECT_EQ(queue->pick(), nullptr);
}

TEST(ReadyQueue, TasksThatWakeEachOtherDoNotStarveTheQueue) {
  std::unique_ptr<ReadyQueue> queue(new ReadyQueue);
  queue->add_last(entry(1));
  uint32_t picks = 0;
  do {
    queue->add_next(entry(2));
    ASSERT_LE(++picks, ReadyQueue::kInRow);
  } while (queue->pick() != entry(1));
  EXPECT_EQ(picks, ReadyQueue::kInRow);
}

TEST(ReadyQueue, FullQueueGivesUpItsOldestAsABatch) {
  std::unique_ptr<ReadyQueue> queue(new ReadyQueue);
  for (uintptr_t i = 1; i <= ReadyQueue::kCapacity; ++i) {
    EXPECT_EQ(queue->add_last(entry(i)).overflow, nullptr);
  }
  Batch* batch = queue->add_last(entry(ReadyQueue::kCapacity + 1)).overflow;
  ASSERT_NE(batch, nullptr);
  EXPECT_EQ(batch->count, kGlobalBatch);
  EXPECT_EQ(batch->frames[0], entry(1));
  EXPECT_EQ(queue->pick(), entry(kGlobalBatch + 1));
  free_batch(batch);
}

TEST(ReadyQueue, ThiefTakesTheOlderHalf) {
  std::unique_ptr<ReadyQueue> queue(new ReadyQueue);
  ASSERT_TRUE(base::enable_process_fence());
  for (uintptr_t i = 1; i <= 5; ++i) queue->add_last(entry(i));
  Frame* stolen[ReadyQueue::kMostStolen];
  EXPECT_EQ(queue->steal(stolen), 3u);
  EXPECT_EQ(stolen[0], entry(1));
  EXPECT_EQ(stolen[2], entry(3));
  EXPECT_EQ(queue->pick(), entry(4));
  EXPECT_EQ(queue->pick(), entry(5));
}

TEST(ReadyQueue, EachFrameIsTakenOnceWhileThievesSteal) {
  ASSERT_TRUE(base::enable_process_fence());
  constexpr uintptr_t kCount = 300'000;
  std::unique_ptr<ReadyQueue> queue(new ReadyQueue);
  std::vector<std::atomic<int>> taken(kCount + 1);
  std::atomic<bool> done = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      while (!done.load(std::memory_order_acquire)) {
        Frame* stolen[ReadyQueue::kMostStolen];
        const uint32_t count = queue->steal(stolen);
        for (uint32_t k = 0; k < count; ++k) taken[number_of(stolen[k])].fetch_add(1);
      }
    });
  }
  for (uintptr_t i = 1; i <= kCount; ++i) {
    Batch* overflow =
        i % 3 == 0 ? queue->add_next(entry(i)).overflow : queue->add_last(entry(i)).overflow;
    for (uint32_t k = 0; overflow != nullptr && k < overflow->count; ++k) {
      taken[number_of(overflow->frames[k])].fetch_add(1);
    }
    if (overflow != nullptr) free_batch(overflow);
    if (i % 2 == 0) {
      Frame* frame = queue->pick();
      if (frame != nullptr) taken[number_of(frame)].fetch_add(1);
    }
  }
  while (Frame* frame = queue->pick()) taken[number_of(frame)].fetch_add(1);
  done.store(true, std::memory_order_release);
  for (std::thread& thread : threads) thread.join();
  for (uintptr_t i = 1; i <= kCount; ++i) ASSERT_EQ(taken[i].load(), 1) << "frame " << i;
}

}  // namespace skein::sched
