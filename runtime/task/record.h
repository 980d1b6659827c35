// The record a suspended frame waits with lies right behind the header of the frame: see abi::Frame.
#pragma once

#include "runtime/abi/layout.h"

namespace skein::task {

template <class Record>
inline Record* record_in(abi::Frame* frame) {
  return reinterpret_cast<Record*>(frame + 1);
}
inline abi::Frame* frame_around(void* record) { return static_cast<abi::Frame*>(record) - 1; }

// The frame that is made ready when a waiter is served.
inline abi::Frame* frame_of(abi::Waiter* waiter) {
  return waiter->is_arm ? static_cast<abi::SelectArm*>(waiter)->frame : frame_around(waiter);
}

}  // namespace skein::task
