// Paths of moves, and where they have values.
#include "compiler/sir/move_paths.h"

#include <gtest/gtest.h>

#include "test/unit/sir/module.h"

namespace skein::sir {

static Place field(LocalId local, uint32_t index) {
  Place place = local;
  Projection step;
  step.index = index;
  place.path.push_back(step);
  return place;
}

static const char* const kPartial = R"(
struct P { a: str, b: (str, str), c: str }
fn @take(%1 own s: str) -> () {
bb0:
  return
}
fn @f(%1 own p: P, %2 c: bool) -> () {
bb0:
  branch copy %2, bb1, bb2
bb1:
  call @take(move %1.0)
  jump bb2
bb2:
  call @take(move %1.1.1) unwind bb4
  drop move %1
  jump bb3
bb3:
  return
bb4 cleanup:
  resume_unwind
}
)";

static std::vector<bool> track(const Function& function, LocalId local) {
  std::vector<bool> tracked(function.locals.size());
  tracked[local.index] = true;
  return tracked;
}

TEST(MovePaths, PartsThatAreMovedHavePathsOthersBelongToTheWhole) {
  ReadModule read(kPartial);
  const Function& f = read.function("f");
  LocalId p(1);
  MovePaths paths(f, track(f, p));
  EXPECT_EQ(paths.size(), 4u);  // p, p.a, p.b, p.b.1
  EXPECT_TRUE(paths.find(field(p, 0)).is_exact);
  EXPECT_FALSE(paths.find(field(p, 2)).is_exact);
  EXPECT_EQ(paths.find(field(p, 2)).path, paths.of_local(p));
  EXPECT_FALSE(paths.find(LocalId(2)).path.valid());
  size_t inside = 0;
  paths.for_each_inside(paths.of_local(p), [&](PathId) { ++inside; });
  EXPECT_EQ(inside, 4u);
}

TEST(InitStates, MovedPartIsGoneOnThatWayOnly) {
  ReadModule read(kPartial);
  const Function& f = read.function("f");
  LocalId p(1);
  MovePaths paths(f, track(f, p));
  Flow flow(f);
  InitStates states(flow, paths);
  uint32_t a = paths.find(field(p, 0)).path.index;
  uint32_t whole = paths.of_local(p).index;
  EXPECT_TRUE(states.surely(BlockId(1)).test(a));
  EXPECT_TRUE(states.maybe(BlockId(2)).test(a));
  EXPECT_FALSE(states.surely(BlockId(2)).test(a));
  EXPECT_TRUE(states.surely(BlockId(2)).test(whole));
  // A drop takes all there is.
  EXPECT_FALSE(states.maybe(BlockId(3)).test(whole));
}

TEST(InitStates, CallThatUnwindsHasTakenItsOperands) {
  ReadModule read(kPartial);
  const Function& f = read.function("f");
  LocalId p(1);
  MovePaths paths(f, track(f, p));
  Flow flow(f);
  InitStates states(flow, paths);
  Place part = field(p, 1);
  part.path.push_back({.kind = Projection::Kind::Field, .variant = 0, .index = 1, .local = {}});
  MovePaths::Found moved = paths.find(part);
  ASSERT_TRUE(moved.is_exact);
  EXPECT_FALSE(states.maybe(BlockId(4)).test(moved.path.index));
  EXPECT_TRUE(states.surely(BlockId(4)).test(paths.of_local(p).index));
}

}  // namespace skein::sir
