// See program.h.
#include "runtime/api/program.h"

#include "runtime/api/interrupt.h"
#include "runtime/api/watching.h"
#include "runtime/base/platform.h"
#include "runtime/fault/cycles.h"
#include "runtime/fault/dump.h"
#include "runtime/fault/panic.h"
#include "runtime/fault/report.h"
#include "runtime/fault/signals.h"
#include "runtime/fault/waiting_task.h"
#include "runtime/sched/scheduler.h"
#include "runtime/task/scope.h"
#include "runtime/task/state.h"
#include "runtime/task/task.h"
#include "runtime/value/hash.h"
#include "runtime/value/str.h"
#include "runtime/wait/dropped_task.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <sys/uio.h>
#include <unistd.h>

namespace skein::api {

static constinit sched::Scheduler scheduler(0);
static int argument_count = 0;
static char** arguments = nullptr;

// --- The root task -------------------------------------------------------------------------------

static constinit abi::Frame* root = nullptr;
static constinit abi::Node root_node = {};

[[noreturn]] static void end_with_outcome(uint64_t state, int64_t status) {
  if (task::is_panic(state)) fault::end_by_panic(task::panic_of(state));
  if (state == abi::kCancelled) base::end_process(interrupt_status());
  base::end_process(static_cast<int>(status));
}

// What came of it. Its end is that of the program, but for tasks that were dropped where nothing waits.
static uint64_t root_state = 0;
static int64_t root_status = 0;

static void all_ended(void*) {
  abi::Panic* late = task::take_panic(wait::program_scope());
  if (late != nullptr) {
    if (!task::is_panic(root_state)) fault::end_by_panic(late);
    task::attach_panic(task::panic_of(root_state), late);
  }
  end_with_outcome(root_state, root_status);
}
// Stand in for frames that await the root, and the tasks after it: whichever worker ends the last resumes
// these.
static constinit abi::Frame root_waiter = {};
static constinit abi::Frame end_waiter = {};

static void end_root(uint64_t state, int64_t status) {
  root_state = state;
  root_status = status;
  abi::Scope* others = wait::program_scope();
  if (state != abi::kValue) task::cancel_children(others, sched::current().host);
  end_waiter.resume = reinterpret_cast<void*>(all_ended);
  if (!task::wait_for_children(others, &end_waiter)) all_ended(nullptr);
}

static void root_finished(void*) {
  int64_t status;
  memcpy(&status, task::result_of(root), sizeof(status));
  end_root(task::StateWord(root->state).load(), status);
}

static void run_root(void* memory) {
  ProgramRamp (*const ramp)() = *static_cast<ProgramRamp (**)()>(memory);
  sched::skn_node = &root_node;
  sched::current().begin_activity();
  const ProgramRamp result = ramp();
  const uint64_t handle = reinterpret_cast<uint64_t>(result.handle);
  if (handle == 0) {
    end_root(abi::kValue, result.status);
  } else if (handle == abi::kCancelled) {
    end_root(abi::kCancelled, 1);
  } else if ((handle & abi::kOutcome) != 0) {
    // An outcome's tag is part of a state's: 9 is cancelled in both, and a payload is a panic.
    end_root(handle | abi::kPanicked, 1);
  } else {
    root = static_cast<abi::Frame*>(result.handle);
    root_waiter.resume = reinterpret_cast<void*>(root_finished);
    if (!task::StateWord(root->state).wait(&root_waiter)) root_finished(nullptr);
  }
  sched::current().run();
}

void run_program(ProgramRamp (*ramp)(), int count, char** values) {
  argument_count = count;
  arguments = values;
  fault::ignore_broken_pipes();
  fault::set_root(&root_node);
  fault::dump_on_quit();
  cancel_on_interrupt(&root_node, scheduler);
  scheduler.on_deadlock(fault::end_by_deadlock);
  scheduler.look_with(fault::look_for_cycles);
  watch_program(scheduler);
  value::make_hash_secret();
  if (base::kSanitized) {
    scheduler.start(base::stack_from_here());
    run_root(&ramp);
  } else {
    // How many workers are wanted stands in files, which most programs need not read before they spawn.
    if (base::has_address_limit()) base::expect_stacks(scheduler.wanted());
    const base::Stack stack = base::need_stack();
    base::use_signal_stack(stack);
    fault::report_stack_exhaustion();
    scheduler.start(stack);
    base::call_on_stack(stack, run_root, &ramp);
  }
  base::end_process(1);
}

// --- Arguments and output ------------------------------------------------------------------------

abi::Buffer* program_arguments() {
  constexpr int64_t kElement = sizeof(abi::Buffer*);
  abi::Buffer* array = value::new_buffer(kElement, argument_count);
  for (int i = 1; i < argument_count; ++i) {
    abi::Buffer* str = value::new_str_repaired(arguments[i]);
    memcpy(value::data_of(array) + array->length * kElement, &str, sizeof(str));
    array->length++;
  }
  return array;
}

constexpr int kBrokenPipeStatus = 128 + SIGPIPE;

void print_line(std::string_view text, bool newline, int fd) {
  char end = '\n';
  iovec parts[2] = {{const_cast<char*>(text.data()), text.size()}, {&end, newline ? 1u : 0u}};
  const size_t whole = text.size() + (newline ? 1 : 0);
  const ssize_t wrote = writev(fd, parts, 2);
  if (wrote == static_cast<ssize_t>(whole)) return;
  // The rest, piece by piece.
  const size_t done = wrote < 0 ? 0 : static_cast<size_t>(wrote);
  int error = wrote < 0 && errno != EINTR && errno != EAGAIN ? errno : 0;
  if (error == 0 && done < text.size()) {
    error = base::write_all(fd, text.data() + done, text.size() - done);
  }
  if (error == 0 && newline) error = base::write_all(fd, &end, 1);
  if (error == 0 || error == EBADF || fd != STDOUT_FILENO) return;
  if (error == EPIPE) base::end_process(kBrokenPipeStatus);
  if (base::begin_ending()) {
    fault::Report report;
    report.text("error: cannot write to standard output: ").text(strerror(error)).text("\n");
  }
  base::end_process(1);
}

}  // namespace skein::api
