// Drives the runtime hard and checks the sums. One line for each program of tasks: its name and
// result, which do not depend on the number of workers.
//
// usage: tasks [SCALE]      SCALE 1 is quick, 100 is for the night
#include "runtime/api/program.h"
#include "test/stress/cancellation.h"
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
    if (id % 21 == 0) co_await Nap(1'000'000);
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

// --- Trees that end only because they are cancelled ----------------------------------------------

static std::atomic<int64_t> begun;
static std::atomic<int64_t> ended;
static std::atomic<int64_t> overslept;
constexpr int64_t kLong = int64_t(3600) * 1'000'000'000;

static Ramp<int64_t> sleeper() {
  begun.fetch_add(1, std::memory_order_relaxed);
  if (!co_await Nap(kLong)) overslept.fetch_add(1, std::memory_order_relaxed);
  ended.fetch_add(1, std::memory_order_relaxed);
  co_return 0;
}

// Ends a task in a variable, as unwinding does.
static Ramp<int64_t> drop(Task<int64_t> task) {
  api::skn_task_cancel(task.future);
  const int32_t before = api::skn_shield_enter(true);
  const int64_t value = co_await join(task);
  api::skn_shield_exit(before);
  co_return value;
}

static Ramp<int64_t> stuck(int64_t depth, uint64_t seed);

static Ramp<int64_t> stuck_scope(int64_t depth, uint64_t seed) {
  abi::Scope scope = {};
  api::skn_scope_enter(&scope);
  for (uint64_t i = 0; i < 3; ++i) {
    give_up(scope, co_await spawn([=] { return stuck(depth - 1, seed / 4 + i); }));
  }
  if (co_await ScopeEnd{&scope}) {
    api::skn_scope_cancel(&scope);
    const int32_t before = api::skn_shield_enter(true);
    co_await ScopeEnd{&scope};
    api::skn_shield_exit(before);
  }
  (void)api::skn_scope_leave(&scope, 0);
  co_return 0;
}

static Ramp<int64_t> stuck_within(int64_t depth, uint64_t seed) {
  abi::Scope scope = {};
  api::skn_within_enter(&scope, 1'000'000);
  co_await call(stuck(depth - 1, seed / 4));
  (void)api::skn_within_leave(&scope, true);
  co_return 0;
}

static Ramp<int64_t> stuck(int64_t depth, uint64_t seed) {
  begun.fetch_add(1, std::memory_order_relaxed);
  if (depth == 0) {
    co_await call(sleeper());
  } else if (seed % 3 == 0) {
    co_await call(stuck_scope(depth, seed));
  } else if (seed % 3 == 1) {
    Task<int64_t> inner = co_await spawn([=] { return stuck(depth - 1, seed / 4); });
    if (co_await watch(inner)) {
      co_await call(drop(inner));
    } else {
      co_await join(inner);
    }
  } else {
    co_await call(stuck_within(depth, seed));
    co_await call(sleeper());
  }
  ended.fetch_add(1, std::memory_order_relaxed);
  co_return 0;
}

// Each tree is cancelled by its handle, from a task of its own, or by a deadline, at some moment.
static Ramp<int64_t> one_tree(uint64_t seed) {
  if (seed % 2 == 0) {
    Task<int64_t> tree = co_await spawn([=] { return stuck(3, seed / 2); });
    for (uint64_t i = 0; i < seed % 5; ++i) co_await yield();
    if (seed % 7 == 0) co_await Nap(1'000'000);
    co_await call(drop(tree));
    co_return 1;
  }
  abi::Scope scope = {};
  api::skn_within_enter(&scope, static_cast<int64_t>(seed % 3) * 1'000'000);
  co_await call(stuck(3, seed / 2));
  co_return api::skn_within_leave(&scope, true) ? 1 : 0;
}

static Ramp<int64_t> cancelled_trees(int64_t rounds) {
  int64_t right = 0;
  uint64_t random = 88172645463325252;
  for (int64_t round = 0; round < rounds; ++round) {
    std::vector<Task<int64_t>> trees;
    for (int i = 0; i < 16; ++i) {
      random ^= random << 13;
      random ^= random >> 7;
      random ^= random << 17;
      const uint64_t seed = random >> 20;
      trees.push_back(co_await spawn([=] { return one_tree(seed); }));
    }
    for (Task<int64_t> tree : trees) right += co_await join(tree);
  }
  const bool all_ended = begun.load() == ended.load() && overslept.load() == 0;
  co_return all_ended ? right : -1;
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
  show("cancelled trees", co_await call(cancelled_trees(20 * scale)));
  show("contested cancels", co_await call(contested_cancels(20 * scale)));
  show("tokens", co_await call(tokens(20 * scale)));
  show("failing scopes", co_await call(failing_scopes(20 * scale)));
  show("cancelled receivers", co_await call(cancelled_receivers(20 * scale)));
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
