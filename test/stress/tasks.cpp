// Drives the runtime hard and checks the sums. One line for each program of tasks: its name and
// result, which do not depend on the number of workers.
//
// usage: tasks [SCALE]      SCALE 1 is quick, 100 is for the night
#include "runtime/api/program.h"
#include "test/stress/coroutine.h"

#include <atomic>
#include <cstdio>
#include <vector>

using namespace skein;
using namespace skein::stress;

static int64_t scale = 1;

// --- A tree of fork and join, some of whose leaves give way --------------------------------------

static Ramp<int64_t> leaf(int64_t id) {
  if (id % 3 == 0) co_await yield();
  if (id % 7 == 0) {
    abi::Sleep nap = {1'000'000, {}};
    if (id % 21 == 0) co_await stress::sleep(nap);
  }
  co_return id % 1000;
}

static Ramp<int64_t> tree(int64_t depth, int64_t id) {
  if (depth == 0) co_return co_await call(leaf(id));
  Task<int64_t> left = co_await spawn([=] { return tree(depth - 1, id * 2); });
  const int64_t right = co_await call(tree(depth - 1, id * 2 + 1));
  if (id % 5 == 0) co_await yield();
  co_return co_await join(left) + right;
}

// --- Many tasks held at once, awaited in order ---------------------------------------------------

static Ramp<int64_t> hold(int64_t count) {
  std::vector<Task<int64_t>> tasks;
  tasks.reserve(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) tasks.push_back(co_await spawn([i] { return leaf(i); }));
  int64_t sum = 0;
  for (Task<int64_t> task : tasks) sum += co_await join(task);
  co_return sum;
}

// --- A scope whose tasks nobody awaits -----------------------------------------------------------

static std::atomic<int64_t> counted;

static Ramp<int64_t> count_up(int64_t id) {
  if (id % 2 == 0) co_await yield();
  counted.fetch_add(1, std::memory_order_relaxed);
  co_return 0;
}

static Ramp<int64_t> scopes(int64_t rounds, int64_t children) {
  for (int64_t round = 0; round < rounds; ++round) {
    abi::Scope scope = {};
    for (int64_t i = 0; i < children; ++i) {
      give_up(scope, co_await spawn([i] { return count_up(i); }));
    }
    co_await end_of(scope);
    // Everybody is done: seen without further waiting.
    if (counted.load(std::memory_order_relaxed) != (round + 1) * children) co_return -1;
  }
  co_return counted.load(std::memory_order_relaxed);
}

// --- Recursion deeper than the stack -------------------------------------------------------------

static Ramp<int64_t> deep(int64_t depth) {
  co_await StackCheck();
  if (depth == 0) co_return 0;
  Task<int64_t> inner = co_await spawn([=] { return deep(depth - 1); });
  co_return 1 + co_await join(inner);
}

// --- Yields that fill the ready queue and the global queue ---------------------------------------

static Ramp<int64_t> turns(int64_t count) {
  for (int64_t i = 0; i < count; ++i) co_await yield();
  co_return count;
}

static Ramp<int64_t> crowd(int64_t count) {
  std::vector<Task<int64_t>> tasks;
  tasks.reserve(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) tasks.push_back(co_await spawn([] { return turns(5); }));
  int64_t sum = 0;
  for (Task<int64_t> task : tasks) sum += co_await join(task);
  co_return sum;
}

static void show(const char* name, int64_t result) {
  printf("%s %lld\n", name, static_cast<long long>(result));
  fflush(stdout);
}

static Ramp<int64_t> run() {
  show("tree", co_await call(tree(12, 1)));
  show("hold", co_await call(hold(20'000 * scale)));
  show("scopes", co_await call(scopes(20 * scale, 500)));
  show("deep", co_await call(deep(20'000 * scale)));
  show("crowd", co_await call(crowd(5'000 * scale)));
  co_return 0;
}

static api::ProgramRamp program() {
  const Ramp<int64_t> ramp = run();
  return {ramp.handle, ramp.value};
}

int main(int count, char** values) {
  if (count > 1) scale = atoll(values[1]);
  api::run_program(program, count, values);
}
