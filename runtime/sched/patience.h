// When to steal: knobs and feedback.
//
// Stealing tiny work costs both sides more than it gives: cache lines go to and fro, and the thief
// is soon robbed in turn. So a thief learns from what its last stolen work was worth.
//
//   Continuations: if the last one was back within a microsecond, the next must have lain in the
//   deque for a while, as a sign that the child before it is not tiny. A single microsecond of this
//   is worth 35 % on tasks of 100 ns, and costs as much on tasks of 1 µs, hence the feedback.
//
//   Ready frames: only what was queued at a first look and still is some time later is taken. The
//   time starts at 2 µs, doubles (to 3 ms) when the work taken lasted less than 10 µs, and is halved
//   otherwise. Without it two tasks that talk over a channel are torn apart: a round trip of 32 ns
//   becomes 1500.
//
//   Searching: while others run something, a worker looks many times before it gives up. Where nobody runs, it
//   pauses only so often, and half as often each time it finds nothing: else each worker of a program that
//   waits would spin from one timer to the next. 100,000 tasks that sleep for up to a second took a second of
//   processor time, nearly all of it there, and take a tenth.
//
// The knobs were fitted on two cores.
#pragma once

#include "runtime/base/platform.h"
#include "runtime/sched/deque.h"
#include "runtime/sched/ready_queue.h"

namespace skein::sched {

// What a worker is about to run.
enum class Stolen { Nothing, Continuation, Ready };

class StealPatience {
 public:
  // True: the entry the thief sees has lain long enough.
  bool wait_for(const Thief& thief) const;

  // The last stolen continuation kept this worker busy for so many cycles.
  void learn(uint64_t cycles);

 private:
  static constexpr uint64_t kShort = base::kCyclesPerMicrosecond;
  static constexpr uint64_t kMost = 2 * base::kCyclesPerMicrosecond;
  uint64_t wait_ = 0;  // cycles
};

class ReadyPatience {
 public:
  // True: something has been waiting in this queue, of that victim, for long enough.
  bool wait_for(uint32_t victim, const ReadyGlance& glance);

  void learn(uint64_t cycles);

  // Pauses between two looks; long waits are not sampled more often, since every look takes a line
  // out of the victim's cache.
  uint32_t pauses() const;

 private:
  static constexpr uint64_t kLeast = 2 * base::kCyclesPerMicrosecond;
  static constexpr uint64_t kMost = 3000 * base::kCyclesPerMicrosecond;
  static constexpr uint64_t kMostForMany = 10 * base::kCyclesPerMicrosecond;
  static constexpr uint64_t kWorthwhile = 10 * base::kCyclesPerMicrosecond;
  static constexpr uint32_t kMany = 32;
  static constexpr uint32_t kSeen = 16;

  struct Sighting {
    uint64_t since = 0;  // 0 = none
    uint32_t victim = 0;
    ReadyGlance glance = {};
  };

  uint64_t wait_ = kLeast;
  // Victims share an entry when there are more workers than entries: then they are looked at anew.
  Sighting seen_[kSeen];
};

class SearchPatience {
 public:
  // Pauses between the looks of one search that found nobody running.
  uint32_t pauses() const { return pauses_; }

  void learn(bool found);

 private:
  static constexpr uint32_t kMost = 3000;
  static constexpr uint32_t kLeast = 50;

  uint32_t pauses_ = kMost;
};

}  // namespace skein::sched
