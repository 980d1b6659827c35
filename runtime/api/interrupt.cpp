// See interrupt.h.
//
// A handler may interrupt a worker anywhere, so it takes no lock: it writes down the request, which
// `cancelled()` and the next operation that can wait see, and sends a worker to take back what `main`
// waits for now.
#include "runtime/api/interrupt.h"

#include "runtime/base/platform.h"
#include "runtime/task/node.h"
#include "runtime/task/scope.h"
#include "runtime/wait/dropped_task.h"

#include <cerrno>
#include <csignal>

namespace skein::api {

constexpr int kSignalStatus = 128;   // and the number of the signal

static constinit abi::Node* root = nullptr;
static constinit sched::Scheduler* workers = nullptr;
static constinit base::Atomic<int32_t> received;

// The root may have ended before those that are waited for after it.
static void end_waits() {
  task::cancel_children(wait::program_scope(), sched::current().host);
  abi::Frame* woken = task::end_cancelled_wait(root);
  if (woken != nullptr) sched::current().make_ready_last(woken);
}

static void on_interrupt(int signal) {
  int32_t none = 0;
  if (!received.compare_exchange(none, signal, base::Order::AcqRel)) {
    base::end_process_now(kSignalStatus + signal);
  }
  const int error = errno;
  task::request_cancel(root, task::kCancelTask);
  workers->send(end_waits);
  errno = error;
}

static void listen_to(int signal) {
  struct sigaction action = {};
  if (sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) return;
  action = {};
  action.sa_handler = on_interrupt;
  action.sa_flags = SA_RESTART | SA_ONSTACK;
  sigaction(signal, &action, nullptr);
}

void cancel_on_interrupt(abi::Node* node, sched::Scheduler& scheduler) {
  root = node;
  workers = &scheduler;
  listen_to(SIGINT);
  listen_to(SIGTERM);
}

int interrupt_status() { return kSignalStatus + received.load(base::Order::Relaxed); }

}  // namespace skein::api
