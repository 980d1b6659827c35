// Waiting in a loop for another thread that is nearly done.
#pragma once

#include "runtime/base/atomic.h"
#include "runtime/base/platform.h"

namespace skein::base {

class Backoff {
 public:
  // Once each round. The other thread may have lost its core: it gets ours now and then.
  void pause() {
    if (++rounds_ % 64 == 0) {
      yield_thread();
    } else {
      spin_pause();
    }
  }

 private:
  int rounds_ = 0;
};

}  // namespace skein::base
