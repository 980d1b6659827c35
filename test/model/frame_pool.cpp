// Blocks that travel from worker to worker through the depot (memory/frame_pool.h).
#include "runtime/memory/frame_pool.h"

#include "runtime/memory/node_chunks.h"

#include "test/model/host.h"

namespace skein::model {

using memory::Blocks;
using memory::FramePool;

class PoolTravels : public Model {
 public:
  void begin() override {
    for (void*& block : blocks_) block = pools_[0].allocate(kSize);
  }
  void thread(unsigned index) override {
    if (index == 0) {
      for (void* block : blocks_) {
        *static_cast<int*>(block) = 7;
        pools_[0].free_later(block, kSize);
      }
    } else {
      for (void*& block : own_) {
        block = pools_[index].allocate(kSize);
        *static_cast<int*>(block) = int(index);
      }
    }
  }
  void end() override {
    CHECK(own_[0] != own_[1]);
    for (int i = 0; i < 8; ++i) (void)pools_[1].allocate(kSize);
    CHECK(memory::depot_batches(kSize / memory::kBlockStep) == 0);
  }

 private:
  static constexpr size_t kSize = 16;
  FramePool pools_[2] = {};
  void* blocks_[4] = {};
  void* own_[2] = {};
};
MODEL(PoolTravels, "a block has one owner at a time, who sees it as it was left", 2, Switches, 4)

// A dump walks over all nodes there are while the first chunks are cut.
class PoolIsWalked : public Model {
 public:
  void thread(unsigned index) override {
    if (index < 2) {
      blocks_[index] = pools_[index].allocate(memory::kBlockStep);
    } else {
      memory::for_each_node_block([](void*, void* count) { ++*static_cast<int*>(count); }, &seen_);
    }
  }
  void end() override {
    CHECK(blocks_[0] != blocks_[1]);
    CHECK(seen_ % int(memory::kNodesInChunk) == 0);
  }

 private:
  FramePool pools_[2] = {FramePool(Blocks::Nodes), FramePool(Blocks::Nodes)};
  void* blocks_[2] = {};
  int seen_ = 0;
};
MODEL(PoolIsWalked, "whoever walks over the nodes sees whole chunks", 3, Switches, 3)

}  // namespace skein::model
