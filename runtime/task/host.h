// What the end of a task needs of the worker it ends on: memory, and a way to make others ready.
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/task/frame_pool.h"

namespace skein::task {

struct Host {
  // Makes a frame ready, behind all others.
  using Wake = void (*)(Host& host, abi::Frame* frame);

  constexpr explicit Host(Wake wake_last) : wake(wake_last) {}

  FramePool frames;
  FramePool nodes{Blocks::Nodes};
  const Wake wake;
};

}  // namespace skein::task
