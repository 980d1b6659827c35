// Channels, selects, locks and timers under load: what is sent is received once, in the order of each
// sender, also where tasks are cancelled, and what a lock protects is not lost. One line for each program
// of tasks, which does not depend on the number of workers.
//
// usage: waiting [SCALE]
#include "runtime/api/program.h"
#include "test/stress/waiting.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <vector>

using namespace skein;
using namespace skein::stress;

static int64_t scale = 1;

// The sum of what the tasks give.
static Ramp<int64_t> sum_of(std::vector<Task<int64_t>>* tasks) {
  int64_t sum = 0;
  for (Task<int64_t> task : *tasks) sum += co_await join(task);
  co_return sum;
}

// --- Many senders, many receivers ----------------------------------------------------------------

static Ramp<int64_t> produce(void* channel, int64_t sender, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    int64_t value = sender << 32 | i;
    if (co_await send(channel, value) != Result::Done) co_return -1;
  }
  co_return 0;
}

// Gives how many values came, or -1 if those of one sender came out of order.
static Ramp<int64_t> consume(void* channel, int64_t senders) {
  std::vector<int64_t> last(static_cast<size_t>(senders), -1);
  int64_t count = 0;
  while (true) {
    int64_t value = 0;
    if (co_await receive(channel, value) != Result::Done) co_return count;
    int64_t& before = last[static_cast<size_t>(value >> 32)];
    const int64_t number = value & 0xFFFFFFFF;
    if (number <= before) co_return -1;
    before = number;
    ++count;
  }
}

static Ramp<int64_t> many_to_many(int64_t capacity, int64_t senders, int64_t receivers, int64_t each) {
  void* channel = api::skn_chan_new(capacity, sizeof(int64_t), nullptr);
  std::vector<Task<int64_t>> producing, consuming;
  for (int64_t i = 0; i < receivers; ++i) {
    consuming.push_back(co_await spawn([=] { return consume(channel, senders); }));
  }
  for (int64_t i = 0; i < senders; ++i) {
    producing.push_back(co_await spawn([=] { return produce(channel, i, each); }));
  }
  const int64_t refused = co_await call(sum_of(&producing));
  api::skn_chan_close(channel);
  const int64_t received = co_await call(sum_of(&consuming));
  api::skn_chan_free(channel);
  co_return refused == 0 ? received : -1;
}

// --- Selects that send and receive ---------------------------------------------------------------

struct Exchange {
  void* there;
  void* back;
  std::atomic<int64_t> sent{0};
  std::atomic<int64_t> received{0};
};

// Sends on one channel and receives from the other, whichever can happen, until both are closed.
static Ramp<int64_t> exchange(Exchange* shared, bool turned, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    int64_t out = i + 1;
    int64_t in = 0;
    Selecting<2> selecting({sending(turned ? shared->back : shared->there, out),
                            receiving(turned ? shared->there : shared->back, in)});
    while (co_await selecting == abi::kSelectBlocked && !selecting.is_cancelled()) {
    }
    if (selecting.result() != Result::Done) co_return i;
    if (selecting.chosen == 0) {
      shared->sent.fetch_add(out, std::memory_order_relaxed);
    } else {
      shared->received.fetch_add(in, std::memory_order_relaxed);
    }
  }
  co_return count;
}

// What is still in the channels when all have gone counts as received.
static Ramp<int64_t> exchanges(int64_t capacity, int64_t pairs, int64_t each, bool cancels) {
  Exchange shared;
  shared.there = api::skn_chan_new(capacity, sizeof(int64_t), nullptr);
  shared.back = api::skn_chan_new(capacity, sizeof(int64_t), nullptr);
  Exchange* at = &shared;
  std::vector<Task<int64_t>> tasks;
  for (int64_t i = 0; i < pairs * 2; ++i) {
    const bool turned = i % 2 == 1;
    tasks.push_back(co_await spawn([=] { return exchange(at, turned, each); }));
  }
  for (size_t i = 0; cancels && i < tasks.size(); i += 3) {
    api::skn_task_cancel(tasks[i].future);
    co_await yield();
  }
  if (!cancels) co_await Nap(2'000'000);
  api::skn_chan_close(shared.there);
  api::skn_chan_close(shared.back);
  co_await call(sum_of(&tasks));
  for (void* channel : {shared.there, shared.back}) {
    int64_t left = 0;
    while (api::skn_chan_receive_now(channel, &left) == 0) shared.received.fetch_add(left);
    api::skn_chan_free(channel);
  }
  co_return shared.sent.load() == shared.received.load() ? 1 : -1;
}

// --- Receivers and senders that are cancelled while they wait ------------------------------------

static Ramp<int64_t> take_all(void* channel, std::atomic<int64_t>* taken) {
  while (true) {
    int64_t value = 0;
    if (co_await receive(channel, value) != Result::Done) co_return 0;
    taken->fetch_add(value, std::memory_order_relaxed);
  }
}

static Ramp<int64_t> give_all(void* channel, std::atomic<int64_t>* given, int64_t count) {
  for (int64_t i = 1; i <= count; ++i) {
    int64_t value = i;
    if (co_await send(channel, value) != Result::Done) co_return 0;
    given->fetch_add(i, std::memory_order_relaxed);
  }
  co_return 0;
}

