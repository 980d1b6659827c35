// Splitting text into an array of its parts.
//
// Most separators are one byte. Their places are found for 64 bytes at a time, as the bits of a word: parts are
// short, so a search for each end would be most of the work.
#include "runtime/value/short_text.h"
#include "runtime/value/str.h"

#include <cstring>
#include <emmintrin.h>

namespace skein::value {

// The array under way. Its elements are pointers to the buffers of str.
class Parts {
 public:
  explicit Parts(int64_t capacity) : array_(new_buffer(kElement, capacity)) {}

  void add(std::string_view text, size_t from, size_t to) {
    Buffer* array = array_;
    if (array->length == array->capacity) {
      array_ = array = grow(array, kElement, array->length + 1);
    }
    Buffer* part = new_part(text, from, to);
    memcpy(data_of(array) + array->length * kElement, &part, sizeof(part));
    array->length++;
  }

  Buffer* take() { return array_; }

 private:
  static constexpr int64_t kElement = sizeof(Buffer*);
  Buffer* array_;
};

static constexpr size_t kBits = 64;

// Which of the bytes from `at` on are `byte`: a bit each, up to kBits. A vector may begin before them, since the
// header of the buffer they are in is there.
static uint64_t places_of(char byte, const char* at, size_t size) {
  constexpr size_t kVector = sizeof(__m128i);
  static_assert(abi::kBufferData >= kVector);
  const __m128i wanted = _mm_set1_epi8(byte);
  auto places_at = [&](const char* from) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    return static_cast<uint64_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted)));
  };
  uint64_t places = 0;
  size_t done = 0;
  for (; done + kVector <= size; done += kVector) places |= places_at(at + done) << done;
  if (done == size) return places;
  const uint64_t last = places_at(at + size - kVector);
  return places | (size < kVector ? last >> (kVector - size) : last << (size - kVector));
}

template <class Visit>
static void each_place(std::string_view text, char byte, Visit visit) {
  for (size_t at = 0; at < text.size(); at += kBits) {
    const size_t left = text.size() - at;
    visit(at, places_of(byte, text.data() + at, left < kBits ? left : kBits));
  }
}

static Buffer* split_at_byte(std::string_view text, char separator) {
  int64_t count = 1;
  each_place(text, separator, [&](size_t, uint64_t places) { count += __builtin_popcountll(places); });
  Parts parts(count);
  size_t from = 0;
  each_place(text, separator, [&](size_t at, uint64_t places) {
    for (; places != 0; places &= places - 1) {
      const size_t place = at + static_cast<size_t>(__builtin_ctzll(places));
      parts.add(text, from, place);
      from = place + 1;
    }
  });
  parts.add(text, from, text.size());
  return parts.take();
}

Buffer* split(const Buffer* str, std::string_view separator) {
  const std::string_view text = text_of(str);
  if (separator.size() == 1) return split_at_byte(text, separator[0]);
  Parts parts(4);
  size_t from = 0;
  while (true) {
    const int64_t found = find(text, separator, static_cast<int64_t>(from));
    if (found < 0) break;
    parts.add(text, from, static_cast<size_t>(found));
    from = static_cast<size_t>(found) + separator.size();
  }
  parts.add(text, from, text.size());
  return parts.take();
}

}  // namespace skein::value
