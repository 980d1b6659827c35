// See signals.h.
#include "runtime/fault/signals.h"

#include "runtime/base/platform.h"
#include "runtime/fault/panic.h"
#include "runtime/fault/report.h"
#include "runtime/sched/worker.h"

#include <signal.h>
#include <unwind.h>

namespace skein::fault {

constexpr uint32_t kMostShown = 24;

struct Addresses {
  void* list[kMostShown];
  uint32_t count;
};

static _Unwind_Reason_Code note_address(_Unwind_Context* context, void* memory) {
  Addresses* addresses = static_cast<Addresses*>(memory);
  if (addresses->count == kMostShown) return _URC_END_OF_STACK;
  int before = 0;
  void* address = reinterpret_cast<void*>(_Unwind_GetIPInfo(context, &before));
  // In the frame that faulted this is no return address, but the instruction itself.
  if (before != 0) address = static_cast<char*>(address) + 1;
  addresses->list[addresses->count++] = address;
  return _URC_NO_REASON;
}

static void report_exhaustion() {
  if (base::begin_ending()) {
    Addresses addresses;
    addresses.count = 0;
    _Unwind_Backtrace(note_address, &addresses);
    Report report;
    report.text("panic: stack exhausted\n");
    report.place_of(addresses.list, addresses.count);
    report.stack(addresses.list, addresses.count);
    if (addresses.count == kMostShown) report.text("  ...\n");
  }
  base::end_process_now(kPanicStatus);
}

static void on_fault(int signal, siginfo_t* info, void*) {
  const char* address = static_cast<const char*>(info->si_addr);
  const sched::Worker* worker = sched::skn_worker;
  if (worker != nullptr && address >= worker->stack.guard && address < worker->stack.low) {
    report_exhaustion();
  }
  // Not ours: the instruction faults again and the process ends as it would have.
  struct sigaction usual = {};
  usual.sa_handler = SIG_DFL;
  sigaction(signal, &usual, nullptr);
}

void report_stack_exhaustion() {
  struct sigaction action = {};
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaction(SIGSEGV, &action, nullptr);
  sigaction(SIGBUS, &action, nullptr);
}

void ignore_broken_pipes() { signal(SIGPIPE, SIG_IGN); }

}  // namespace skein::fault
