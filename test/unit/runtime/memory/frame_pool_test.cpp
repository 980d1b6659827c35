// Blocks are reused, and those freed elsewhere come back in batches.
#include "runtime/memory/frame_pool.h"

#include "runtime/memory/depot.h"
#include "runtime/task/node.h"

#include <gtest/gtest.h>
#include <memory>
#include <set>
#include <vector>

namespace skein::memory {

TEST(FramePool, BlockFreedInPlaceIsTheNextOneOfItsSize) {
  FramePool pool;
  void* block = pool.allocate(42);
  pool.free_in_place(block, 42);
  EXPECT_EQ(pool.allocate(48), block);
  EXPECT_NE(pool.allocate(56), block);
}

TEST(FramePool, BlocksAreAlignedAndApart) {
  FramePool pool;
  for (size_t size : {1, 16, 17, 200, 1024, 1025, 5000}) {
    char* first = static_cast<char*>(pool.allocate(size));
    char* second = static_cast<char*>(pool.allocate(size));
    const size_t alignment = size % abi::kAlignment == 0 ? abi::kAlignment : kBlockStep;
    EXPECT_EQ(reinterpret_cast<uintptr_t>(first) % alignment, 0u);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(second) % alignment, 0u);
    EXPECT_GE(static_cast<size_t>(std::abs(second - first)), size);
    pool.free_in_place(first, size);
    pool.free_in_place(second, size);
  }
}

TEST(FramePool, SpareBlockIsTheSameUntilItIsUsed) {
  FramePool pool{Blocks::Nodes};
  void* spare = pool.spare(64);
  EXPECT_EQ(pool.spare(64), spare);
  EXPECT_NE(pool.allocate(64), spare);
  EXPECT_EQ(*static_cast<uint64_t*>(spare), abi::kPending);
  pool.use_spare(64);
  EXPECT_NE(pool.spare(64), spare);
}

TEST(FramePool, NodeInFrontOfAFreshBlockIsZero) {
  FramePool pool{Blocks::Nodes};
  for (size_t size : {64, 2000}) {
    abi::Future* future = static_cast<abi::Future*>(pool.allocate(size));
    abi::Node* node = task::node_of(future);
    EXPECT_EQ(node->inherited, 0);
    EXPECT_EQ(node->cancel, 0u);
    EXPECT_EQ(node->wait, 0u);
    EXPECT_EQ(node->block, nullptr);
    pool.free_in_place(future, size);
  }
}

TEST(FramePool, MemoryStaysFlatWhenOneWorkerAllocatesAndAnotherFrees) {
  FramePool producer;
  FramePool consumer;
  constexpr size_t kSize = 48;
  for (int round = 0; round < 1000; ++round) {
    for (uint32_t i = 0; i < kBatch; ++i) consumer.free_later(producer.allocate(kSize), kSize);
  }
  // The consumer keeps two batches back, one more is under way.
  EXPECT_LE(producer.bytes_from_chunks(), 4 * kBatch * kSize);
}

TEST(FramePool, DepotHoldsWholeBatchesOnly) {
  FramePool pool;
  constexpr size_t kSize = 160;
  constexpr size_t kClass = kSize / kBlockStep;
  const size_t before = depot_batches(kClass);
  std::vector<void*> blocks;
  for (uint32_t i = 0; i < 3 * kBatch; ++i) blocks.push_back(pool.allocate(kSize));
  EXPECT_EQ(std::set<void*>(blocks.begin(), blocks.end()).size(), blocks.size());
  for (uint32_t i = 0; i < 2 * kBatch - 1; ++i) pool.free_later(blocks[i], kSize);
  EXPECT_EQ(depot_batches(kClass), before);
  for (uint32_t i = 2 * kBatch - 1; i < 3 * kBatch; ++i) pool.free_later(blocks[i], kSize);
  EXPECT_EQ(depot_batches(kClass), before + 2);
}

TEST(FramePool, ChunksThatNobodyUsesGoBackAndAreCutAgain) {
  FramePool pool;
  constexpr size_t kSize = 208;
  constexpr size_t kBlocks = 8 * kFramesInChunk;
  std::vector<void*> blocks(kBlocks);
  auto allocate = [&] {
    for (void*& block : blocks) *static_cast<char*>(block = pool.allocate(kSize)) = 1;
  };
  auto free_all = [&] {
    for (void* block : blocks) pool.free_later(block, kSize);
    pool.leave_free_blocks();
  };
  allocate();
  const size_t cut = pool.bytes_from_chunks();
  free_all();
  const size_t before = bytes_given_back();
  EXPECT_TRUE(give_back_unused());
  // Nothing went back yet: it may have been used a moment ago.
  EXPECT_EQ(bytes_given_back(), before);
  (void)give_back_unused();
  EXPECT_EQ(bytes_given_back() - before, kBlocks * kSize);

  allocate();
  EXPECT_EQ(pool.bytes_from_chunks(), cut);
  EXPECT_EQ(std::set<void*>(blocks.begin(), blocks.end()).size(), kBlocks);
  free_all();
}

TEST(FramePool, ChunkOfWhichOneBlockIsUsedStays) {
  FramePool pool;
  constexpr size_t kSize = 224;
  std::vector<char*> blocks(3 * kFramesInChunk);
  for (char*& block : blocks) block = static_cast<char*>(pool.allocate(kSize));
  char* used = blocks[kFramesInChunk + 5];
  *used = 7;
  for (char* block : blocks) {
    if (block != used) pool.free_later(block, kSize);
  }
  pool.leave_free_blocks();
  const size_t before = bytes_given_back();
  (void)give_back_unused();
  (void)give_back_unused();
  EXPECT_EQ(bytes_given_back() - before, 2 * kFramesInChunk * kSize);
  EXPECT_EQ(*used, 7);
}

}  // namespace skein::memory
