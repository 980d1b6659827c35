// Timers fire at their tick, in order, however far away, and removed ones do not.
#include "runtime/sched/timer_wheel.h"
#include "runtime/sched/timers.h"

#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <vector>

namespace skein::sched {

TEST(TimerWheel, FiresAtItsTickAndNotBefore) {
  for (uint64_t when : {1ull, 255ull, 256ull, 257ull, 65'535ull, 65'536ull, 70'000ull, 16'777'300ull,
                        4'294'967'295ull, 4'294'967'296ull, 9'000'000'000ull}) {
    std::unique_ptr<TimerWheel> wheel(new TimerWheel);
    Timer timer = {};
    wheel->insert(&timer, when);
    EXPECT_EQ(wheel->advance(when - 1), nullptr) << when;
    EXPECT_EQ(wheel->advance(when), &timer) << when;
    EXPECT_TRUE(wheel->empty());
    EXPECT_EQ(wheel->next_tick(), kNever);
  }
}

TEST(TimerWheel, PastIsTheNextTick) {
  std::unique_ptr<TimerWheel> wheel(new TimerWheel);
  EXPECT_EQ(wheel->advance(1000), nullptr);
  Timer timer = {};
  wheel->insert(&timer, 10);
  EXPECT_EQ(wheel->next_tick(), 1001u);
  EXPECT_EQ(wheel->advance(1001), &timer);
}

TEST(TimerWheel, AnEmptyOneGoesOnAndNeverBack) {
  std::unique_ptr<TimerWheel> wheel(new TimerWheel);
  wheel->advance_empty(1000);
  wheel->advance_empty(990);
  Timer timer = {};
  wheel->insert(&timer, 10);
  EXPECT_EQ(wheel->next_tick(), 1001u);
  EXPECT_EQ(wheel->advance(1001), &timer);
}

// The last ones have no slot until there are enough of them, or the wheel turns.
TEST(TimerWheel, ManyAtOnceFireInTheOrderOfInsertion) {
  std::unique_ptr<TimerWheel> wheel(new TimerWheel);
  std::vector<Timer> timers(200);
  for (Timer& timer : timers) wheel->insert(&timer, 300);
  for (size_t i = 1; i < timers.size(); i += 2) wheel->remove(&timers[i]);
  Timer* fired = wheel->advance(300);
  for (size_t i = 0; i < timers.size(); i += 2, fired = fired->next) ASSERT_EQ(fired, &timers[i]);
  EXPECT_EQ(fired, nullptr);
  EXPECT_TRUE(wheel->empty());
}

TEST(TimerWheel, RemovedTimersDoNotFire) {
  std::unique_ptr<TimerWheel> wheel(new TimerWheel);
  Timer timers[3] = {};
  for (Timer& timer : timers) wheel->insert(&timer, 300);
  wheel->remove(&timers[1]);
  Timer* fired = wheel->advance(1000);
  EXPECT_EQ(fired, &timers[0]);
  EXPECT_EQ(fired->next, &timers[2]);
  EXPECT_EQ(fired->next->next, nullptr);
}

TEST(TimerWheel, NextTickIsNeverLateAndLeadsToTheTimer) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 200; ++round) {
    std::unique_ptr<TimerWheel> wheel(new TimerWheel);
    uint64_t now = random() % 100'000'000;
    (void)wheel->advance(now);
    const uint64_t when = now + 1 + random() % (uint64_t(1) << (random() % 36));
    Timer timer = {};
    wheel->insert(&timer, when);
    int steps = 0;
    while (true) {
      const uint64_t next = wheel->next_tick();
      ASSERT_GT(next, now);
      ASSERT_LE(next, when);
      now = next;
      if (wheel->advance(now) == &timer) break;
      ASSERT_LT(++steps, 300);
    }
    EXPECT_EQ(now, when);
  }
}

TEST(TimerWheel, ManyTimersFireOnceEachInOrder) {
  std::mt19937_64 random(2);
  std::unique_ptr<TimerWheel> wheel(new TimerWheel);
  std::vector<Timer> timers(20'000);
  uint64_t now = 12'345;
  (void)wheel->advance(now);
  for (Timer& timer : timers) wheel->insert(&timer, now + 1 + random() % 200'000);
  size_t fired = 0;
  while (!wheel->empty()) {
    const uint64_t before = now;
    now += random() % 5000;
    uint64_t last = 0;
    for (Timer* timer = wheel->advance(now); timer != nullptr; timer = timer->next) {
      ASSERT_GT(timer->when, before);
      ASSERT_LE(timer->when, now);
      ASSERT_GE(timer->when, last);
      last = timer->when;
      ++fired;
    }
  }
  EXPECT_EQ(fired, timers.size());
}

TEST(Timers, SleepLastsAtLeastAsLongAsAsked) {
  std::unique_ptr<Timers> timers(new Timers);
  Timer timer = {};
  EXPECT_EQ(timers->due(), kNoTimer);
  timers->insert(&timer, 10'400'000, 1);
  EXPECT_EQ(timers->due(), 11'000'000);
  EXPECT_EQ(timers->fire(10'999'999), nullptr);
  EXPECT_EQ(timers->fire(11'000'000), &timer);
  EXPECT_EQ(timers->due(), kNoTimer);
}

TEST(Timers, IsDueByTheFirstTimerAtTheLatest) {
  std::unique_ptr<Timers> timers(new Timers);
  Timer hour = {}, second = {}, soon = {};
  timers->insert(&hour, 0, 3'600'000'000'000);
  EXPECT_LE(timers->due(), 3'600'000'000'000);
  timers->insert(&soon, 0, 5'000'000);
  EXPECT_EQ(timers->due(), 5'000'000);
  timers->insert(&second, 0, 1'000'000'000);
  EXPECT_EQ(timers->due(), 5'000'000);
  EXPECT_TRUE(timers->withdraw(&soon));
  EXPECT_EQ(timers->fire(5'000'000), nullptr);
  EXPECT_GT(timers->due(), 5'000'000);
  EXPECT_LE(timers->due(), 1'000'000'000);
  EXPECT_EQ(timers->fire(1'000'000'000), &second);
  EXPECT_LE(timers->due(), 3'600'000'000'000);
  EXPECT_TRUE(timers->withdraw(&hour));
  EXPECT_EQ(timers->due(), kNoTimer);
}

TEST(Timers, EndlessSleepDoesNotOverflow) {
  std::unique_ptr<Timers> timers(new Timers);
  Timer timer = {};
  timers->insert(&timer, 5'000'000, INT64_MAX);
  EXPECT_EQ(timers->fire(6'000'000), nullptr);
  EXPECT_GT(timers->due(), 6'000'000);
}

}  // namespace skein::sched
