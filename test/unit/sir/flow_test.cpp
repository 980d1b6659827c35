// Edges, orders, sets, the solver and liveness of sir/flow.
#include "compiler/sir/flow.h"

#include <gtest/gtest.h>

#include "test/unit/sir/module.h"

namespace skein::sir {

TEST(BitSet, JoinsTellWhetherTheyChangedAnything) {
  BitSet a;
  BitSet b;
  a.set(3);
  b.set(3);
  b.set(1000);
  EXPECT_TRUE(a.unite(b));
  EXPECT_FALSE(a.unite(b));
  EXPECT_TRUE(a.test(1000));
  b.set(3, false);
  EXPECT_TRUE(a.intersect(b));
  EXPECT_FALSE(a.intersect(b));
  EXPECT_EQ(a, b);
  a.set(1000, false);
  EXPECT_TRUE(a.empty());
}

static const char* const kDiamond = R"(
fn @g() -> () {
bb0:
  return
}
fn @f(%1 c: bool) -> int {
  %2: int
bb0:
  branch copy %1, bb1, bb2
bb1:
  %2 = assign const 1: int
  jump bb3
bb2:
  call @g() unwind bb5
  jump bb3
bb3:
  %0 = assign copy %2
  return
bb4:
  jump bb3
bb5 cleanup:
  resume_unwind
}
)";

TEST(Flow, OrderPutsBlocksBeforeThoseTheyLeadTo) {
  ReadModule read(kDiamond);
  Flow flow(read.function("f"));
  EXPECT_EQ(flow.order().size(), 5u);
  EXPECT_EQ(flow.position(BlockId(0)), 0u);
  EXPECT_LT(flow.position(BlockId(1)), flow.position(BlockId(3)));
  EXPECT_LT(flow.position(BlockId(2)), flow.position(BlockId(3)));
  EXPECT_FALSE(flow.is_reachable(BlockId(4)));
  EXPECT_TRUE(flow.is_reachable(BlockId(5)));
  EXPECT_EQ(flow.predecessors(BlockId(3)).size(), 3u);
  EXPECT_EQ(flow.successors(BlockId(2)).size(), 2u);
}

TEST(Solve, UnionSaysMayAndIntersectionSaysMust) {
  ReadModule read(kDiamond);
  const Function& f = read.function("f");
  Flow flow(f);
  Changes changes;
  changes.add(flow.inst_number(BlockId(1), 0), Moment::Gives, 2, true);
  changes.finish(flow.inst_count());
  Solution may = solve(flow, changes, Direction::Forward, Meet::Union, BitSet());
  Solution must = solve(flow, changes, Direction::Forward, Meet::Intersection, BitSet());
  EXPECT_TRUE(may.begin[3].test(2));
  EXPECT_FALSE(must.begin[3].test(2));
  EXPECT_FALSE(may.begin[2].test(2));
}

TEST(Solve, UnwindingSeesWhatAnInstructionTookAndNotWhatItGives) {
  ReadModule read(kDiamond);
  Flow flow(read.function("f"));
  Changes changes;
  changes.add(flow.inst_number(BlockId(2), 0), Moment::Takes, 7, true);
  changes.add(flow.inst_number(BlockId(2), 0), Moment::Gives, 8, true);
  changes.finish(flow.inst_count());
  Solution may = solve(flow, changes, Direction::Forward, Meet::Union, BitSet());
  EXPECT_TRUE(may.begin[5].test(7));
  EXPECT_FALSE(may.begin[5].test(8));
  EXPECT_TRUE(may.begin[3].test(8));
}

TEST(Liveness, LocalIsLiveFromItsSettingToItsLastUse) {
  ReadModule read(kDiamond);
  Flow flow(read.function("f"));
  Liveness live(flow);
  EXPECT_TRUE(live.at_begin(BlockId(3)).test(2));
  EXPECT_FALSE(live.at_end(BlockId(3)).test(2));
  EXPECT_FALSE(live.at_begin(BlockId(1)).test(2));
  // bb2 comes to bb3 without setting it.
  EXPECT_TRUE(live.at_begin(BlockId(2)).test(2));
  EXPECT_FALSE(live.at_begin(BlockId(5)).test(2));
}

TEST(Liveness, UseOfReferenceIsUseOfWhatItStandsFor) {
  ReadModule read(R"(
fn @f(%1 own xs: [int]) -> int {
  ref %2 x: [int]
bb0:
  %2 = ref mut %1
  jump bb1
bb1:
  %0 = builtin array_len<int>(borrow %2)
  return
}
)");
  Flow flow(read.function("f"));
  Liveness live(flow);
  EXPECT_TRUE(live.at_begin(BlockId(1)).test(1));
  EXPECT_TRUE(live.at_begin(BlockId(1)).test(2));
}

TEST(Liveness, LoopKeepsWhatTheNextRoundReads) {
  ReadModule read(R"(
fn @f(%1 n: int) -> int {
  %2 i: int
  %3: bool
bb0:
  %2 = assign const 0: int
  jump bb1
bb1:
  %3 = lt copy %2, copy %1
  branch copy %3, bb2, bb3
bb2:
  %2 = add copy %2, const 1: int
  jump bb1
bb3:
  %0 = assign copy %2
  return
}
)");
  Flow flow(read.function("f"));
  Liveness live(flow);
  EXPECT_TRUE(live.at_end(BlockId(2)).test(1));
  EXPECT_TRUE(live.at_end(BlockId(2)).test(2));
  EXPECT_FALSE(live.at_end(BlockId(2)).test(3));
  EXPECT_FALSE(live.at_begin(BlockId(0)).test(2));
}

// A function is as long as its author likes: no recursion, and memory for what is alive only.
TEST(Flow, HundredThousandBlocksInARowAreNoMatter) {
  constexpr uint32_t kBlocks = 100000;
  ReadModule read("fn @f() -> int {\nbb0:\n  return\n}\n");
  Function& f = read.function("f");
  for (uint32_t i = 1; i < kBlocks; ++i) {
    Local local;
    local.type = f.return_type();
    f.locals.add(local);
    Inst use;
    use.kind = InstKind::Assign;
    use.dest = LocalId(i);
    use.operands = {Operand::copy(LocalId(i - 1))};
    Inst jump;
    jump.kind = InstKind::Jump;
    jump.targets = {BlockId(i)};
    f.blocks[BlockId(i - 1)].insts = {use, jump};
    Block block;
    block.insts.resize(1);
    block.insts[0].kind = InstKind::Return;
    f.blocks.add(block);
  }
  Flow flow(f);
  EXPECT_EQ(flow.order().size(), kBlocks);
  Liveness live(flow);
  EXPECT_TRUE(live.at_begin(BlockId(500)).test(500 - 1 + 1));
}

}  // namespace skein::sir
