// Records random histories of channels, selects and locks under the whole runtime, and checks that each
// can be explained by one order of its operations.
//
// usage: linearize [HISTORIES [SEED]]
#include "runtime/api/program.h"
#include "test/stress/linearizability.h"
#include "test/stress/waiting.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>

using namespace skein;
using namespace skein::stress;

constexpr int kTasks = 4;
constexpr int kSteps = 4;
constexpr int kChannels = 2;
constexpr int kGroups = 8;  // histories that are made at the same time

static int64_t histories = 1000;
static uint64_t seed = 1;
static std::atomic<uint64_t> moments{1};
static std::atomic<int64_t> wrong;
static std::atomic<int64_t> overlapping;

static uint64_t moment() { return moments.fetch_add(1); }

static uint64_t random_of(uint64_t& state) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state >> 11;
}

// What the tasks of one history share.
struct History {
  void* channels[kChannels];
  int64_t capacities[kChannels];
  void* cell;
  int64_t in_cell = 0;  // guarded by the lock of `cell`
  std::vector<Operation> operations[kTasks + 1];  // one list a task
};

// --- The steps of a task -------------------------------------------------------------------------

static Ramp<int64_t> transfer(History* history, int task, bool sends, uint8_t channel, int64_t value) {
  Operation operation = {sends ? Kind::Send : Kind::Receive, channel, false, value, moment(), 0};
  const Result result = sends ? co_await send(history->channels[channel], value)
                              : co_await receive(history->channels[channel], value);
  operation.end = moment();
  operation.is_closed = result == Result::Closed;
  operation.value = value;
  if (result != Result::Cancelled) history->operations[task].push_back(operation);
  co_return 0;
}

static Ramp<int64_t> select_two(History* history, int task, uint64_t choice, int64_t value) {
  int64_t values[2] = {value, value};
  const bool sends[2] = {(choice & 1) != 0, (choice & 2) != 0};
  ArmOf arms[2] = {};
  for (int i = 0; i < 2; ++i) {
    arms[i] = sends[i] ? sending(history->channels[i], values[i])
                       : receiving(history->channels[i], values[i]);
  }
  Selecting<2> selecting({arms[0], arms[1]});
  const uint64_t begin = moment();
  while (co_await selecting == abi::kSelectBlocked && !selecting.is_cancelled()) {
  }
  const Result result = selecting.result();
  if (result == Result::Cancelled) co_return 0;
  const int32_t arm = selecting.chosen;
  history->operations[task].push_back({sends[arm] ? Kind::Send : Kind::Receive,
                                       static_cast<uint8_t>(arm), result == Result::Closed,
                                       values[arm], begin, moment()});
  co_return 0;
}

static Ramp<int64_t> use_cell(History* history, int task, bool reads) {
  Operation operation = {reads ? Kind::Read : Kind::Add, 0, false, 0, moment(), 0};
  Locking locking = lock(history->cell, reads);
  while (!co_await locking) {
  }
  if (locking.is_cancelled()) co_return 0;
  operation.value = history->in_cell;
  if (!reads) history->in_cell = operation.value + 1;
  api::skn_lock_release(history->cell, reads, false);
  operation.end = moment();
  history->operations[task].push_back(operation);
  co_return 0;
}

static Ramp<int64_t> act(History* history, int task, uint64_t random) {
  for (int step = 0; step < kSteps; ++step) {
    const uint64_t choice = random_of(random);
    const int64_t value = (task * kSteps + step) + 1;
    const uint8_t channel = choice >> 8 & 1;
    switch (choice % 6) {
      case 0:
      case 1:
        co_await call(transfer(history, task, choice % 6 == 0, channel, value));
        break;
      case 2:
      case 3:
        co_await call(select_two(history, task, choice >> 4, value));
        break;
      default:
        co_await call(use_cell(history, task, choice % 6 == 4));
    }
    if ((choice >> 16 & 3) == 0) co_await yield();
  }
  co_return 0;
}

// --- One history ---------------------------------------------------------------------------------

static bool has_overlap(const std::vector<Operation>& operations) {
  for (const Operation& first : operations) {
    for (const Operation& second : operations) {
      if (&first != &second && first.begin < second.begin && second.begin < first.end) return true;
    }
  }
  return false;
}

static void show(const History& history, const std::vector<Operation>& operations) {
  static const char* const kKinds[] = {"send", "receive", "close", "add", "read"};
  printf("not linearizable, capacities %lld and %lld:\n",
         static_cast<long long>(history.capacities[0]), static_cast<long long>(history.capacities[1]));
  for (const Operation& each : operations) {
    printf("  %llu-%llu %s %d: %lld%s\n", static_cast<unsigned long long>(each.begin),
           static_cast<unsigned long long>(each.end), kKinds[int(each.kind)], each.object,
           static_cast<long long>(each.value), each.is_closed ? " closed" : "");
  }
}

static void judge(const History& history) {
  std::vector<Operation> all;
  for (const std::vector<Operation>& own : history.operations) {
    all.insert(all.end(), own.begin(), own.end());
  }
  if (has_overlap(all)) overlapping.fetch_add(1);
  Linearizability linearizability({history.capacities[0], history.capacities[1]});
  if (linearizability.explains(all, 1)) return;
  wrong.fetch_add(1);
  show(history, all);
}

