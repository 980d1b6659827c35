// See node_chunks.h.
#include "runtime/memory/node_chunks.h"

#include "runtime/base/atomic.h"
#include "runtime/base/platform.h"
#include "runtime/memory/blocks.h"

#include <cstdlib>

namespace skein::memory {

using base::Order;

// A chunk of nodes lies at the end of this list from the moment it is cut, and stays.
struct NodeChunk {
  NodeChunk* earlier;
  char* begin;
  char* end;
  size_t size;
  uint64_t first;   // the number of its first block
};
static constinit base::Atomic<NodeChunk*> node_chunks;

void note_nodes(char* begin, size_t bytes, size_t size) {
  NodeChunk* chunk = static_cast<NodeChunk*>(malloc(sizeof(NodeChunk)));
  if (chunk == nullptr) base::fatal("out of memory");
  NodeChunk* earlier = node_chunks.load(Order::Acquire);
  do {
    const uint64_t first = earlier == nullptr ? 1 : earlier->first + kNodesInChunk;
    *chunk = {earlier, begin, begin + bytes, size, first};
  } while (!node_chunks.compare_exchange(earlier, chunk, Order::Release));
}

void for_each_node_block(void (*visit)(void* block, void* context), void* context) {
  const NodeChunk* chunk = node_chunks.load(Order::Acquire);
  for (; chunk != nullptr; chunk = chunk->earlier) {
    for (char* block = chunk->begin; block < chunk->end; block += chunk->size) {
      visit(block, context);
    }
  }
}

uint64_t number_of_node(const void* node) {
  const char* at = static_cast<const char*>(node);
  const NodeChunk* chunk = node_chunks.load(Order::Acquire);
  while (chunk != nullptr && (at < chunk->begin || at >= chunk->end)) chunk = chunk->earlier;
  if (chunk == nullptr) return reinterpret_cast<uint64_t>(node) / kBlockStep;
  return chunk->first + static_cast<uint64_t>(at - chunk->begin) / chunk->size;
}

}  // namespace skein::memory
