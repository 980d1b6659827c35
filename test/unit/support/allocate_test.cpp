// Blocks of every size are blocks of their own, whichever thread gives them back.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <thread>
#include <vector>

namespace skein {

struct Block {
  unsigned char* bytes;
  size_t size;
  unsigned char mark;
};

// Around the sizes at which the lists change, and beyond those that come from lists.
static std::vector<Block> make_blocks() {
  std::vector<Block> blocks;
  for (size_t size = 0; size <= 600; ++size) {
    for (int i = 0; i < 5; ++i) {
      unsigned char mark = static_cast<unsigned char>(size * 5 + static_cast<size_t>(i));
      Block block = {static_cast<unsigned char*>(operator new(size)), size, mark};
      if (size > 0) std::memset(block.bytes, mark, size);
      blocks.push_back(block);
    }
  }
  return blocks;
}

static bool is_intact(const Block& block) {
  for (size_t i = 0; i < block.size; ++i) {
    if (block.bytes[i] != block.mark) return false;
  }
  return reinterpret_cast<uintptr_t>(block.bytes) % alignof(std::max_align_t) == 0;
}

static void drop_blocks(const std::vector<Block>& blocks) {
  for (const Block& block : blocks) {
    EXPECT_TRUE(is_intact(block)) << block.size;
    operator delete(block.bytes);
  }
}

TEST(Allocate, BlocksDoNotOverlap) {
  for (int round = 0; round < 3; ++round) drop_blocks(make_blocks());
}

TEST(Allocate, AnotherThreadMayDelete) {
  std::vector<Block> blocks = make_blocks();
  std::thread other([&] {
    drop_blocks(blocks);
    blocks = make_blocks();
  });
  other.join();
  std::vector<Block> own = make_blocks();
  drop_blocks(blocks);
  drop_blocks(own);
}

TEST(Allocate, NothingIsNoBlock) { operator delete(static_cast<void*>(nullptr)); }

}  // namespace skein
