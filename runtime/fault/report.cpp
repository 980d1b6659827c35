// See report.h.
#include "runtime/fault/report.h"

#include "runtime/abi/layout.h"
#include "runtime/base/platform.h"

#include <cstring>

// The compiler's; unit tests of the runtime have none.
extern "C" {
extern const skein::abi::Site skn_sites[] __attribute__((weak));
extern const uint32_t skn_site_count __attribute__((weak));
}

namespace skein::fault {

static const abi::Site* find_site(uint32_t index) {
  const uint32_t* count = &skn_site_count;
  if (index == 0 || count == nullptr || index >= *count) return nullptr;
  return &skn_sites[index];
}

Report::~Report() { flush(); }

void Report::flush() {
  base::write_all(2, buffer_, used_);
  used_ = 0;
}

Report& Report::text(std::string_view text) {
  for (char c : text) {
    if (used_ == sizeof(buffer_)) flush();
    buffer_[used_++] = c;
  }
  return *this;
}

Report& Report::number(uint64_t number) {
  char digits[20];
  size_t at = sizeof(digits);
  do {
    digits[--at] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  return text({digits + at, sizeof(digits) - at});
}

void Report::place(uint32_t site) {
  const abi::Site* found = find_site(site);
  if (found == nullptr) return;
  text("  --> ").text(found->file).text(":").number(found->line).text(":").number(found->column);
  text("\n");
}

void Report::passed(uint32_t site) {
  const abi::Site* found = find_site(site);
  if (found == nullptr) return;
  text("  in `").text(found->function).text("` at ").text(found->file).text(":");
  number(found->line).text(", awaiting\n");
}

// What is on a stack are return addresses: the call is just before them.
size_t Report::frames_at(void* address, SourceFrame* frames, size_t most) {
  return symbolizer_.find(reinterpret_cast<uintptr_t>(address) - 1, frames, most);
}

size_t Report::stack(void* const* addresses, uint32_t count) {
  constexpr size_t kMost = 8;
  size_t lines = 0;
  for (uint32_t i = 0; i < count; ++i) {
    SourceFrame frames[kMost];
    const size_t found = frames_at(addresses[i], frames, kMost);
    for (size_t k = 0; k < found; ++k) {
      const SourceFrame& frame = frames[k];
      if (frame.function == nullptr) continue;
      text("  in `").text(frame.function).text("`");
      if (frame.file != nullptr && frame.line != 0) {
        text(" at ").text(frame.file).text(":").number(frame.line);
      }
      text("\n");
      ++lines;
    }
  }
  return lines;
}

void Report::place_of(void* const* addresses, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    SourceFrame frame;
    if (frames_at(addresses[i], &frame, 1) == 0 || frame.file == nullptr) continue;
    text("  --> ").text(frame.file).text(":").number(frame.line).text("\n");
    return;
  }
}

}  // namespace skein::fault
