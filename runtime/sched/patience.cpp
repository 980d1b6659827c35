// See patience.h.
#include "runtime/sched/patience.h"

namespace skein::sched {

bool StealPatience::wait_for(const Thief& thief) const {
  if (wait_ == 0) return true;
  const uint64_t start = base::cycles();
  while (base::cycles() - start < wait_) {
    for (int i = 0; i < 4; ++i) base::spin_pause();
    if (!thief.sees_work()) return false;
  }
  return true;
}

void StealPatience::learn(uint64_t cycles) {
  if (cycles < kShort) {
    wait_ = wait_ == 0 ? kMost / 4 : wait_ * 2;
    if (wait_ > kMost) wait_ = kMost;
  } else {
    wait_ = wait_ <= kMost / 4 ? 0 : wait_ / 2;
  }
}

// Is something that was there at the first look still there?
static bool still_waits(const ReadyGlance& before, const ReadyGlance& now) {
  if (now.queued() > 0) return static_cast<int32_t>(now.head - before.tail) < 0;
  return before.queued() == 0 && now.next == before.next && now.picks == before.picks;
}

bool ReadyPatience::wait_for(uint32_t victim, const ReadyGlance& glance) {
  Sighting& seen = seen_[victim % kSeen];
  const uint64_t now = base::cycles();
  if (seen.since == 0 || seen.victim != victim || !still_waits(seen.glance, glance)) {
    seen = {now, victim, glance};
    return false;
  }
  uint64_t wait = wait_;
  if (glance.queued() >= kMany && wait > kMostForMany) wait = kMostForMany;
  if (now - seen.since < wait) return false;
  seen.since = 0;
  return true;
}

void ReadyPatience::learn(uint64_t cycles) {
  if (cycles < kWorthwhile) {
    wait_ = wait_ * 2 > kMost ? kMost : wait_ * 2;
  } else {
    wait_ = wait_ / 2 < kLeast ? kLeast : wait_ / 2;
  }
}

uint32_t ReadyPatience::pauses() const {
  constexpr uint64_t kPauses = 25;
  const uint64_t factor = wait_ / (4 * base::kCyclesPerMicrosecond);
  if (factor <= 1) return kPauses;
  return static_cast<uint32_t>(kPauses * (factor > 16 ? 16 : factor));
}

void SearchPatience::learn(bool found) {
  pauses_ = found ? pauses_ * 2 : pauses_ / 2;
  if (pauses_ > kMost) pauses_ = kMost;
  if (pauses_ < kLeast) pauses_ = kLeast;
}

}  // namespace skein::sched