// A task in the middle may be cancelled: what it was about then has no effect.
static Ramp<int64_t> one_history(uint64_t random) {
  History history;
  for (int i = 0; i < kChannels; ++i) {
    history.capacities[i] = static_cast<int64_t>(random_of(random) % 4) - 1;
    history.channels[i] = api::skn_chan_new(history.capacities[i], sizeof(int64_t), nullptr);
  }
  history.cell = api::skn_cell_new(8);
  for (auto& own : history.operations) own.reserve(kSteps + kChannels);
  std::vector<Task<int64_t>> tasks;
  History* shared = &history;
  for (int i = 0; i < kTasks; ++i) {
    const uint64_t own = random_of(random) | 1;
    tasks.push_back(co_await spawn([=] { return act(shared, i, own); }));
  }
  const uint64_t choice = random_of(random);
  for (uint64_t i = 0; i < choice % 4; ++i) co_await yield();
  if ((choice >> 4) % 4 == 0) api::skn_task_cancel(tasks[(choice >> 8) % kTasks].future);
  // Nobody waits for ever.
  for (uint8_t i = 0; i < kChannels; ++i) {
    const uint64_t begin = moment();
    api::skn_chan_close(history.channels[i]);
    history.operations[kTasks].push_back({Kind::Close, i, false, 0, begin, moment()});
  }
  for (Task<int64_t> task : tasks) co_await join(task);
  judge(history);
  for (void* channel : history.channels) api::skn_chan_free(channel);
  api::skn_cell_free(history.cell);
  co_return 0;
}

static Ramp<int64_t> group(int64_t count, uint64_t random) {
  for (int64_t i = 0; i < count; ++i) {
    co_await call(one_history(random_of(random) | 1));
    co_await yield();
  }
  co_return count;
}

// --- The checker itself --------------------------------------------------------------------------

static bool is_explained(int64_t capacity, const std::vector<Operation>& operations) {
  return Linearizability({capacity}).explains(operations, 1);
}

// It has to refuse what cannot have happened, and to accept what can.
static bool checker_is_right() {
  const Operation send1 = {Kind::Send, 0, false, 1, 1, 2};
  const Operation send2 = {Kind::Send, 0, false, 2, 3, 4};
  const auto receive = [](int64_t value, uint64_t begin, uint64_t end) {
    return Operation{Kind::Receive, 0, false, value, begin, end};
  };
  const Operation closes = {Kind::Close, 0, false, 0, 5, 6};
  const auto add = [](int64_t value, uint64_t begin, uint64_t end) {
    return Operation{Kind::Add, 0, false, value, begin, end};
  };
  return is_explained(2, {send1, send2, receive(1, 5, 6), receive(2, 7, 8)}) &&
         is_explained(0, {{Kind::Send, 0, false, 1, 1, 9}, receive(1, 2, 8)}) &&
         is_explained(2, {add(1, 1, 9), add(0, 2, 8)}) &&
         !is_explained(2, {send1, send2, receive(2, 5, 6), receive(1, 7, 8)}) &&   // out of order
         !is_explained(2, {send1, receive(1, 5, 6), receive(1, 7, 8)}) &&         // twice
         !is_explained(1, {send1, send2, receive(1, 5, 6)}) &&                    // no room
         !is_explained(0, {send1, receive(1, 5, 6)}) &&                           // nobody was there
         !is_explained(2, {receive(1, 1, 2), {Kind::Send, 0, false, 1, 3, 4}}) &&  // before it was sent
         !is_explained(2, {send1, closes, {Kind::Receive, 0, true, 0, 7, 8}}) &&  // a value was lost
         !is_explained(2, {add(0, 1, 2), add(0, 3, 4)});                          // an addition was lost
}

static Ramp<int64_t> run() {
  std::vector<Task<int64_t>> groups;
  uint64_t random = seed * 0x9E3779B97F4A7C15u | 1;
  for (int64_t i = 0; i < kGroups; ++i) {
    const int64_t count = (histories + i) / kGroups;
    const uint64_t own = random_of(random) | 1;
    groups.push_back(co_await spawn([=] { return group(count, own); }));
  }
  int64_t made = 0;
  for (Task<int64_t> each : groups) made += co_await join(each);
  if (wrong.load() == 0) printf("%lld histories are linearizable\n", static_cast<long long>(made));
  fprintf(stderr, "%lld of them with operations at the same time\n",
          static_cast<long long>(overlapping.load()));
  fflush(stdout);
  co_return 0;
}

static api::ProgramRamp program() {
  const Ramp<int64_t> ramp = run();
  return {ramp.handle, ramp.value};
}

int main(int count, char** values) {
  if (count > 1) histories = atoll(values[1]);
  if (count > 2) seed = static_cast<uint64_t>(atoll(values[2]));
  if (!checker_is_right()) {
    printf("the checker is wrong\n");
    return 1;
  }
  api::run_program(program, count, values);
}
