// All chunks of nodes there are, so that a dump finds every task without anybody keeping a list.
#pragma once

#include <cstddef>
#include <cstdint>

namespace skein::memory {

// A chunk of blocks for nodes was cut.
void note_nodes(char* begin, size_t bytes, size_t size);

// Calls `visit` with every block for a node there is, used or free. Takes no lock that could be held
// by an interrupted thread.
void for_each_node_block(void (*visit)(void* block, void* context), void* context);

// A number for a node in use that no other one has: they are counted through their chunks, and large
// ones have their addresses.
uint64_t number_of_node(const void* node);

}  // namespace skein::memory
