// Sleeping and waking: see park.h.
#include "runtime/base/park.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace skein::base {

void EventCount::sleep(uint32_t prepared, int64_t nanoseconds) {
  timespec limit = {};
  limit.tv_sec = nanoseconds / 1'000'000'000;
  limit.tv_nsec = nanoseconds % 1'000'000'000;
  syscall(SYS_futex, epoch_.address(), FUTEX_WAIT_PRIVATE, prepared,
          nanoseconds < 0 ? nullptr : &limit, nullptr, 0);
}

void EventCount::wake(int count) {
  epoch_.fetch_add(1, Order::AcqRel);
  syscall(SYS_futex, epoch_.address(), FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
}

}  // namespace skein::base
