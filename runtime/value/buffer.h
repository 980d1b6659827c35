// Counted buffers: the memory behind str and arrays (abi::Buffer).
//
// The runtime never counts elements and never drops them; compiled code does. Counts that the
// runtime itself changes are changed atomically: it does that on slow paths only, and it is right
// for both kinds of type.
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/base/atomic.h"
#include "runtime/memory/buffer_pool.h"

#include <cstddef>

extern "C" const skein::abi::Buffer skn_empty_buffer;

namespace skein::value {

using abi::Buffer;

inline char* data_of(Buffer* buffer) {
  return reinterpret_cast<char*>(buffer) + abi::kBufferData;
}
inline const char* data_of(const Buffer* buffer) {
  return reinterpret_cast<const char*>(buffer) + abi::kBufferData;
}

// The empty buffer. Its count is never changed, so it can be constant memory.
inline Buffer* empty() { return const_cast<Buffer*>(&skn_empty_buffer); }

// Count 1, length 0, in that much memory, header and rounding included.
inline Buffer* new_buffer_of(size_t bytes, int64_t capacity) {
  Buffer* buffer = static_cast<Buffer*>(memory::buffers.allocate(bytes));
  buffer->count = 1;
  buffer->capacity = capacity;
  buffer->length = 0;
  buffer->bytes = static_cast<int64_t>(bytes);
  return buffer;
}

// Count 1, length 0. A request of more than memory can hold ends the process.
Buffer* new_buffer(int64_t element_size, int64_t capacity);

// Room for at least `min_capacity` elements in a buffer that is unique, or in a new one in place of
// an immortal one. At least doubles, so appending is amortised.
Buffer* grow(Buffer* buffer, int64_t element_size, int64_t min_capacity);

// A unique buffer with the same bytes.
Buffer* copy(const Buffer* buffer, int64_t element_size, int64_t min_capacity);

void free_buffer(Buffer* buffer);

// True when the buffer may be written in place.
inline bool is_unique(const Buffer* buffer) {
  const base::AtomicRef<int64_t> count(const_cast<Buffer*>(buffer)->count);
  return count.load(base::Order::Acquire) == 1;
}

// One owner more or less; the last one frees. For buffers whose elements need no drop.
void retain(Buffer* buffer);
void release(Buffer* buffer);

}  // namespace skein::value
