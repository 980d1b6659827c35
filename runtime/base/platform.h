// What the runtime asks of the system: clocks, pages, stacks, threads, fences.
#pragma once

#include <cstddef>
#include <cstdint>

namespace skein::base {

// Nanoseconds of the monotonic clock.
int64_t now();
// What that was a moment ago, less than kRecent, for a fifth of what it takes to ask.
int64_t recently();
constexpr int64_t kRecent = 20'000'000;

// Counts up about once a nanosecond to three; a few nanoseconds to read, but not a time. Multiply a
// time by `cycles_per_microsecond` to compare.
inline uint64_t cycles() { return __builtin_ia32_rdtsc(); }
constexpr uint64_t kCyclesPerMicrosecond = 2500;

// The value of an environment variable as a positive number, or 0.
int64_t environment_number(const char* name);
bool environment_is(const char* name, const char* value);

// SKEIN_SEED if it is set to a number above 0, else chance.
uint64_t random_seed();

void yield_thread();

// Sleeps while the word has that value, until woken or for so many nanoseconds; negative = without
// limit. May return early.
void futex_wait(const uint32_t* word, uint32_t value, int64_t nanoseconds);
void futex_wake(const uint32_t* word, int count);

// Zeroed memory that costs nothing until it is touched; ends the process when there is none.
void* reserve_pages(size_t size);
// The same; null when there is none.
void* try_reserve_pages(size_t size);
void release_pages(void* memory, size_t size);
// So many bytes that the system backs at once, where it can; like reserve_pages else.
constexpr size_t kHugePage = size_t(2) << 20;
void* reserve_huge_page();
// What is in these whole pages is gone, and they cost nothing until they are touched again; then they are zero.
void give_back_pages(void* memory, size_t size);

// A stack for deep recursion: reserved, backed only where touched, with a guard region below and
// room for a signal stack below that.
struct Stack {
  char* mapping;
  size_t mapping_size;
  char* signal_stack;  // kSignalStackSize bytes
  char* guard;         // no access in [guard, low)
  char* low;
  char* top;
};
constexpr size_t kStackSize = size_t(1) << 30;
constexpr size_t kGuardSize = size_t(1) << 20;
constexpr size_t kSignalStackSize = size_t(64) << 10;
// What the pools of a worker reserve at a time, for its frames and for its tasks.
constexpr size_t kPoolArena = size_t(16) << 20;
// False: there is no room for one.
bool reserve_stack(Stack& stack, size_t most = kStackSize);
// The same where the program cannot go on without.
Stack need_stack(size_t most = kStackSize);
// How many there may be, with the pools of as many workers, so that room is left for the heap; and that so many are wanted, before the first.
size_t most_stacks();
void expect_stacks(size_t count);
// Whether the system limits how much may be reserved; without a limit there is room for any number of stacks.
bool has_address_limit();
void release_stack(const Stack& stack);

// Signals that ask for it are handled on the stack's signal stack, on the calling thread.
void use_signal_stack(const Stack& stack);

struct Thread {
  unsigned long handle;
};
// A thread that runs on `stack`, with its signal stack. False: the system refuses one.
bool start_thread(const Stack& stack, void (*body)(void*), void* argument, Thread& thread);
void join_thread(Thread thread);
// The calling thread's name, "KIND NUMBER", for debuggers, profilers and the system's tools.
void name_thread(const char* kind, uint32_t number);

// The clock of the processor time that the calling thread takes; any thread may read it, as nanoseconds.
int own_processor_clock();
int64_t processor_time(int clock);

// The number of the calling thread, and whether such a thread of this process runs or would if it had a
// core. True where the system does not say.
int own_thread();
bool is_runnable(int thread);

// Sanitizers know the stacks that the system made, and handle faults themselves.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SKEIN_SANITIZED 1
#endif
#endif
#ifdef SKEIN_SANITIZED
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

// The stack the calling thread is on, from here downwards, with a guard that is not known.
Stack stack_from_here();

// Runs `body(argument)` on another stack and comes back.
void call_on_stack(const Stack& stack, void (*body)(void*), void* argument);

// Makes every other running thread of this process pass a full fence, so that they need none of
// their own. Only after `enable_process_fence` said true.
bool enable_process_fence();
void process_fence();

// The beginning of a file, as a text that ends in 0. False: it cannot be read.
bool read_file(const char* path, char* text, size_t size);

// Writes all the bytes to a descriptor; gives 0 or errno.
int write_all(int fd, const char* data, size_t size);

// The program ends, for one reason: true for the first thread that says so. The others stay here until it
// has, or its report would be cut short. False where the first comes again, from a handler.
bool begin_ending();
// Ends the process with the clean-ups C libraries have asked for; the second thread to come here
// waits for the first.
[[noreturn]] void end_process(int status);
// Ends the process at once, from a signal handler for instance.
[[noreturn]] void end_process_now(int status);

// Says something about the program that is running, in one line on standard error.
void warn(const char* what);

// Something the runtime cannot go on from: says so and ends the process with status 70.
[[noreturn]] void fatal(const char* what);

}  // namespace skein::base
