// Writing on standard error when the program is about to end: no allocation, no locks.
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/fault/symbolize.h"

#include <cstdint>
#include <string_view>

namespace skein::fault {

// Null for no place.
const abi::Site* site_at(uint32_t index);
// How many places the compiler has made; names of tasks that are computed have the numbers behind.
uint32_t site_count();

class Report {
 public:
  Report() = default;
  // Appends to the str in a place instead of writing.
  explicit Report(abi::Buffer** text) : text_(text) {}
  ~Report();
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;

  Report& text(std::string_view text);
  Report& number(uint64_t number);

  // "  --> file:line:column"; nothing for site 0.
  void place(uint32_t site);

  // "file:line", or "an unknown place".
  Report& where(uint32_t site);
  // "task `name`, spawned at file:line", of the `spawn` at this place.
  Report& task(uint32_t site);
  // Whether the place is in the standard library.
  static bool is_in_library(uint32_t site);
  // The name that the `spawn` at this place gives its task; null for none.
  static const char* task_name(uint32_t site);

  // "  in `function` at file:line" for every frame that has debug information; a line that repeats
  // is counted instead.
  void stack(void* const* addresses, uint32_t count);

  // "  in `function` at file:line, awaiting" for a place a panic passed.
  void passed(uint32_t site);

  // The innermost frame with debug information, as a place.
  void place_of(void* const* addresses, uint32_t count);

 private:
  void flush();
  void line(const SourceFrame& frame, uint32_t times);
  size_t frames_at(void* address, SourceFrame* frames, size_t most);

  abi::Buffer** text_ = nullptr;
  Symbolizer symbolizer_;
  char buffer_[1024];
  size_t used_ = 0;
};

}  // namespace skein::fault
