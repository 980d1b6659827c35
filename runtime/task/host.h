// What the end of a task needs of the worker it ends on: memory, and a way to make others ready.
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/memory/frame_pool.h"

namespace skein::task {

struct Host {
  // Makes a frame ready, behind all others.
  using Wake = void (*)(Host& host, abi::Frame* frame);

  constexpr explicit Host(Wake wake_last) : wake(wake_last) {}

  memory::FramePool frames;
  memory::FramePool nodes{memory::Blocks::Nodes};
  const Wake wake;
};

}  // namespace skein::task
