// See ticker.h.
#include "runtime/wait/ticker.h"

#include "runtime/base/platform.h"
#include "runtime/base/spin_lock.h"
#include "runtime/sched/worker.h"
#include "runtime/task/reasons.h"
#include "runtime/wait/channel.h"

#include <cstdlib>
#include <new>

namespace skein::wait {

struct Ticker {
  sched::Alarm alarm;
  Channel* channel;    // owned, by a count
  int64_t period;      // 0: a single tick
  int64_t due;
  base::SpinLock lock;
  // Guarded by `lock`.
  bool is_stopped;     // the channel is closed: no more ticks
  bool is_over;        // there will be no more ticks: the channel frees it
};

static void set_timer(Ticker* ticker, int64_t now) {
  const uint32_t worker = sched::set_timer(&ticker->alarm.timer, now, ticker->due - now);
  ticker->alarm.wait.detail = static_cast<uint16_t>(worker);
}

static void free_ticker(Ticker* ticker) {
  Channel* channel = ticker->channel;
  free(ticker);
  Channel::release(channel);
}

// Ticks whose time has passed by now are one with this.
static void advance(Ticker* ticker, int64_t now) {
  ticker->due += ticker->period;
  if (ticker->due <= now) ticker->due += (now - ticker->due) / ticker->period * ticker->period;
  if (ticker->due <= now) ticker->due += ticker->period;
}

// The timer is due; called by whoever turned the wheel.
static void tick(sched::Alarm* alarm) {
  Ticker* ticker = reinterpret_cast<Ticker*>(alarm);
  const int64_t now = base::now();
  Frame* woken = nullptr;
  (void)ticker->channel->send(&now, woken);
  if (woken != nullptr) sched::current().make_ready_last(woken);
  bool is_stopped = false;
  {
    base::SpinGuard guard(ticker->lock);
    is_stopped = ticker->is_stopped;
    if (!is_stopped && ticker->period == 0) {
      ticker->is_over = true;
    } else if (!is_stopped) {
      advance(ticker, now);
      set_timer(ticker, now);
    }
  }
  if (is_stopped) free_ticker(ticker);
}

void start_ticker(Channel* channel, int64_t nanoseconds, bool once) {
  void* memory = aligned_alloc(abi::kAlignment, (sizeof(Ticker) + 15) / 16 * 16);
  if (memory == nullptr) base::fatal("out of memory");
  Ticker* ticker = new (memory) Ticker{};
  channel->retain();
  ticker->alarm.act = tick;
  ticker->alarm.wait.reason = static_cast<uint8_t>(task::WaitReason::Tick);
  ticker->channel = channel;
  const int64_t now = base::now();
  const int64_t wait = nanoseconds < 0 ? 0 : nanoseconds;
  ticker->period = once ? 0 : (nanoseconds < 1 ? 1 : nanoseconds);
  ticker->due = wait < INT64_MAX - now ? now + wait : INT64_MAX;
  channel->set_ticker(ticker);
  base::SpinGuard guard(ticker->lock);
  set_timer(ticker, now);
}

void stop_ticker(Ticker* ticker) {
  bool is_last = false;
  {
    base::SpinGuard guard(ticker->lock);
    ticker->is_stopped = true;
    is_last = ticker->is_over || sched::withdraw_timer(&ticker->alarm.timer, ticker->alarm.wait.detail);
  }
  if (is_last) free_ticker(ticker);
}

}  // namespace skein::wait
