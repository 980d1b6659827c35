// What all pools share: how large blocks are, what they are for, and what a free one holds.
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/base/atomic.h"

#include <cstddef>
#include <cstdint>

namespace skein::memory {

// A free block. Its memory is at least 16 bytes.
struct Block {
  Block* next;
  Block* next_batch;  // in the depot, and only in a batch's first block; else as it was
};

constexpr size_t kBlockStep = 8;
constexpr size_t kLargestBlock = base::kModel ? 32 : 1024;
constexpr size_t kSizeClasses = kLargestBlock / kBlockStep + 1;
constexpr uint32_t kBatch = base::kModel ? 1 : 64;
constexpr size_t kFramesInChunk = base::kModel ? 4 : 4096;
constexpr size_t kNodesInChunk = base::kModel ? 4 : 1024;
constexpr size_t kBuffersInChunk = 1024;

// What a pool's blocks are for. Those of one kind never become those of another.
enum class Blocks : uint8_t { Frames, Nodes, Buffers };

// How many bytes of a block lie in front of its address.
constexpr size_t bytes_before(Blocks kind) {
  return kind == Blocks::Nodes ? abi::kNodeFuture : 0;
}

// Of a block that is to be aligned as what compiled code keeps in it.
SKEIN_INLINE size_t aligned_bytes(size_t size) {
  return (size + abi::kAlignment - 1) / abi::kAlignment * abi::kAlignment;
}

SKEIN_INLINE size_t class_of(size_t size) { return (size + kBlockStep - 1) / kBlockStep; }

// The smallest is as large as a free one.
inline size_t bytes_of(size_t size_class) {
  const size_t bytes = size_class * kBlockStep;
  return bytes < sizeof(Block) ? sizeof(Block) : bytes;
}

}  // namespace skein::memory
