#include "compiler/driver/crash.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "compiler/support/check.h"

namespace skein::driver {

// The sanitizers report faults themselves, and better.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SKEIN_SANITIZED 1
#endif
#endif

#ifdef SKEIN_SANITIZED

void report_faults() {}

#else

static const char* fault_name(int signal) {
  switch (signal) {
    case SIGSEGV: return "invalid memory access, or recursion too deep";
    case SIGBUS: return "memory that cannot be read";
    case SIGFPE: return "arithmetic fault";
    case SIGILL: return "invalid instruction";
    case SIGABRT: return "aborted";
    default: return "unexpected signal";
  }
}

static void on_fault(int signal) { SKEIN_UNREACHABLE(fault_name(signal)); }

void report_faults() {
  // A stack of its own: the usual one may be what ran out.
  static constexpr size_t kSize = 64 * 1024;
  stack_t stack = {};
  stack.ss_sp = malloc(kSize);
  stack.ss_size = kSize;
  if (stack.ss_sp) sigaltstack(&stack, nullptr);
  struct sigaction action = {};
  action.sa_handler = on_fault;
  action.sa_flags = SA_ONSTACK | SA_RESETHAND;
  for (int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) sigaction(signal, &action, nullptr);
}

#endif

struct Call {
  int (*work)(void*);
  void* argument;
  int result;
};

static void* run_call(void* memory) {
  Call* call = static_cast<Call*>(memory);
  report_faults();
  call->result = call->work(call->argument);
  return nullptr;
}

int run_with_large_stack(int (*work)(void*), void* argument) {
  // Only reserved: what is not touched costs nothing. The parser's limit on nesting is what bounds
  // the recursion; this is what that limit may count on, also under the sanitizers.
  constexpr size_t kStack = size_t{512} << 20;
  Call call = {work, argument, 70};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_t thread;
  bool started = pthread_attr_setstacksize(&attributes, kStack) == 0 &&
                 pthread_create(&thread, &attributes, run_call, &call) == 0;
  pthread_attr_destroy(&attributes);
  if (started) {
    pthread_join(thread, nullptr);
  } else {
    run_call(&call);  // little address space: the usual stack has to do
  }
  return call.result;
}

}  // namespace skein::driver
