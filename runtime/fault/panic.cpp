// See panic.h.
#include "runtime/fault/panic.h"

#include "runtime/base/platform.h"
#include "runtime/fault/recent.h"
#include "runtime/fault/report.h"
#include "runtime/fault/waiting_task.h"
#include "runtime/sched/worker.h"
#include "runtime/task/scope.h"
#include "runtime/value/str.h"

#include <cstdlib>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <unwind.h>

namespace skein::abi {

// An await that a panic came out of.
struct LogicalFrame {
  LogicalFrame* earlier;
  uint32_t site;
};

}  // namespace skein::abi

namespace skein::fault {

static_assert(sizeof(_Unwind_Exception) == sizeof(Panic::unwind));

constexpr uint32_t kMostNative = sizeof(Panic::native) / sizeof(void*);

static _Unwind_Exception* unwind_of(Panic* panic) {
  return reinterpret_cast<_Unwind_Exception*>(panic->unwind);
}

// A C++ catch in foreign code that swallows our panic.
static void clean_up(_Unwind_Reason_Code, _Unwind_Exception* exception) {
  free_panic(reinterpret_cast<Panic*>(exception));
}

static void* allocate(size_t size) {
  void* memory = aligned_alloc(abi::kAlignment, size);
  if (memory == nullptr) base::fatal("out of memory");
  return memory;
}

static _Unwind_Reason_Code note_address(_Unwind_Context* context, void* memory) {
  Panic* panic = static_cast<Panic*>(memory);
  if (panic->native_count == kMostNative) return _URC_END_OF_STACK;
  panic->native[panic->native_count++] = reinterpret_cast<void*>(_Unwind_GetIP(context));
  return _URC_NO_REASON;
}

Panic* new_panic(abi::Buffer* message, uint32_t site) {
  Panic* panic = static_cast<Panic*>(allocate(sizeof(Panic)));
  memset(panic, 0, sizeof(Panic));
  unwind_of(panic)->exception_class = kExceptionClass;
  unwind_of(panic)->exception_cleanup = clean_up;
  panic->message = message;
  panic->site = site;
  if (sched::skn_node != nullptr) panic->task = task::spawned_at(sched::skn_node);
  _Unwind_Backtrace(note_address, panic);
  return panic;
}

Panic* new_panic(std::string_view message, uint32_t site) {
  return new_panic(value::new_str(message), site);
}

Panic* panic_with(int32_t site, const char* format, ...) {
  char text[160];
  va_list arguments;
  va_start(arguments, format);
  const int size = vsnprintf(text, sizeof(text), format, arguments);
  va_end(arguments);
  const size_t length = size < int(sizeof(text)) ? static_cast<size_t>(size) : sizeof(text) - 1;
  return new_panic(std::string_view(text, length), static_cast<uint32_t>(site));
}

void free_panic(Panic* panic) {
  while (panic != nullptr) {
    // Attached panics become part of the list still to be freed: no recursion.
    Panic* next = panic->next_attached;
    if (panic->attached != nullptr) {
      Panic* last = panic->attached;
      while (last->next_attached != nullptr) last = last->next_attached;
      last->next_attached = next;
      next = panic->attached;
    }
    while (abi::LogicalFrame* frame = panic->passed) {
      panic->passed = frame->earlier;
      free(frame);
    }
    value::release(panic->message);
    free(panic);
    panic = next;
  }
}

void add_passed(Panic* panic, uint32_t site) {
  abi::LogicalFrame* frame = static_cast<abi::LogicalFrame*>(allocate(sizeof(abi::LogicalFrame)));
  *frame = {panic->passed, site};
  panic->passed = frame;
}

void raise(Panic* panic) {
  // Comes back only when the whole stack has no landing pad.
  _Unwind_RaiseException(unwind_of(panic));
  end_by_panic(panic);
}

// --- Printing ------------------------------------------------------------------------------------

// The list is kept latest first.
static void print_passed(Report& report, const abi::LogicalFrame* frame) {
  constexpr uint32_t kMost = 64;
  uint32_t sites[kMost];
  uint32_t count = 0;
  uint32_t skipped = 0;
  for (; frame != nullptr; frame = frame->earlier) {
    if (count < kMost) {
      sites[count++] = frame->site;
    } else {
      ++skipped;
    }
  }
  if (skipped > 0) report.text("  ... ").number(skipped).text(" more awaits\n");
  while (count > 0) report.passed(sites[--count]);
}

static void print_trace(Report& report, const Panic* panic) {
  report.stack(panic->native, panic->native_count);
  if (panic->native_count == kMostNative) report.text("  ...\n");
  print_passed(report, panic->passed);
}

abi::Buffer* place_text(const Panic* panic) {
  abi::Buffer* text = value::empty();
  {
    Report report(&text);
    report.place(panic->site);
  }
  // "  --> file:line:column\n" without what is around it.
  std::string_view line = value::text_of(text);
  constexpr size_t kArrow = 6;
  if (line.size() <= kArrow) return text;
  abi::Buffer* place = value::new_str(value::slice(line, kArrow, line.size() - 1));
  value::release(text);
  return place;
}

abi::Buffer* trace_text(const Panic* panic) {
  abi::Buffer* text = value::empty();
  {
    Report report(&text);
    print_trace(report, panic);
  }
  return text;
}

static void print(Report& report, const char* title, const Panic* panic) {
  report.text(title).text(value::text_of(panic->message)).text("\n");
  report.place(panic->site);
  if (panic->task != 0) report.text("  in ").task(panic->task).text("\n");
  print_trace(report, panic);
}

// With those attached to it, and those attached to these. What is nested deeper than anybody reads
// is left out.
static void print_all(Report& report, const char* title, const Panic* panic, int depth) {
  constexpr int kMostDepth = 16;
  print(report, title, panic);
  if (depth == kMostDepth) return;
  for (const Panic* other = panic->attached; other != nullptr; other = other->next_attached) {
    print_all(report, "and while that was passed on, panic: ", other, depth + 1);
  }
}

void end_by_panic(const Panic* panic) {
  if (base::begin_ending()) {
    Report report;
    print_all(report, "panic: ", panic, 0);
    print_recent(report);
  }
  base::end_process(kPanicStatus);
}

}  // namespace skein::fault
