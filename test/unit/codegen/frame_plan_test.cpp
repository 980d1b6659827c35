// Where the frame of a suspending function is made.
#include "compiler/codegen/frame_plan.h"

#include <gtest/gtest.h>

#include <string>

#include "test/unit/codegen/read_sir.h"

namespace skein::codegen {

static FramePlan plan(SirText& text) {
  return plan_frame(text.module(), text.module().functions[sir::FunctionId(0)]);
}

TEST(FramePlan, PathsThatCannotSuspendStayBeforeTheFrame) {
  SirText text(R"(
    fn @f(%1 n: int) -> int suspends {
      %2: bool
    bb0:
      %2 = lt copy %1, const 2: int
      branch copy %2, bb1, bb2
    bb1:
      jump bb3
    bb2:
      yield
      jump bb3
    bb3:
      %0 = assign copy %1
      return
    }
  )");
  FramePlan made = plan(text);
  EXPECT_TRUE(made.needs_frame);
  EXPECT_EQ(made.begin, sir::BlockId(2));
}

TEST(FramePlan, TwoSuspensionsMeetAtTheirCommonDominator) {
  SirText text(R"(
    fn @f(%1 n: int) -> int suspends {
      %2: bool
    bb0:
      %2 = lt copy %1, const 2: int
      branch copy %2, bb1, bb2
    bb1:
      %0 = assign copy %1
      return
    bb2:
      branch copy %2, bb3, bb4
    bb3:
      yield
      jump bb1
    bb4:
      yield
      jump bb1
    }
  )");
  EXPECT_EQ(plan(text).begin, sir::BlockId(2));
}

TEST(FramePlan, FrameIsMadeOutsideOfLoops) {
  SirText text(R"(
    fn @f(%1 n: int) -> int suspends {
      %2: bool
    bb0:
      %2 = lt copy %1, const 2: int
      branch copy %2, bb1, bb2
    bb1:
      %0 = assign copy %1
      return
    bb2:
      jump bb3
    bb3:
      %2 = lt copy %1, const 2: int
      branch copy %2, bb1, bb4
    bb4:
      yield
      jump bb3
    }
  )");
  EXPECT_EQ(plan(text).begin, sir::BlockId(2));
}

TEST(FramePlan, FrameComesFirstWhereAnAddressIsKept) {
  SirText text(R"(
    fn @f(%1 n: int) -> int suspends {
      %2: bool
      ref %3: int
    bb0:
      %3 = ref borrow %1
      %2 = lt copy %1, const 2: int
      branch copy %2, bb1, bb2
    bb1:
      %0 = assign copy %3
      return
    bb2:
      yield
      jump bb1
    }
  )");
  FramePlan made = plan(text);
  EXPECT_TRUE(made.needs_frame);
  EXPECT_FALSE(made.begin.valid());
}

TEST(FramePlan, NothingThatSuspendsNeedsNoFrame) {
  SirText text(R"(
    fn @f(%1 n: int) -> int suspends {
    bb0:
      %0 = assign copy %1
      return
    bb1:
      yield
      jump bb1
    }
  )");
  EXPECT_FALSE(plan(text).needs_frame);
}

// A function that decides in `bb0`, with `decision`, whether it ends in bb1 or suspends in bb2 and goes
// on with `rest`.
static bool has_early_exit(const std::string& decision, const std::string& rest = "") {
  SirText text(R"(
    fn @f(%1 n: int, %2 s: str) -> int suspends {
      %3: bool
      %4: int
    bb0:
      )" + decision + R"(
      branch copy %3, bb1, bb2
    bb1:
      %0 = assign copy %1
      return
    bb2:
      yield
      )" + rest + R"(
      %0 = assign const 7: int
      return
    }
  )");
  EXPECT_EQ(plan(text).begin, sir::BlockId(2));
  return plan(text).has_early_exit;
}

TEST(FramePlan, ShortDecisionIsAnEarlyExit) {
  EXPECT_TRUE(has_early_exit("%3 = lt copy %1, const 2: int"));
  EXPECT_TRUE(has_early_exit("%4 = builtin str_len(borrow %2)\n %3 = lt copy %4, const 2: int"));
}

TEST(FramePlan, WhatTheRestNeedsIsNotLeftBehind) {
  const char* kDecision = "%4 = and copy %1, const 1: int\n %3 = lt copy %4, const 1: int";
  EXPECT_TRUE(has_early_exit(kDecision));
  EXPECT_FALSE(has_early_exit(kDecision, "%1 = assign copy %4"));
}

TEST(FramePlan, EarlyExitNeitherPanicsNorShows) {
  EXPECT_FALSE(has_early_exit("%4 = add copy %1, const 1: int\n %3 = lt copy %4, const 1: int"));
  EXPECT_FALSE(has_early_exit("%3 = builtin cancelled()"));
}

TEST(FramePlan, EarlyExitIsShort) {
  std::string steps;
  for (int i = 0; i < 12; ++i) steps += "%4 = and copy %1, const 1: int\n ";
  EXPECT_FALSE(has_early_exit(steps + "%3 = lt copy %1, const 2: int"));
}

}  // namespace skein::codegen
