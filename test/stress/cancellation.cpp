// See cancellation.h.
#include "test/stress/cancellation.h"

#include "test/stress/waiting.h"

#include <atomic>
#include <vector>

namespace skein::stress {

constexpr int64_t kLong = int64_t(3600) * 1'000'000'000;

static uint64_t next_random(uint64_t& state) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state >> 20;
}

static Ramp<int64_t> give_way(uint64_t times) {
  for (uint64_t i = 0; i < times; ++i) co_await yield();
  co_return 0;
}

// --- Many who cancel -----------------------------------------------------------------------------

static Ramp<int64_t> sleeper() { co_return co_await Nap(kLong) ? 1 : 0; }

// A task whose handle others use until this one takes it.
static Ramp<int64_t> canceller(Future* future, uint64_t delay, std::atomic<int64_t>* done) {
  co_await call(give_way(delay));
  api::skn_task_cancel(future);
  done->fetch_add(1);
  co_return 0;
}

static Ramp<int64_t> one_contest(uint64_t seed) {
  std::atomic<int64_t> done{0};
  abi::Scope deadline = {};
  api::skn_within_enter(&deadline, static_cast<int64_t>(seed % 3) * 100'000);
  Task<int64_t> task = co_await spawn([] { return sleeper(); });
  Future* future = task.future;
  std::vector<Task<int64_t>> cancellers;
  for (uint64_t i = 0; i < 3; ++i) {
    cancellers.push_back(co_await spawn([=, &done] { return canceller(future, (seed >> i) % 4, &done); }));
  }
  const int32_t before = api::skn_shield_enter(true);
  for (Task<int64_t> each : cancellers) co_await join(each);
  const int64_t cut_short = co_await join(task);
  api::skn_shield_exit(before);
  (void)api::skn_within_leave(&deadline, true);
  co_return done.load() == 3 ? cut_short : -1000;
}

Ramp<int64_t> contested_cancels(int64_t rounds) {
  uint64_t random = 88172645463325252;
  int64_t cut_short = 0;
  for (int64_t round = 0; round < rounds; ++round) {
    std::vector<Task<int64_t>> contests;
    for (int i = 0; i < 16; ++i) {
      const uint64_t seed = next_random(random);
      contests.push_back(co_await spawn([=] { return one_contest(seed); }));
    }
    for (Task<int64_t> contest : contests) cut_short += co_await join(contest);
  }
  co_return cut_short;
}

// --- Tokens --------------------------------------------------------------------------------------

static Ramp<int64_t> one_block(void* token, uint64_t delay, uint64_t rest) {
  co_await call(give_way(delay));
  abi::Scope block = {};
  api::skn_within_token_enter(&block, token);
  bool was_cut_short = true;
  // Some leave by themselves while the token is being cancelled.
  if (rest > 0) {
    co_await call(give_way(rest));
  } else {
    was_cut_short = co_await Nap(kLong);
  }
  (void)api::skn_within_leave(&block, rest == 0);
  co_return was_cut_short ? 1 : -1000;
}

static Ramp<int64_t> cancel_token(void* token, uint64_t delay) {
  co_await call(give_way(delay));
  api::skn_chan_close(token);
  co_return 0;
}

static Ramp<int64_t> one_token(uint64_t seed) {
  void* token = api::skn_chan_new(0, 0, nullptr);
  std::vector<Task<int64_t>> blocks;
  for (uint64_t i = 0; i < 8; ++i) {
    const uint64_t delay = (seed >> i) % 4;
    const uint64_t rest = (seed >> (2 * i)) % 3;
    blocks.push_back(co_await spawn([=] { return one_block(token, delay, rest); }));
  }
  Task<int64_t> canceller = co_await spawn([=] { return cancel_token(token, seed % 5); });
  int64_t ended = 0;
  for (Task<int64_t> block : blocks) ended += co_await join(block);
  co_await join(canceller);
  api::skn_chan_free(token);
  co_return ended;
}

Ramp<int64_t> tokens(int64_t rounds) {
  uint64_t random = 1181783497276652981;
  int64_t ended = 0;
  for (int64_t round = 0; round < rounds; ++round) {
    std::vector<Task<int64_t>> all;
    for (int i = 0; i < 8; ++i) {
      const uint64_t seed = next_random(random);
      all.push_back(co_await spawn([=] { return one_token(seed); }));
    }
    for (Task<int64_t> each : all) ended += co_await join(each);
  }
  co_return ended;
}

// --- Panics --------------------------------------------------------------------------------------

// What compiled code does where a task that was given up panics: the scope keeps the panic.
static Ramp<int64_t> fails(abi::Scope* scope, uint64_t delay) {
  co_await call(give_way(delay));
  static char words[] = "broken";
  api::skn_scope_note_panic(scope, api::skn_panic_text(words, 6, 0));
  co_return 0;
}

static Ramp<int64_t> one_failing_scope(uint64_t seed) {
  abi::Scope scope = {};
  api::skn_scope_enter(&scope);
  for (uint64_t i = 0; i < 6; ++i) {
    const uint64_t delay = (seed >> i) % 4;
    if (i % 2 == 0) {
      give_up(scope, co_await spawn([=, &scope] { return fails(&scope, delay); }));
    } else {
      give_up(scope, co_await spawn([] { return sleeper(); }));
    }
  }
  if (co_await ScopeEnd{&scope}) {
    api::skn_scope_cancel(&scope);
    const int32_t before = api::skn_shield_enter(true);
    co_await ScopeEnd{&scope};
    api::skn_shield_exit(before);
  }
  (void)api::skn_scope_leave(&scope, 0);
  void* first = api::skn_scope_panic(&scope);
  int64_t panics = first != nullptr ? 1 : 0;
  for (void* other = api::skn_panic_attached(first); other != nullptr; other = api::skn_panic_next(other)) {
    ++panics;
  }
  api::skn_panic_free(first);
  co_return panics;
}

Ramp<int64_t> failing_scopes(int64_t rounds) {
  uint64_t random = 2862933555777941757;
  int64_t panics = 0;
  for (int64_t round = 0; round < rounds; ++round) {
    std::vector<Task<int64_t>> all;
    for (int i = 0; i < 8; ++i) {
      const uint64_t seed = next_random(random);
      all.push_back(co_await spawn([=] { return one_failing_scope(seed); }));
    }
    for (Task<int64_t> each : all) panics += co_await join(each);
  }
  co_return panics;
}

// --- Values --------------------------------------------------------------------------------------

static Ramp<int64_t> receiver(void* channel) {
  int64_t value = 0;
  co_return co_await receive(channel, value) == Result::Cancelled ? 0 : value;
}

static Ramp<int64_t> sender(void* channel, int64_t values) {
  for (int64_t i = 0; i < values; ++i) {
    int64_t one = 1;
    (void)api::skn_chan_send_now(channel, &one);
    co_await yield();
  }
  co_return 0;
}

static Ramp<int64_t> one_channel(uint64_t seed) {
  constexpr int64_t kValues = 6;
  void* channel = api::skn_chan_new(-1, sizeof(int64_t), nullptr);
  std::vector<Task<int64_t>> receivers;
  for (int i = 0; i < 8; ++i) receivers.push_back(co_await spawn([=] { return receiver(channel); }));
  Task<int64_t> sends = co_await spawn([=] { return sender(channel, kValues); });
  co_await call(give_way(seed % 6));
  for (const Task<int64_t>& task : receivers) api::skn_task_cancel(task.future);
  int64_t values = 0;
  for (Task<int64_t> task : receivers) values += co_await join(task);
  co_await join(sends);
  values += api::skn_chan_length(channel);
  api::skn_chan_free(channel);
  co_return values;
}

Ramp<int64_t> cancelled_receivers(int64_t rounds) {
  uint64_t random = 3202034522624059733;
  int64_t values = 0;
  for (int64_t round = 0; round < rounds; ++round) {
    std::vector<Task<int64_t>> all;
    for (int i = 0; i < 8; ++i) {
      const uint64_t seed = next_random(random);
      all.push_back(co_await spawn([=] { return one_channel(seed); }));
    }
    for (Task<int64_t> each : all) values += co_await join(each);
  }
  co_return values;
}

}  // namespace skein::stress
