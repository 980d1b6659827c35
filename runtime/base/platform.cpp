// Linux behind platform.h.
#include "runtime/base/platform.h"

#include "runtime/base/atomic.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace skein::base {

static int64_t read_clock(clockid_t clock) {
  timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

int64_t now() { return read_clock(CLOCK_MONOTONIC); }

// The kernel writes it down at each tick, of which there are a hundred in a second or more.
int64_t recently() { return read_clock(CLOCK_MONOTONIC_COARSE); }

bool read_file(const char* path, char* text, size_t size) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  ssize_t got = read(fd, text, size - 1);
  close(fd);
  if (got < 0) return false;
  text[got] = 0;
  return true;
}

int64_t environment_number(const char* name) {
  const char* text = getenv(name);
  if (text == nullptr) return 0;
  char* rest = nullptr;
  long number = strtol(text, &rest, 10);
  return rest == text || *rest != 0 || number < 0 ? 0 : number;
}

bool environment_is(const char* name, const char* value) {
  const char* text = getenv(name);
  return text != nullptr && strcmp(text, value) == 0;
}

uint64_t random_seed() {
  uint64_t seed = static_cast<uint64_t>(environment_number("SKEIN_SEED"));
  if (seed != 0) return seed;
  if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed)) {
    seed = cycles() ^ static_cast<uint64_t>(getpid()) << 32;
  }
  return seed;
}

void yield_thread() { sched_yield(); }

void futex_wait(const uint32_t* word, uint32_t value, int64_t nanoseconds) {
  timespec limit = {};
  limit.tv_sec = nanoseconds / 1'000'000'000;
  limit.tv_nsec = nanoseconds % 1'000'000'000;
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, nanoseconds < 0 ? nullptr : &limit, nullptr,
          0);
}

void futex_wake(const uint32_t* word, int count) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
}

void* try_reserve_pages(size_t size) {
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

void* reserve_pages(size_t size) {
  void* memory = try_reserve_pages(size);
  if (memory == nullptr) fatal("out of memory");
  return memory;
}

void* reserve_huge_page() {
  char* memory = static_cast<char*>(reserve_pages(2 * kHugePage));
  const size_t before = (kHugePage - reinterpret_cast<uintptr_t>(memory) % kHugePage) % kHugePage;
  if (before > 0) munmap(memory, before);
  munmap(memory + before + kHugePage, kHugePage - before);
  madvise(memory + before, kHugePage, MADV_HUGEPAGE);
  return memory + before;
}

void release_pages(void* memory, size_t size) { munmap(memory, size); }

void give_back_pages(void* memory, size_t size) { madvise(memory, size, MADV_DONTNEED); }

constexpr size_t kLeastStack = size_t(1) << 22;

// A limit on address space is shared by many stacks, and the heap: plain recursion is then less deep.
static size_t shares = 64;

static size_t most_address_space() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return SIZE_MAX;
  return limit.rlim_cur;
}

bool has_address_limit() { return most_address_space() != SIZE_MAX; }

// What the allocator reserves for a thread that allocates, until there are so many that others share.
constexpr size_t kArena = size_t(64) << 20;

void expect_stacks(size_t count) {
  if (2 * count > shares) shares = 2 * count;
  const size_t arenas = most_address_space() / 8 / kArena;
  if (arenas < count) mallopt(M_ARENA_MAX, arenas < 1 ? 1 : static_cast<int>(arenas));
}

static size_t share_of_address_space() {
  const size_t share = most_address_space() / shares & ~(kGuardSize - 1);
  return share < kLeastStack ? kLeastStack : share;
}

// Whose stack it is reserves memory for frames and for tasks too; a quarter of the space is for everything else.
size_t most_stacks() {
  const size_t share = share_of_address_space();
  if (share >= kStackSize) return SIZE_MAX;
  return most_address_space() / 4 * 3 / (share + kGuardSize + 2 * kPoolArena);
}

