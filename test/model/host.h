// Frames, as models have them: a post that is raised when the frame is made ready.
#pragma once

#include "runtime/sched/worker.h"
#include "test/model/simulator.h"

#include <new>

namespace skein::model {

struct ModelFrame : abi::Frame {
  abi::Waiter waiter = {};  // its record
  Signal ready;
};

inline void make_ready(abi::Frame* frame) {
  if (frame != nullptr) static_cast<ModelFrame*>(frame)->ready.raise();
}

}  // namespace skein::model
