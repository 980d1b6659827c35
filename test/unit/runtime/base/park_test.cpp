// A sleeper is woken, and a wake that comes before the sleep is not lost.
#include "runtime/base/park.h"
#include "runtime/base/platform.h"

#include <gtest/gtest.h>
#include <thread>

namespace skein::base {

TEST(EventCount, WakeBetweenPrepareAndSleepIsNotLost) {
  EventCount event;
  const uint32_t prepared = event.prepare();
  event.wake(1);
  event.sleep(prepared, -1);
}

TEST(EventCount, SleepEndsAfterItsTime) {
  EventCount event;
  const int64_t start = now();
  event.sleep(event.prepare(), 3'000'000);
  EXPECT_GE(now() - start, 2'900'000);
}

TEST(EventCount, EveryWakeEndsARoundOfSleep) {
  EventCount event;
  Atomic<uint32_t> turn;
  std::thread other([&] {
    for (uint32_t i = 0; i < 2000; i += 2) {
      while (turn.load(Order::Acquire) != i + 1) {
        const uint32_t prepared = event.prepare();
        if (turn.load(Order::Acquire) != i + 1) event.sleep(prepared, -1);
      }
      turn.store(i + 2, Order::Release);
      event.wake(1);
    }
  });
  for (uint32_t i = 0; i < 2000; i += 2) {
    turn.store(i + 1, Order::Release);
    event.wake(1);
    while (turn.load(Order::Acquire) != i + 2) {
      const uint32_t prepared = event.prepare();
      if (turn.load(Order::Acquire) != i + 2) event.sleep(prepared, -1);
    }
  }
  other.join();
}


TEST(Platform, StackIsUsableDownToItsGuard) {
  const Stack stack = need_stack();
  const auto touch = [](void* memory) { *static_cast<volatile char*>(memory) = 1; };
  call_on_stack(stack, touch, stack.low);
  call_on_stack(stack, touch, stack.top - 4096);
  release_stack(stack);
}

}  // namespace skein::base