static Ramp<int64_t> cancelled_transfers(int64_t rounds) {
  int64_t right = 0;
  for (int64_t round = 0; round < rounds; ++round) {
    void* channel = api::skn_chan_new(round % 3, sizeof(int64_t), nullptr);
    std::atomic<int64_t> given{0}, taken{0};
    std::atomic<int64_t>*given_at = &given, *taken_at = &taken;
    std::vector<Task<int64_t>> tasks;
    for (int i = 0; i < 4; ++i) {
      tasks.push_back(co_await spawn([=] { return take_all(channel, taken_at); }));
      tasks.push_back(co_await spawn([=] { return give_all(channel, given_at, 20); }));
    }
    for (size_t i = 0; i < tasks.size(); ++i) {
      api::skn_task_cancel(tasks[(i * 5 + static_cast<size_t>(round)) % tasks.size()].future);
      if (round % 2 == 0) co_await yield();
    }
    co_await call(sum_of(&tasks));
    int64_t left = 0;
    while (api::skn_chan_receive_now(channel, &left) == 0) taken.fetch_add(left);
    api::skn_chan_free(channel);
    right += given.load() == taken.load() ? 1 : 0;
  }
  co_return right;
}

// --- Locks ---------------------------------------------------------------------------------------

struct Guarded {
  void* cell;
  int64_t value = 0;
  int64_t twice = 0;
};

static Ramp<int64_t> change(Guarded* guarded, int64_t count, int64_t id) {
  int64_t torn = 0;
  for (int64_t i = 0; i < count; ++i) {
    const bool reads = (i + id) % 4 == 0;
    Locking locking = lock(guarded->cell, reads);
    while (!co_await locking) {
    }
    if (locking.is_cancelled()) co_return torn;
    if (guarded->twice != guarded->value * 2) ++torn;
    if (!reads) {
      guarded->value++;
      // A lock may be held across a wait.
      if (i % 64 == 0) co_await yield();
      guarded->twice += 2;
    }
    api::skn_lock_release(guarded->cell, reads, false);
    if (i % 16 == 0) co_await yield();
  }
  co_return torn;
}

static Ramp<int64_t> locks(int64_t tasks, int64_t each, bool cancels) {
  Guarded guarded;
  guarded.cell = api::skn_cell_new(8);
  Guarded* at = &guarded;
  std::vector<Task<int64_t>> changing;
  for (int64_t i = 0; i < tasks; ++i) {
    changing.push_back(co_await spawn([=] { return change(at, each, i); }));
  }
  for (size_t i = 0; cancels && i < changing.size(); i += 2) {
    api::skn_task_cancel(changing[i].future);
    co_await yield();
  }
  const int64_t torn = co_await call(sum_of(&changing));
  const bool is_free = api::skn_lock_try(guarded.cell) == int32_t(abi::kLockTaken);
  const int64_t value = guarded.value;
  api::skn_lock_release(guarded.cell, false, false);
  api::skn_cell_free(guarded.cell);
  if (torn != 0 || !is_free || guarded.twice != value * 2) co_return -1;
  co_return cancels ? 1 : value;
}

// --- Timers --------------------------------------------------------------------------------------

static Ramp<int64_t> naps(int64_t count, int64_t id) {
  for (int64_t i = 0; i < count; ++i) {
    if (co_await Nap(((i * 7 + id) % 4) * 500'000)) co_return i;
  }
  co_return count;
}

// Half of them are cancelled while they sleep, and some waits end by a deadline.
static Ramp<int64_t> timers(int64_t tasks) {
  std::vector<Task<int64_t>> sleeping;
  for (int64_t i = 0; i < tasks; ++i) {
    sleeping.push_back(co_await spawn([=] { return naps(i % 2 == 0 ? 4 : 1'000'000, i); }));
  }
  void* channel = api::skn_chan_new(0, sizeof(int64_t), nullptr);
  int64_t late = 0;
  for (int64_t i = 0; i < 8; ++i) {
    abi::Scope scope = {};
    api::skn_within_enter(&scope, (i % 3) * 500'000);
    int64_t value = 0;
    const Result result = co_await receive(channel, value);
    late += api::skn_within_leave(&scope, true) && result == Result::Cancelled ? 1 : 0;
  }
  api::skn_chan_free(channel);
  for (size_t i = 1; i < sleeping.size(); i += 2) api::skn_task_cancel(sleeping[i].future);
  int64_t whole = 0;
  for (size_t i = 0; i < sleeping.size(); ++i) {
    const int64_t slept = co_await join(sleeping[i]);
    if (i % 2 == 0) whole += slept;
  }
  co_return whole + late;
}

static void show(const char* name, int64_t result) {
  printf("%s %lld\n", name, static_cast<long long>(result));
  fflush(stdout);
}

static Ramp<int64_t> run() {
  show("buffered", co_await call(many_to_many(4, 4, 4, 2000 * scale)));
  show("rendezvous", co_await call(many_to_many(0, 4, 4, 1000 * scale)));
  show("unbounded", co_await call(many_to_many(-1, 4, 2, 2000 * scale)));
  int64_t right = 0;
  for (int64_t i = 0; i < 20 * scale; ++i) right += co_await call(exchanges(i % 3, 3, 50, i % 2 == 0));
  show("exchanges", right);
  show("cancelled transfers", co_await call(cancelled_transfers(100 * scale)));
  show("locks", co_await call(locks(8, 2000 * scale, false)));
  right = 0;
  for (int64_t i = 0; i < 20 * scale; ++i) right += co_await call(locks(8, 200, true));
  show("cancelled locks", right);
  show("timers", co_await call(timers(100 * scale)));
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
