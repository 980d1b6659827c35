// Buffers keep their elements while they grow, also where malloc begins to map them.
#include "runtime/value/buffer.h"

#include <gtest/gtest.h>

namespace skein::value {

static void push(Buffer*& buffer, int64_t value) {
  if (buffer->length == buffer->capacity) buffer = grow(buffer, 8, buffer->length + 1);
  reinterpret_cast<int64_t*>(data_of(buffer))[buffer->length++] = value;
}

TEST(Buffer, ElementsStayWhileItGrows) {
  constexpr int64_t kCount = 1'500'000;
  Buffer* buffer = empty();
  for (int64_t i = 0; i < kCount; ++i) push(buffer, i);
  EXPECT_EQ(buffer->length, kCount);
  const int64_t* elements = reinterpret_cast<const int64_t*>(data_of(buffer));
  for (int64_t i = 0; i < kCount; ++i) ASSERT_EQ(elements[i], i);
  free_buffer(buffer);
}

TEST(Buffer, LargeCopyIsOfItsOwn) {
  Buffer* buffer = new_buffer(8, 400'000);
  EXPECT_GE(buffer->capacity, 400'000);
  buffer->length = 0;
  for (int64_t i = 0; i < 400'000; ++i) push(buffer, -i);
  Buffer* other = copy(buffer, 8, 500'000);
  EXPECT_GE(other->capacity, 500'000);
  free_buffer(buffer);
  const int64_t* elements = reinterpret_cast<const int64_t*>(data_of(other));
  for (int64_t i = 0; i < 400'000; ++i) ASSERT_EQ(elements[i], -i);
  free_buffer(other);
}

TEST(Buffer, GrowthAtLeastDoubles) {
  Buffer* buffer = new_buffer(16, 100);
  for (int step = 0; step < 18; ++step) {
    const int64_t before = buffer->capacity;
    buffer = grow(buffer, 16, before + 1);
    EXPECT_GE(buffer->capacity, 2 * before);
  }
  free_buffer(buffer);
}

// Whatever the size of its elements is: all that fit, and none that does not.
TEST(Buffer, RoomIsWhatFitsItsMemory) {
  for (int64_t size = 1; size <= 48; ++size) {
    for (int64_t wanted = 0; wanted <= 40; ++wanted) {
      Buffer* buffer = new_buffer(size, wanted);
      const int64_t room = buffer->bytes - static_cast<int64_t>(abi::kBufferData);
      EXPECT_GE(buffer->capacity, wanted);
      EXPECT_EQ(buffer->capacity, room / size);
      free_buffer(buffer);
    }
  }
}

// So it need not be asked what it holds.
TEST(Buffer, EmptyOneGrowsIntoNewMemory) {
  for (int64_t size : {1, 8, 24}) {
    Buffer* few = grow(empty(), size, 1);
    Buffer* many = grow(empty(), size, 1000);
    EXPECT_GE(few->capacity, size == 1 ? 32 : 4);
    EXPECT_GE(many->capacity, 1000);
    EXPECT_EQ(few->count, 1);
    EXPECT_EQ(many->length, 0);
    free_buffer(few);
    free_buffer(many);
  }
}

}  // namespace skein::value