bool reserve_stack(Stack& stack, size_t most) {
  const size_t share = share_of_address_space();
  if (share < most) most = share;
  if (most < kLeastStack) most = kLeastStack;
  // What is left of it may be less still.
  for (size_t size = most; size >= kLeastStack; size /= 4) {
    size_t whole = kSignalStackSize + kGuardSize + size;
    void* memory = mmap(nullptr, whole, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (memory == MAP_FAILED) continue;
    // Huge pages would back, and clear, two megabytes at the first touch.
    madvise(memory, whole, MADV_NOHUGEPAGE);
    stack.mapping = static_cast<char*>(memory);
    stack.mapping_size = whole;
    stack.signal_stack = stack.mapping;
    stack.guard = stack.mapping + kSignalStackSize;
    stack.low = stack.guard + kGuardSize;
    stack.top = stack.low + size;
    mprotect(stack.guard, kGuardSize, PROT_NONE);
    return true;
  }
  return false;
}

Stack need_stack(size_t most) {
  Stack stack = {};
  if (!reserve_stack(stack, most)) fatal("no room for a stack");
  return stack;
}

Stack stack_from_here() {
  Stack stack = {};
  stack.top = static_cast<char*>(__builtin_frame_address(0));
  return stack;
}

void release_stack(const Stack& stack) { munmap(stack.mapping, stack.mapping_size); }

void use_signal_stack(const Stack& stack) {
  stack_t signal_stack = {};
  signal_stack.ss_sp = stack.signal_stack;
  signal_stack.ss_size = kSignalStackSize;
  sigaltstack(&signal_stack, nullptr);
}

struct ThreadStart {
  Stack stack;
  void (*body)(void*);
  void* argument;
};

static void* run_thread(void* memory) {
  ThreadStart start = *static_cast<ThreadStart*>(memory);
  free(memory);
  use_signal_stack(start.stack);
  start.body(start.argument);
  return nullptr;
}

bool start_thread(const Stack& stack, void (*body)(void*), void* argument, Thread& thread) {
  ThreadStart* start = static_cast<ThreadStart*>(malloc(sizeof(ThreadStart)));
  if (start == nullptr) return false;
  *start = {stack, body, argument};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstack(&attributes, stack.low, static_cast<size_t>(stack.top - stack.low));
  const bool starts = pthread_create(&thread.handle, &attributes, run_thread, start) == 0;
  pthread_attr_destroy(&attributes);
  if (!starts) free(start);
  return starts;
}

void join_thread(Thread thread) { pthread_join(thread.handle, nullptr); }

void name_thread(const char* kind, uint32_t number) {
  char name[16];   // the system takes no more
  snprintf(name, sizeof(name), "%s %u", kind, number);
  pthread_setname_np(pthread_self(), name);
}

int own_processor_clock() {
  clockid_t clock = CLOCK_THREAD_CPUTIME_ID;
  pthread_getcpuclockid(pthread_self(), &clock);
  return clock;
}

int64_t processor_time(int clock) {
  timespec time = {};
  clock_gettime(clock, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

int own_thread() { return static_cast<int>(syscall(SYS_gettid)); }

// The state is the letter behind the name in parentheses, which may have any character in it.
bool is_runnable(int thread) {
  char path[64];
  char text[512];
  snprintf(path, sizeof(path), "/proc/self/task/%d/stat", thread);
  if (!read_file(path, text, sizeof(text))) return true;
  const char* name_end = strrchr(text, ')');
  return name_end == nullptr || name_end[1] != ' ' || name_end[2] == 'R';
}

// rdi = top of the new stack, rsi = body, rdx = argument. The frame pointer keeps the old stack,
// and the table for unwinders says so.
__attribute__((naked, noinline)) static void switch_stack(void*, void (*)(void*), void*) {
  __asm__(
      "pushq %rbp\n"
      ".cfi_def_cfa_offset 16\n"
      ".cfi_offset %rbp, -16\n"
      "movq %rsp, %rbp\n"
      ".cfi_def_cfa_register %rbp\n"
      "movq %rdi, %rsp\n"
      "movq %rdx, %rdi\n"
      "callq *%rsi\n"
      "movq %rbp, %rsp\n"
      "popq %rbp\n"
      ".cfi_def_cfa %rsp, 8\n"
      "retq\n");
}

void call_on_stack(const Stack& stack, void (*body)(void*), void* argument) {
  switch_stack(stack.top, body, argument);
}

bool enable_process_fence() {
  return syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
}

void process_fence() { syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0); }

int write_all(int fd, const char* data, size_t size) {
  while (size > 0) {
    ssize_t wrote = write(fd, data, size);
    if (wrote >= 0) {
      data += wrote;
      size -= static_cast<size_t>(wrote);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return errno;
    // Somebody made the descriptor non-blocking: wait a little rather than lose the line.
    timespec moment = {0, 1'000'000};
    nanosleep(&moment, nullptr);
  }
  return 0;
}

bool begin_ending() {
  static constinit Atomic<int32_t> ending;
  const int32_t self = gettid();
  int32_t first = 0;
  if (ending.compare_exchange(first, self, Order::AcqRel)) return true;
  while (first != self) pause();
  return false;
}

void end_process(int status) {
  static constinit Atomic<uint32_t> ended;
  if (ended.exchange(1, Order::AcqRel) == 0) exit(status);
  while (true) pause();
}

void end_process_now(int status) { _exit(status); }

void warn(const char* what) {
  char line[256];
  const int size = snprintf(line, sizeof(line), "skein runtime: %s\n", what);
  write_all(2, line, static_cast<size_t>(size));
}

void fatal(const char* what) {
  warn(what);
  _exit(70);
}

}  // namespace skein::base
