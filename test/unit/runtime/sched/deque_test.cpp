// Each entry of a deque is taken exactly once, by its owner or by one thief.
#include "runtime/sched/deque.h"

#include <atomic>
#include <gtest/gtest.h>
#include <memory>
#include <thread>
#include <vector>

namespace skein::sched {

// Entries are only compared, so any pointer value will do.
static Frame* entry(uintptr_t number) { return reinterpret_cast<Frame*>(number * 16); }
static uintptr_t number_of(Frame* frame) { return reinterpret_cast<uintptr_t>(frame) / 16; }

TEST(Deque, OwnerTakesTheLatestAndThiefTheOldest) {
  std::unique_ptr<Deque> deque(new Deque);
  for (uintptr_t i = 1; i <= 3; ++i) deque->push(entry(i));
  EXPECT_EQ(Thief(*deque).steal(), entry(1));
  EXPECT_EQ(deque->pop(), entry(3));
  EXPECT_EQ(deque->pop(), entry(2));
  EXPECT_EQ(deque->pop(), nullptr);
  EXPECT_EQ(Thief(*deque).steal(), nullptr);
}

TEST(Deque, StaysInOrderAfterPopsThatFoundNothing) {
  std::unique_ptr<Deque> deque(new Deque);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(deque->pop(), nullptr);
    deque->push(entry(7));
    EXPECT_EQ(deque->pop(), entry(7));
  }
}

TEST(Deque, WrapsAround) {
  std::unique_ptr<Deque> deque(new Deque);
  for (uintptr_t i = 1; i <= uintptr_t(3 * Deque::kSlots); ++i) {
    deque->push(entry(i));
    deque->push(entry(i + 1));
    EXPECT_EQ(Thief(*deque).steal(), entry(i));
    EXPECT_EQ(deque->pop(), entry(i + 1));
  }
}

// Owner and thieves race over short runs of entries, so that they often meet over the last one.
static void race(bool always_fenced, int thieves, uintptr_t count) {
  ASSERT_TRUE(base::enable_process_fence());
  std::unique_ptr<Deque> deque(new Deque);
  if (always_fenced) deque->fence_always();
  std::vector<std::atomic<int>> taken(count + 1);
  std::atomic<bool> done = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < thieves; ++i) {
    threads.emplace_back([&] {
      while (!done.load(std::memory_order_acquire)) {
        Frame* frame = Thief(*deque).steal();
        if (frame == nullptr) continue;
        taken[number_of(frame)].fetch_add(1, std::memory_order_relaxed);
      }
    });
  }
  uintptr_t next = 1;
  while (next <= count) {
    const uintptr_t run = 1 + next % 4;
    uintptr_t pushed = 0;
    while (pushed < run && next <= count) {
      deque->push(entry(next++));
      ++pushed;
    }
    while (pushed-- > 0) {
      Frame* frame = deque->pop();
      if (frame != nullptr) taken[number_of(frame)].fetch_add(1, std::memory_order_relaxed);
    }
  }
  done.store(true, std::memory_order_release);
  for (std::thread& thread : threads) thread.join();
  for (uintptr_t i = 1; i <= count; ++i) ASSERT_EQ(taken[i].load(), 1) << "entry " << i;
}

TEST(Deque, OwnerAndThiefRaceForLast) { race(false, 1, 300'000); }
TEST(Deque, OwnerAndThreeThievesRaceForLast) { race(false, 3, 300'000); }
TEST(Deque, RaceWithTheFenceAlwaysOn) { race(true, 2, 300'000); }

}  // namespace skein::sched
