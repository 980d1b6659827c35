// Memory from two megabytes on, for buffers: mapped on its own, in huge pages.
//
// The first touch of a page costs 1.7 µs in a virtual machine, 6.4 ns for each 16 bytes of an array
// that is filled once: more than it costs to start and await the task in them. With huge pages it is
// 2 ns, and an array that doubles moves by its page tables and is not copied. (Rejected: populating
// the pages ahead of the writer, 5.7 ns; huge pages for what malloc maps, which begins 16 bytes
// behind a page and is split when it moves.)
//
// Only whole huge pages within what was asked for are huge, so nothing is resident that was not
// asked for. A few mappings that were freed are kept: a program that makes large arrays one after
// the other does not touch fresh pages for each. See docs/decisions/0019-large-buffers.md.
#pragma once

#include <cstddef>

namespace skein::base {

constexpr size_t kHugePage = size_t(2) << 20;

// At least `size` bytes, which is made what they really are; aligned to kHugePage, with anything in
// them. Null when there is no memory.
void* allocate_large(size_t& size);

// The same with more bytes, in another place if need be. Null, and the old ones stay, when there is no
// memory.
void* grow_large(void* memory, size_t size, size_t& new_size);

void free_large(void* memory, size_t size);

}  // namespace skein::base
