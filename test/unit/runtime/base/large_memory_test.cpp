// Large blocks begin at a huge page, keep what is in them when they grow, and are used again.
#include "runtime/base/large_memory.h"

#include <cstdint>
#include <gtest/gtest.h>

namespace skein::base {

static bool begins_huge_page(void* memory) {
  return reinterpret_cast<uintptr_t>(memory) % kHugePage == 0;
}

TEST(LargeMemory, BlockGrowsWithWhatIsInIt) {
  size_t size = kHugePage + 1;
  char* block = static_cast<char*>(allocate_large(size));
  ASSERT_NE(block, nullptr);
  EXPECT_TRUE(begins_huge_page(block));
  EXPECT_GE(size, kHugePage + 1);
  for (size_t at = 0; at < size; at += 4096) block[at] = static_cast<char>(at / 4096 % 100 + 1);
  // Several times, with another block each time that may be in the way.
  void* others[4];
  size_t other_sizes[4];
  for (int i = 0; i < 4; ++i) {
    other_sizes[i] = kHugePage;
    others[i] = allocate_large(other_sizes[i]);
    size_t more = size * 2;
    block = static_cast<char*>(grow_large(block, size, more));
    ASSERT_NE(block, nullptr);
    EXPECT_TRUE(begins_huge_page(block));
    EXPECT_GE(more, size * 2);
    size = more;
    block[size - 1] = 1;
  }
  for (size_t at = 0; at < kHugePage; at += 4096) {
    EXPECT_EQ(block[at], static_cast<char>(at / 4096 % 100 + 1));
  }
  for (int i = 0; i < 4; ++i) free_large(others[i], other_sizes[i]);
  free_large(block, size);
}

TEST(LargeMemory, FreedBlockServesOneOfAboutItsSize) {
  size_t size = 3 * kHugePage;
  void* block = allocate_large(size);
  free_large(block, size);
  size_t small = kHugePage;
  void* other = allocate_large(small);
  size_t close = 2 * kHugePage;
  void* again = allocate_large(close);
  EXPECT_NE(other, block);
  EXPECT_EQ(again, block);
  EXPECT_EQ(close, size);
  free_large(other, small);
  free_large(again, close);
}

TEST(LargeMemory, WhatIsKeptIsBounded) {
  constexpr size_t kBlock = size_t(48) << 20;
  size_t first = kBlock;
  size_t second = kBlock;
  void* kept = allocate_large(first);
  void* unmapped = allocate_large(second);
  static_cast<char*>(unmapped)[0] = 1;
  free_large(kept, first);
  free_large(unmapped, second);
  size_t third = kBlock;
  size_t fourth = kBlock;
  void* again = allocate_large(third);
  char* fresh = static_cast<char*>(allocate_large(fourth));
  EXPECT_EQ(again, kept);
  EXPECT_EQ(fresh[0], 0);
  free_large(again, third);
  free_large(fresh, fourth);
}

}  // namespace skein::base
