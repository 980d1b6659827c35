// Sleeping and waking: see park.h.
#include "runtime/base/park.h"

#include "runtime/base/platform.h"

namespace skein::base {

void EventCount::sleep(uint32_t prepared, int64_t nanoseconds) {
  futex_wait(epoch_.address(), prepared, nanoseconds);
}

void EventCount::wake(int count) {
  epoch_.fetch_add(1, Order::Release);
  futex_wake(epoch_.address(), count);
}

}  // namespace skein::base
