// The end of a task: where its result goes and who is woken.
//
// Each function gives back the frame that has to run next, or null, and the scheduler above decides
// where. Only what ends with a scope that failed is made ready from here.
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/task/host.h"

namespace skein::task {

inline char* result_of(abi::Frame* frame) {
  return reinterpret_cast<char*>(frame) + abi::kFrameResult;
}
inline char* result_of(abi::Future* future) {
  return reinterpret_cast<char*>(future) + abi::kFutureResult;
}

// Runs a suspended frame until it suspends again or ends. LLVM compiles resume functions with its
// fast calling convention, so this is the one right way to call them.
inline void resume(abi::Frame* frame) { __builtin_coro_resume(frame); }

// The body of `frame` has ended in a resume function, and its result and size are stored. The frame
// belongs to whoever listens from here on, or is freed.
[[nodiscard]] abi::Frame* finish_frame(abi::Frame* frame, uint64_t state, size_t result_size,
                                       Host& host);

// The result for `future` is stored; `size` is that of the future.
[[nodiscard]] abi::Frame* finish_future(abi::Future* future, uint64_t state, size_t size,
                                        Host& host);

// A spawned child has suspended: its result is to go to `future`, at once if it is done by now.
[[nodiscard]] abi::Frame* link_frame(abi::Frame* child, abi::Future* future, size_t result_size,
                                     Host& host);

// Nobody will await this future: the scope counts it and keeps its panic.
void adopt(abi::Scope* scope, abi::Future* future, size_t size, Host& host);

// The future, which nobody knows any more, goes back with its node.
void release_future(abi::Future* future, size_t size, Host& host);

}  // namespace skein::task
