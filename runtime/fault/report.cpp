// See report.h.
#include "runtime/fault/report.h"

#include "runtime/abi/layout.h"
#include "runtime/base/platform.h"
#include "runtime/task/names.h"
#include "runtime/value/str.h"

#include <cstring>

// The compiler's; unit tests of the runtime have none.
extern "C" {
extern const skein::abi::Site skn_sites[] __attribute__((weak));
extern const uint32_t skn_site_count __attribute__((weak));
}

namespace skein::fault {

uint32_t site_count() {
  const uint32_t* count = &skn_site_count;
  return count == nullptr ? 0 : *count;
}

const abi::Site* site_at(uint32_t index) {
  const uint32_t count = site_count();
  if (index == 0 || count == 0) return nullptr;
  return index < count ? &skn_sites[index] : task::named_site(index, count);
}

// Functions the compiler made up between those of the program.
static bool is_made_up(const char* function) { return strncmp(function, "skn.", 4) == 0; }

Report::~Report() { flush(); }

void Report::flush() {
  if (text_ != nullptr) {
    value::append(text_, {buffer_, used_});
  } else {
    base::write_all(2, buffer_, used_);
  }
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
  const abi::Site* found = site_at(site);
  if (found == nullptr) return;
  text("  --> ").text(found->file).text(":").number(found->line).text(":").number(found->column);
  text("\n");
}

Report& Report::where(uint32_t site) {
  const abi::Site* found = site_at(site);
  if (found == nullptr) return text("an unknown place");
  return text(found->file).text(":").number(found->line);
}

bool Report::is_in_library(uint32_t site) {
  const abi::Site* found = site_at(site);
  return found != nullptr && strstr(found->file, "/lib/skein/std/") != nullptr;
}

Report& Report::task(uint32_t site) {
  const char* name = task_name(site);
  if (name == nullptr) return text("task spawned at ").where(site);
  return text("task `").text(name).text("`, spawned at ").where(site);
}

const char* Report::task_name(uint32_t site) {
  const abi::Site* found = site_at(site);
  return found == nullptr ? nullptr : found->task;
}

void Report::passed(uint32_t site) {
  const abi::Site* found = site_at(site);
  if (found == nullptr || is_made_up(found->function)) return;
  text("  in `").text(found->function).text("` at ").text(found->file).text(":");
  number(found->line).text(", awaiting\n");
}

// What is on a stack are return addresses: the call is just before them.
size_t Report::frames_at(void* address, SourceFrame* frames, size_t most) {
  return symbolizer_.find(reinterpret_cast<uintptr_t>(address) - 1, frames, most);
}

void Report::line(const SourceFrame& frame, uint32_t times) {
  if (times == 0) return;
  text("  in `").text(frame.function).text("`");
  if (frame.file != nullptr && frame.line != 0) {
    text(" at ").text(frame.file).text(":").number(frame.line);
  }
  if (times > 1) text(" (").number(times).text(" times)");
  text("\n");
}

static bool same_line(const SourceFrame& a, const SourceFrame& b) {
  return a.function == b.function && a.file == b.file && a.line == b.line;
}

void Report::stack(void* const* addresses, uint32_t count) {
  constexpr size_t kMost = 8;
  SourceFrame last = {};
  uint32_t times = 0;
  for (uint32_t i = 0; i < count; ++i) {
    SourceFrame frames[kMost];
    const size_t found = frames_at(addresses[i], frames, kMost);
    for (size_t k = 0; k < found; ++k) {
      if (frames[k].function == nullptr || is_made_up(frames[k].function)) continue;
      if (times > 0 && same_line(last, frames[k])) {
        ++times;
        continue;
      }
      line(last, times);
      last = frames[k];
      times = 1;
    }
  }
  line(last, times);
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
