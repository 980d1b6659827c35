// Blocks of buffers are reused by whoever frees them, go round between threads, and outlive their thread.
#include "runtime/memory/buffer_pool.h"

#include "runtime/memory/depot.h"

#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace skein::memory {

constexpr size_t kSize = 464;   // of which nothing else here has any
constexpr size_t kSome = 1000;

static std::vector<void*> take(size_t count) {
  std::vector<void*> blocks;
  for (size_t i = 0; i < count; ++i) blocks.push_back(buffers.allocate(kSize));
  return blocks;
}

static void give(const std::vector<void*>& blocks) {
  for (void* block : blocks) buffers.free(block, kSize);
}

TEST(BufferPool, BlockFreedIsTheNextOneOfItsSize) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer keeps what is freed";
  void* block = buffers.allocate(40);
  buffers.free(block, 40);
  EXPECT_EQ(buffers.allocate(48), block);
  buffers.free(block, 48);
}

TEST(BufferPool, LongBlocksAreOfUse) {
  char* block = static_cast<char*>(buffers.allocate(kLargestBuffer + 1));
  block[kLargestBuffer] = 1;
  buffers.free(block, kLargestBuffer + 1);
}

TEST(BufferPool, WhatOneThreadAllocatesAndAnotherFreesGoesRound) {
  size_t before = 0;
  for (int round = 0; round < 20; ++round) {
    std::vector<void*> blocks = take(kSome);
    std::thread([&] { give(blocks); }).join();
    if (round == 0) before = bytes_of_buffers();
  }
  EXPECT_EQ(bytes_of_buffers(), before);
}

TEST(BufferPool, ThreadThatEndsLeavesWhatItHad) {
  std::thread([] { give(take(kSome)); }).join();
  const size_t before = bytes_of_buffers();
  for (int i = 0; i < 20; ++i) std::thread([] { give(take(kSome)); }).join();
  EXPECT_EQ(bytes_of_buffers(), before);
}

TEST(BufferPool, KeepsTwoBatchesOfASizeAtMost) {
  if (kSanitized) GTEST_SKIP() << "nothing is kept";
  const size_t size_class = class_of(kSize);
  give(take(kSome));
  buffers.leave_free_blocks();
  const size_t all = depot_of(Blocks::Buffers, size_class).batches();
  give(take(kSome));
  EXPECT_GE(depot_of(Blocks::Buffers, size_class).batches() + 2, all);
}

}  // namespace skein::memory
