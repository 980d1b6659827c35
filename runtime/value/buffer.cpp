// See buffer.h.
#include "runtime/value/buffer.h"

#include "runtime/base/atomic.h"
#include "runtime/base/platform.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>

extern "C" constinit const skein::abi::Buffer skn_empty_buffer = {skein::abi::kImmortal, 0, 0, 0};

namespace skein::value {

using base::AtomicRef;
using base::Order;

// Header and elements, rounded up to what pools and malloc hand out anyway.
static int64_t bytes_for(int64_t element_size, int64_t capacity) {
  int64_t bytes = 0;
  if (capacity < 0 || __builtin_mul_overflow(element_size, capacity, &bytes) ||
      __builtin_add_overflow(bytes, int64_t(abi::kBufferData) + 15, &bytes)) {
    base::fatal("out of memory: an array or str is too long");
  }
  return bytes & ~int64_t(15);
}

// Rounding adds fewer than 16 bytes. A division takes as long as all the rest: most sizes do without.
static int64_t capacity_in(int64_t bytes, int64_t element_size, int64_t wanted) {
  if (element_size >= 16) return wanted;
  const int64_t room = bytes - int64_t(abi::kBufferData);
  if (element_size == 0) return INT64_MAX;
  const uint64_t size = static_cast<uint64_t>(element_size);
  if (std::has_single_bit(size)) return room >> std::countr_zero(size);
  return room / element_size;
}

Buffer* new_buffer(int64_t element_size, int64_t capacity) {
  const int64_t bytes = bytes_for(element_size, capacity);
  return new_buffer_of(static_cast<size_t>(bytes), capacity_in(bytes, element_size, capacity));
}

// What pushes onto an empty array get at least: most arrays that get one element get more, and each
// step of growth costs more than the room.
static int64_t first_capacity(int64_t element_size) {
  if (element_size == 1) return 32;
  return element_size <= 16 ? 8 : 4;
}

Buffer* grow(Buffer* buffer, int64_t element_size, int64_t min_capacity) {
  // As most arrays begin.
  if (buffer == &skn_empty_buffer) {
    return new_buffer(element_size, std::max(min_capacity, first_capacity(element_size)));
  }
  int64_t capacity = buffer->capacity > INT64_MAX / 2 ? min_capacity : buffer->capacity * 2;
  if (capacity == 0) capacity = first_capacity(element_size);
  if (capacity < min_capacity) capacity = min_capacity;
  if (buffer->count < 0) return copy(buffer, element_size, capacity);
  const int64_t bytes = bytes_for(element_size, capacity);
  if (size_t(buffer->bytes) <= memory::kLargestBuffer) {
    Buffer* made = copy(buffer, element_size, capacity);
    free_buffer(buffer);
    return made;
  }
  buffer = static_cast<Buffer*>(realloc(buffer, static_cast<size_t>(bytes)));
  if (buffer == nullptr) base::fatal("out of memory");
  buffer->capacity = capacity_in(bytes, element_size, capacity);
  buffer->bytes = bytes;
  return buffer;
}

Buffer* copy(const Buffer* buffer, int64_t element_size, int64_t min_capacity) {
  const int64_t capacity = min_capacity < buffer->length ? buffer->length : min_capacity;
  Buffer* made = new_buffer(element_size, capacity);
  memcpy(data_of(made), data_of(buffer), static_cast<size_t>(buffer->length * element_size));
  made->length = buffer->length;
  return made;
}

void free_buffer(Buffer* buffer) {
  memory::buffers.free(buffer, static_cast<size_t>(buffer->bytes));
}

static AtomicRef<int64_t> count_of(const Buffer* buffer) {
  return AtomicRef<int64_t>(const_cast<Buffer*>(buffer)->count);
}

void retain(Buffer* buffer) {
  if (count_of(buffer).load(Order::Relaxed) > 0) count_of(buffer).fetch_add(1, Order::Relaxed);
}

void release(Buffer* buffer) {
  if (count_of(buffer).load(Order::Relaxed) < 0) return;
  if (count_of(buffer).fetch_sub(1, Order::AcqRel) == 1) free_buffer(buffer);
}

}  // namespace skein::value
