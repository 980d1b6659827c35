// What every C++ contender needs: arguments, a clock, the RESULT line.
#pragma once

#include <chrono>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace bench {

inline uint64_t argument(int argc, char** argv, int at) {
  if (at < argc) return std::strtoull(argv[at], nullptr, 10);
  std::fprintf(stderr, "%s: argument %d is missing\n", argv[0], at);
  std::exit(2);
}

inline uint64_t size(int argc, char** argv) { return argument(argc, argv, 1); }

inline unsigned workers() {
  const char* count = std::getenv("WORKERS");
  return count ? static_cast<unsigned>(std::strtoul(count, nullptr, 10)) : 1;
}

// Hides a value from the optimiser, so that work on constants is still done.
inline uint64_t unknown(uint64_t value) {
  asm volatile("" : "+r"(value)::"memory");
  return value;
}

// How many tasks fib(n) starts when each call above 1 starts one.
inline uint64_t fib_tasks(uint64_t n) {
  uint64_t before = 0, tasks = 0;
  for (uint64_t i = 2; i <= n; ++i) {
    uint64_t next = before + tasks + 1;
    before = tasks;
    tasks = next;
  }
  return tasks;
}

// Times `work`, and prints the line run.py reads with the value that `answer` gives.
template <class Work, class Answer>
int measure(uint64_t ops, Work work, Answer answer) {
  std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
  work();
  std::chrono::nanoseconds took = std::chrono::steady_clock::now() - begin;
  uint64_t check = answer();
  std::printf("RESULT ns=%" PRId64 " ops=%" PRIu64 " check=%" PRIu64 "\n",
              static_cast<int64_t>(took.count()), ops, check);
  return 0;
}

// The same for work that gives the value itself.
template <class Work>
int measure(uint64_t ops, Work work) {
  uint64_t check = 0;
  return measure(ops, [&] { check = unknown(work()); }, [&] { return check; });
}

}  // namespace bench
