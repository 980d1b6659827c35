// A thief leaves alone what its owner gets to, and a search that finds nothing makes the next one short.
#include "runtime/sched/patience.h"

#include <gtest/gtest.h>

namespace skein::sched {

static void wait_cycles(uint64_t cycles) {
  const uint64_t begin = base::cycles();
  while (base::cycles() - begin < cycles) base::spin_pause();
}

constexpr uint64_t kLong = 100 * base::kCyclesPerMicrosecond;

TEST(ReadyPatience, TakesWhatHasWaitedForLongEnough) {
  ReadyPatience patience;
  const ReadyGlance queued = {0, 3, 7, nullptr};
  EXPECT_FALSE(patience.wait_for(1, queued));
  wait_cycles(kLong);
  EXPECT_TRUE(patience.wait_for(1, queued));
  // What is left is looked at anew.
  EXPECT_FALSE(patience.wait_for(1, queued));
}

TEST(ReadyPatience, BeginsAnewWhenTheOwnerHasTakenWhatWasSeen) {
  ReadyPatience patience;
  EXPECT_FALSE(patience.wait_for(1, {0, 3, 7, nullptr}));
  wait_cycles(kLong);
  EXPECT_FALSE(patience.wait_for(1, {3, 5, 10, nullptr}));
  wait_cycles(kLong);
  EXPECT_TRUE(patience.wait_for(1, {4, 5, 11, nullptr}));
}

TEST(ReadyPatience, FrameThatRunsNextIsTakenWhenTheOwnerPicksNothing) {
  ReadyPatience patience;
  Frame frame = {};
  EXPECT_FALSE(patience.wait_for(1, {2, 2, 7, &frame}));
  wait_cycles(kLong);
  EXPECT_FALSE(patience.wait_for(1, {2, 2, 8, &frame}));
  wait_cycles(kLong);
  EXPECT_TRUE(patience.wait_for(1, {2, 2, 8, &frame}));
}

TEST(ReadyPatience, TinyWorkMakesLooksRare) {
  ReadyPatience patience;
  const uint32_t at_first = patience.pauses();
  for (int i = 0; i < 20; ++i) patience.learn(0);
  EXPECT_EQ(patience.pauses(), 16 * at_first);
  for (int i = 0; i < 20; ++i) patience.learn(kLong);
  EXPECT_EQ(patience.pauses(), at_first);
}

TEST(SearchPatience, FindingNothingMakesTheNextSearchShort) {
  SearchPatience patience;
  const uint32_t most = patience.pauses();
  patience.learn(true);
  EXPECT_EQ(patience.pauses(), most);
  patience.learn(false);
  EXPECT_EQ(patience.pauses(), most / 2);
  for (int i = 0; i < 20; ++i) patience.learn(false);
  const uint32_t least = patience.pauses();
  EXPECT_GT(least, 0u);
  EXPECT_LT(least, most / 50);
  patience.learn(true);
  EXPECT_EQ(patience.pauses(), 2 * least);
  for (int i = 0; i < 20; ++i) patience.learn(true);
  EXPECT_EQ(patience.pauses(), most);
}

}  // namespace skein::sched
