// Splitting text into an array of its parts.
//
// Most separators are one byte. Their places are found for 64 bytes at a time, as the bits of a word: parts are
// short, so a search for each end would be most of the work.
#include "runtime/value/short_text.h"
#include "runtime/value/str.h"

#include <cstring>
#include <emmintrin.h>

namespace skein::value {

static constexpr size_t kBits = 64;

// Which of the bytes from `at` on are `byte`: a bit each, up to kBits. A vector may begin before them, since the
// header of the buffer they are in is there.
static uint64_t places_of(char byte, const char* at, size_t size) {
  constexpr size_t kVector = kShortText;
  static_assert(abi::kBufferData >= kVector);
  const __m128i wanted = _mm_set1_epi8(byte);
  auto places_at = [&](const char* from) {
    return static_cast<uint64_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes_at(from), wanted)));
  };
  uint64_t places = 0;
  size_t done = 0;
  for (; done + kVector <= size; done += kVector) places |= places_at(at + done) << done;
  if (done == size) return places;
  const uint64_t last = places_at(at + size - kVector);
  return places | (size < kVector ? last >> (kVector - size) : last << (size - kVector));
}

// Calls `visit` with the place where each part ends.
template <class Visit>
static void each_end(std::string_view text, char separator, Visit visit) {
  for (size_t at = 0; at <= text.size(); at += kBits) {
    const size_t left = text.size() - at;
    uint64_t ends = places_of(separator, text.data() + at, left < kBits ? left : kBits);
    if (left < kBits) ends |= uint64_t(1) << left;
    for (; ends != 0; ends &= ends - 1) visit(at + static_cast<size_t>(__builtin_ctzll(ends)));
  }
}

template <class Visit>
static void each_end(std::string_view text, std::string_view separator, Visit visit) {
  if (separator.size() == 1) return each_end(text, separator[0], visit);
  int64_t from = 0;
  for (int64_t end; (end = find(text, separator, from)) >= 0;) {
    visit(static_cast<size_t>(end));
    from = end + static_cast<int64_t>(separator.size());
  }
  visit(text.size());
}

Buffer* split(const Buffer* str, std::string_view separator) {
  const std::string_view text = text_of(str);
  int64_t count = 0;
  each_end(text, separator, [&](size_t) { ++count; });
  Buffer* parts = new_buffer(sizeof(Buffer*), count);
  parts->length = count;
  char* place = data_of(parts);
  size_t from = 0;
  each_end(text, separator, [&](size_t end) {
    Buffer* part = new_part(text, from, end);
    memcpy(place, &part, sizeof(part));
    place += sizeof(part);
    from = end + separator.size();
  });
  return parts;
}

}  // namespace skein::value
